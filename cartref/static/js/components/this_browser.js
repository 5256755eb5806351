/** This browser, as the call library wants to be told of it: its clock, and what it can do. */

export const clock = {
  now: () => performance.now(),
  setTimeout: (run, ms) => window.setTimeout(run, ms),
  clearTimeout: (timer) => window.clearTimeout(timer),
};

/** What the library asks of a browser before it opens a device. */
export const browser = () => ({
  mediaDevices: navigator.mediaDevices,
  isSecure: window.isSecureContext,
  userAgent: navigator.userAgent,
  hasPeerConnection: "RTCPeerConnection" in window,
});
