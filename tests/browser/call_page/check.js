/** One check and nothing else: `window.check()` opens the devices, runs everything, and gives what it came to. */
import { CONSTRAINTS, LevelMeter, openDevices } from "/js/call/devices.js";
import { LineCheck, grabberOf, judge } from "/js/call/line_check.js";

const asked = Object.fromEntries(new URLSearchParams(location.search));
const clock = {
  now: () => performance.now(),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer),
};

window.clock = clock;

async function fetchTicket() {
  const answer = await fetch(`/check-ticket${location.search}`, { method: "POST" });
  return { ticket: await answer.text(), check: asked.check, socket: asked.signalling };
}

window.make = () =>
  new LineCheck({ fetchTicket, fetch: (...all) => fetch(...all), WebSocket, RTCPeerConnection, AbortController, clock });

window.check = async () => {
  const browser = {
    mediaDevices: navigator.mediaDevices,
    isSecure: isSecureContext,
    userAgent: navigator.userAgent,
    hasPeerConnection: true,
  };
  const { audio, video, faults } = await openDevices(browser, CONSTRAINTS);
  const preview = document.querySelector("#preview");
  preview.srcObject = video ? new MediaStream([video]) : null;
  const check = make();
  const steps = [];
  check.on("step", (name, state) => steps.push(`${name} ${state}`));
  const meter = audio ? new LevelMeter(new AudioContext(), new MediaStream([audio])) : null;
  const grab = video ? grabberOf(preview, document.createElement("canvas")) : null;
  const began = performance.now();
  const result = await check.run({ audio, video, meter, grab, faults });
  return { result, verdict: judge(result), steps, seconds: (performance.now() - began) / 1_000 };
};
