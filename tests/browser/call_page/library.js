/** One seat on the call library and nothing else; `window.seat` is what a test may ask. */
import { createCall } from "/js/call/call.js";
import { Signalling } from "/js/call/signalling.js";
import { clock, fetchTicket, firstFrame, openCamera, play, seat } from "./seat.js";

const pcs = [];
class RecordedPeerConnection extends RTCPeerConnection {
  constructor(configuration) {
    super(configuration);
    pcs.push(this);
  }
}

const random = Math.random;
const signalling = new Signalling({ url: seat.signalling, WebSocket, fetchTicket, clock, random });
const media = { RTCPeerConnection: RecordedPeerConnection, MediaStream };
const call = createCall({ signalling, clock, random, storage: sessionStorage, ...media });
const states = [];
const chats = [];
const shown = new Map();
let isReached = false;
call.on("status", (state) => states.push(state));
call.on("socket", (up) => (isReached = up));
call.on("chat", ({ text }) => chats.push(text));
call.on("remote", (participant, stream) => {
  if (stream) shown.set(participant, stream);
  else shown.delete(participant);
  play(stream);
});

const stream = await openCamera();
const [audio] = stream.getAudioTracks();
const [video] = stream.getVideoTracks();
call.replaceTracks({ audio, video });
call.join();

/** What has gone over the connections of this page, summed: bytes, frames, and the energy of what was heard. */
async function counts() {
  const sum = { bytesSent: 0, bytesReceived: 0, framesDecoded: 0, audioEnergy: 0 };
  for (const pc of pcs) {
    for (const row of (await pc.getStats()).values()) {
      if (row.type === "outbound-rtp") sum.bytesSent += row.bytesSent;
      if (row.type !== "inbound-rtp") continue;
      sum.bytesReceived += row.bytesReceived;
      sum.framesDecoded += row.framesDecoded ?? 0;
      sum.audioEnergy += row.totalAudioEnergy ?? 0;
    }
  }
  return sum;
}

window.seat = {
  call,
  states,
  chats,
  counts,
  isReached: () => isReached,
  isShown: () => shown.size > 0,
  transports: () => pcs.map((pc) => pc.connectionState),
  connections: () => pcs.length,
  iceUser: () => /a=ice-ufrag:(\S+)/.exec(pcs.at(-1).localDescription.sdp)[1],
  /** A page that was tampered with sends all it has, asked or not. */
  sendAnyway: () => Promise.all(pcs.at(-1).getSenders().map((sender, i) => sender.replaceTrack([audio, video][i]))),
  ready: () => pcs.some((pc) => pc.connectionState === "connected"),
  /** Lets someone in; the time in ms until the first frame of theirs is presented. */
  letIn: async (participant) => {
    const start = performance.now();
    call.admit(participant);
    return (await firstFrame) - start;
  },
};
