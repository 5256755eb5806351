/** What both pages share: the seat named in the address, a ticket for it, the camera, and the first frame that is shown. */

export const seat = Object.fromEntries(new URLSearchParams(location.search));

export const clock = {
  now: () => performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer),
};

export async function fetchTicket() {
  const answer = await fetch(`/ticket${location.search}`, { method: "POST" });
  return answer.text();
}

const picture = document.querySelector("#picture");
const sound = document.querySelector("#sound");
const mirror = document.querySelector("#mirror");

/** Opens camera and microphone, and shows the own picture as every call page does. */
export async function openCamera() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 480, frameRate: 30 } });
  mirror.srcObject = new MediaStream(stream.getVideoTracks());
  return stream;
}

/** Plays a stream, or stops. */
export function play(stream) {
  const kind = (name) => (stream ? new MediaStream(stream.getTracks().filter((track) => track.kind === name)) : null);
  picture.srcObject = kind("video");
  sound.srcObject = kind("audio");
}

/** When the first remote frame is presented, by performance.now. */
export const firstFrame = new Promise((resolve) => picture.requestVideoFrameCallback((now) => resolve(now)));
