"""The yardstick: aiortc's own MediaRelay in a process of its own, which decodes once and encodes for each subscriber.

JSON lines on stdin: `{"offer": sdp}` from the publisher is answered by `{"answer": sdp}`, `{"subscribe": n}` by
`{"offer": sdp, "of": n}`, and `{"answer": sdp, "of": n}` completes that.
"""

import asyncio
import json
import sys
from typing import Any

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaRelay


async def serve() -> None:
    """Serve until stdin ends."""
    reader = asyncio.StreamReader(limit=1 << 20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    relay, tracks, peers = MediaRelay(), [], {}
    while line := await reader.readline():
        message: dict[str, Any] = json.loads(line)
        if "subscribe" in message:
            peer = peers[message["subscribe"]] = RTCPeerConnection(RTCConfiguration(iceServers=[]))
            for track in tracks:
                peer.addTransceiver(relay.subscribe(track), direction="sendonly")
            await peer.setLocalDescription(await peer.createOffer())
            _say({"offer": peer.localDescription.sdp, "of": message["subscribe"]})
        elif "of" in message:
            await peers[message["of"]].setRemoteDescription(RTCSessionDescription(message["answer"], "answer"))
        else:
            peer = peers[-1] = RTCPeerConnection(RTCConfiguration(iceServers=[]))
            peer.on("track", tracks.append)
            await peer.setRemoteDescription(RTCSessionDescription(message["offer"], "offer"))
            await peer.setLocalDescription(await peer.createAnswer())
            _say({"answer": peer.localDescription.sdp})


def _say(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    asyncio.run(serve())
