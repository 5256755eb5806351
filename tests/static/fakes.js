/** A clock that stands still until told, a socket and a peer connection that do what the test says. */

/** Lets everything that only waits for promises happen. */
export async function settle() {
  for (let i = 0; i < 50; i += 1) await Promise.resolve();
}

export class FakeClock {
  #now = 0;
  #next = 0;
  #timers = new Map();

  now = () => this.#now;

  setTimeout = (run, ms) => {
    this.#timers.set(++this.#next, { at: this.#now + ms, run });
    return this.#next;
  };

  clearTimeout = (timer) => this.#timers.delete(timer);

  /** Runs all that is due within `ms`, in its order. */
  async advance(ms) {
    const end = this.#now + ms;
    await settle();
    for (let due = this.#due(end); due; due = this.#due(end)) {
      this.#timers.delete(due.id);
      this.#now = due.at;
      due.run();
      await settle();
    }
    this.#now = end;
  }

  #due(end) {
    const waiting = [...this.#timers].map(([id, timer]) => ({ id, ...timer })).filter(({ at }) => at <= end);
    return waiting.sort((a, b) => a.at - b.at || a.id - b.id)[0];
  }
}

/** Sockets in the order they were opened; the test plays the server, which answers pings by itself if `pongs`. */
export function fakeSockets({ pongs = false } = {}) {
  const opened = [];
  class FakeWebSocket {
    sent = [];
    closedWith = null;

    constructor(url, subprotocol) {
      Object.assign(this, { url, subprotocol });
      opened.push(this);
    }

    send(frame) {
      const message = JSON.parse(frame);
      this.sent.push(message);
      if (pongs && message.type === "ping") this.says({ type: "pong", t: message.t });
    }

    close(code) {
      this.closedWith = code ?? 1005;
    }

    /** The messages of one type that the client sent. */
    of(type) {
      return this.sent.filter((message) => message.type === type);
    }

    says(message) {
      this.onmessage({ data: JSON.stringify(message) });
    }

    drops(code = 1006, reason = "") {
      this.onclose({ code, reason });
    }
  }
  return { FakeWebSocket, opened, last: () => opened.at(-1) };
}

export const WELCOME = {
  type: "welcome",
  seq: 1,
  resumed: false,
  handled: 0,
  version: 1,
  room: "room-000000000001",
  participant: "patient-00000001",
  role: "patient",
  status: "waiting",
  epoch: 1,
  peers: [],
  topology: "mesh",
  icePolicy: "all",
  iceServers: [],
  resume: "token-1",
  heartbeat: 10,
  now: 0,
};

export const CLINICIAN = {
  participant: "clinician-000001",
  role: "clinician",
  status: "admitted",
  admitted: true,
  epoch: 1,
  polite: true,
  with: [],
  state: { audio: true, video: true, hand: false },
};

class FakeSender {
  track = null;

  async replaceTrack(track) {
    this.track = track;
  }

  parameters = { encodings: [{}] };
  getParameters = () => structuredClone(this.parameters);

  async setParameters(parameters) {
    this.parameters = parameters;
  }
}

class FakeTransceiver {
  mid = null;
  sender = new FakeSender();

  constructor(kind, direction) {
    this.direction = direction;
    this.receiver = { track: { kind, enabled: true } };
  }

  stop() {
    this.direction = "stopped";
  }
}

/** Peer connections that keep the signalling states of W3C webrtc-pc 4.3.1, with text in place of SDP. */
export function fakePeerConnections() {
  const made = [];
  class FakePeerConnection {
    signalingState = "stable";
    connectionState = "new";
    localDescription = null;
    remoteDescription = null;
    candidates = [];
    restarts = 0;
    isClosed = false;
    bytes = { transport: 0, media: 0 };
    loss = 0; // of what was sent, as the far side reports it
    #transceivers = [];

    constructor(configuration) {
      this.configuration = configuration;
      made.push(this);
    }

    addTransceiver(kind, { direction }) {
      const transceiver = new FakeTransceiver(kind, direction);
      this.#transceivers.push(transceiver);
      this.#needsNegotiation();
      return transceiver;
    }

    getTransceivers = () => [...this.#transceivers];
    setConfiguration = (configuration) => Object.assign(this, { configuration });

    restartIce() {
      this.restarts += 1;
      this.#needsNegotiation();
    }

    #needed = false;

    #needsNegotiation() {
      if (this.#needed) return;
      this.#needed = true;
      queueMicrotask(() => {
        this.#needed = false;
        if (this.signalingState === "stable") this.onnegotiationneeded?.();
      });
    }

    async setLocalDescription() {
      await null;
      const type = this.signalingState === "have-remote-offer" ? "answer" : "offer";
      this.signalingState = type === "offer" ? "have-local-offer" : "stable";
      this.localDescription = { type, sdp: `${type} ${made.indexOf(this)}` };
      this.#transceivers.filter(({ direction }) => direction !== "stopped").forEach((line, i) => (line.mid ??= String(i)));
    }

    async setRemoteDescription(description) {
      await null;
      if (description.type === "offer" && this.signalingState === "have-local-offer") this.#rollBack();
      this.signalingState = description.type === "offer" ? "have-remote-offer" : "stable";
      if (description.type === "offer" && !this.remoteDescription) this.#takeLines();
      this.remoteDescription = description;
    }

    #rollBack() {
      if (!this.remoteDescription) for (const line of this.#transceivers) line.mid = null;
    }

    #takeLines() {
      for (const kind of ["audio", "video"]) {
        const line = new FakeTransceiver(kind, "recvonly");
        line.mid = `r-${kind}`;
        this.#transceivers.push(line);
      }
    }

    async addIceCandidate(candidate) {
      this.candidates.push(candidate);
    }

    async getStats() {
      return new Map([
        ["T", { type: "transport", bytesReceived: this.bytes.transport, bytesSent: 0 }],
        ["I", { type: "inbound-rtp", bytesReceived: this.bytes.media, packetsReceived: 0, packetsLost: 0 }],
        ["F", { type: "remote-inbound-rtp", fractionLost: this.loss }],
      ]);
    }

    close() {
      this.isClosed = true;
    }

    /** The transport comes to a state. */
    becomes(state) {
      this.connectionState = state;
      this.onconnectionstatechange?.();
    }

    /** Media and path are heard from. */
    hears(bytes = 1_000) {
      this.bytes = { transport: this.bytes.transport + bytes, media: this.bytes.media + bytes };
    }

    /** What is sent now, by kind. */
    get sends() {
      const lines = this.#transceivers.filter(({ direction }) => direction !== "stopped");
      return lines.map(({ sender }) => sender.track);
    }
  }
  return { FakePeerConnection, made, last: () => made.at(-1) };
}

export class FakeMediaStream {
  constructor(tracks = []) {
    this.tracks = tracks;
  }
}

export function fakeStorage() {
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
}
