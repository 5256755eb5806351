/** Whether a microphone hears and a camera sees: levels and pixels in, a code out. */

const LISTEN = 4_000; // ms
const LISTEN_EVERY = 100;
const HEARD = 0.4; // of the meter's 60 dB: a voice near the microphone, and not the room
const LOOK = 3_000;
const LOOK_EVERY = 150;
const DARK = 10; // of 255: a covered lens has noise, and no more
const WIDTH = 64;
const HEIGHT = 48;

/** The faults of `devices.js` as codes. */
const FAULTS = {
  CameraDenied: "denied",
  MicrophoneDenied: "denied",
  DeviceMissing: "missing",
  DeviceBusy: "busy",
  InAppBrowser: "in-app",
  OldBrowser: "old-browser",
  InsecurePage: "insecure",
};

/** The code of a device that did not open, or null where it did. */
export function faultCode(/** @type {{name: string} | null | undefined} */ fault) {
  return fault ? FAULTS[/** @type {keyof typeof FAULTS} */ (fault.name)] ?? "busy" : null;
}

/**
 * Listens until somebody is heard, at most 4 s: `works`; `quiet` when only a room was; `silent` when nothing was at all.
 * @param {{read(): number}} meter a LevelMeter
 * @param {import("./limits.js").Limits} limits
 * @param {(level: number) => void} tell every level, 0 to 1
 */
export async function listen(meter, limits, tell) {
  const end = limits.now + LISTEN;
  let peak = 0;
  while (peak <= HEARD && limits.now < end && !limits.isStopped) {
    await limits.sleep(LISTEN_EVERY);
    const level = meter.read();
    peak = Math.max(peak, level);
    tell(level);
  }
  const code = peak > HEARD ? "works" : peak > 0 ? "quiet" : "silent";
  return { code, level: peak };
}

/**
 * Looks until two frames that differ have come and are not dark, at most 3 s: `works`, else `no-picture`, `dark` or `frozen`.
 * @param {() => ArrayLike<number> | null} grab the pixels of the frame that is shown (RGBA), or null while there is none
 * @param {import("./limits.js").Limits} limits
 */
export async function look(grab, limits) {
  const end = limits.now + LOOK;
  const seen = { first: /** @type {ArrayLike<number> | null} */ (null), isLit: false, moves: false };
  while (!(seen.isLit && seen.moves) && limits.now < end && !limits.isStopped) {
    await limits.sleep(LOOK_EVERY);
    const pixels = grab();
    if (!pixels) continue;
    seen.first ??= pixels;
    seen.isLit ||= brightness(pixels) > DARK;
    seen.moves ||= isOther(pixels, seen.first);
  }
  return { code: codeOf(seen) };
}

function codeOf(/** @type {{first: unknown, isLit: boolean, moves: boolean}} */ { first, isLit, moves }) {
  if (!first) return "no-picture";
  if (!isLit) return "dark";
  return moves ? "works" : "frozen";
}

/** The mean brightness of RGBA pixels, 0 to 255 (ITU-R BT.709 weights). */
export function brightness(/** @type {ArrayLike<number>} */ pixels) {
  let sum = 0;
  for (let i = 0; i + 2 < pixels.length; i += 4) sum += 0.2126 * pixels[i] + 0.7152 * pixels[i + 1] + 0.0722 * pixels[i + 2];
  return sum / Math.max(1, Math.floor(pixels.length / 4));
}

function isOther(/** @type {ArrayLike<number>} */ one, /** @type {ArrayLike<number>} */ other) {
  for (let i = 0; i < one.length; i += 1) if (one[i] !== other[i]) return true;
  return false;
}

/**
 * A `grab` for `look`: the frame that a <video> shows, small, by a <canvas> of its own.
 * @param {any} video which plays the camera's track @param {any} canvas
 */
export function grabberOf(video, canvas) {
  Object.assign(canvas, { width: WIDTH, height: HEIGHT });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return () => {
    const [track] = video.srcObject?.getVideoTracks() ?? [];
    if (track?.readyState !== "live" || track.muted) return null; // an element shows black for a camera that gave up
    if (video.readyState < 2 || !video.videoWidth) return null; // HAVE_CURRENT_DATA
    context.drawImage(video, 0, 0, WIDTH, HEIGHT);
    return context.getImageData(0, 0, WIDTH, HEIGHT).data;
  };
}
