/**
 * The yardsticks: perfect negotiation as the example of W3C webrtc-pc 10.7 has it, begun at the click. With `camera=open`
 * in the address the camera is open before; otherwise it is opened as the example does, as the call starts. With
 * `join=at-click` there is no waiting room: at its click the clinician's page opens camera and socket, both at once, and
 * joins the patient, who is there with hers open; nobody is let in.
 * The polite side adds its tracks to the other's offer: were both to begin at once, Chromium 156 would now and then gather
 * no candidates after the rollback, and the round would hang.
 */
import { clock, fetchTicket, firstFrame, openCamera, play, seat } from "./seat.js";
import { Signalling } from "/js/call/signalling.js";

const signalling = new Signalling({ url: seat.signalling, WebSocket, fetchTicket, clock, random: Math.random });
const joinsAtClick = seat.join === "at-click" && seat.role === "clinician";
const early = seat.camera === "open" && !joinsAtClick ? openCamera() : null;
const session = String(Math.random());
let peer = null;
let pc = null;
let opening = null;
let makingOffer = false;
let ignoreOffer = false;
let isPlaying = false;
let arrived = Promise.resolve();

const send = (message) => signalling.send({ ...message, to: peer.participant, session });

function connect() {
  if (pc) return;
  pc = new RTCPeerConnection();
  pc.ontrack = ({ track, streams }) => (track.onunmute = () => playOnce(streams[0]));
  pc.onicecandidate = ({ candidate }) => send({ type: "candidate", candidate });
  pc.onnegotiationneeded = offer;
  opening ??= early ?? openCamera();
  if (!peer.polite) addTracks();
}

async function offer() {
  try {
    makingOffer = true;
    await pc.setLocalDescription();
    send({ type: pc.localDescription.type, sdp: pc.localDescription.sdp });
  } finally {
    makingOffer = false;
  }
}

function playOnce(stream) {
  if (!isPlaying) play(stream);
  isPlaying = true;
}

async function addTracks() {
  const stream = await opening;
  if (pc.getSenders().some((sender) => sender.track)) return;
  for (const track of stream.getTracks()) pc.addTrack(track, stream);
}

async function onDescription({ type, sdp }) {
  const collides = type === "offer" && (makingOffer || pc.signalingState !== "stable");
  ignoreOffer = !peer.polite && collides;
  if (ignoreOffer) return;
  await pc.setRemoteDescription({ type, sdp });
  if (type !== "offer") return;
  await addTracks();
  await pc.setLocalDescription();
  send({ type: pc.localDescription.type, sdp: pc.localDescription.sdp });
}

async function onCandidate({ candidate }) {
  try {
    await pc.addIceCandidate(candidate);
  } catch (error) {
    if (!ignoreOffer) throw error;
  }
}

const inOrder = (take) => (arrived = arrived.then(take).catch((error) => console.error(error)));
const heard = {
  "peer-joined": ({ peer: entry }) => (peer = entry),
  "peer-updated": ({ peer: entry }) => (peer = entry),
  admitted: connect,
  offer: (message) => (connect(), inOrder(() => onDescription(message))),
  answer: (message) => inOrder(() => onDescription(message)),
  candidate: (message) => (connect(), inOrder(() => onCandidate(message))),
};
signalling.on("welcome", ({ peers }) => (peer = peers[0] ?? peer));
signalling.on("message", (message) => heard[message.type]?.(message));

function letIn(participant) {
  signalling.send({ type: "admit", participant });
  connect();
}

function join() {
  opening = openCamera();
  signalling.on("welcome", connect);
  signalling.open();
}

await early;
if (!joinsAtClick) signalling.open();

window.seat = {
  ready: () => (seat.role === "patient" ? signalling.isOpen : joinsAtClick || peer !== null),
  letIn: async (participant) => {
    const start = performance.now();
    if (joinsAtClick) join();
    else letIn(participant);
    return (await firstFrame) - start;
  },
};
