/**
 * What a ready check came to, as it is told to the application: functions of what the line check found and of what she
 * answered, with nothing to remember.
 */

const BROKEN = new Set(["line-none", "no-path", "line-no-voice"]);
const OF_THE_REST = /^(camera|microphone)-/;

/**
 * @param {{camera: {code: string} | null, microphone: {code: string} | null, line: object | null}} result
 * @param {{reasons: string[], notes: string[]}} judged @param {string} speaker yes, no or skipped
 */
export function told(result, judged, speaker) {
  return {
    camera: result.camera?.code ?? "skipped",
    microphone: result.microphone?.code ?? "skipped",
    speaker,
    line: result.line,
    reasons: ofLine(judged),
    notes: judged.notes,
  };
}

/** Whether the line carries no visit at all, so that she is told what may help. */
export function isBroken(judged) {
  return judged.reasons.some((reason) => BROKEN.has(reason));
}

function ofLine({ reasons }) {
  return reasons.filter((reason) => !OF_THE_REST.test(reason));
}
