/** Keeps the screen lit while `isNeeded` says so; a browser that can't do it, or will not, lets it go dark. */
export function keepScreenLit(isNeeded) {
  let lock = null;
  const renew = async () => {
    if (document.visibilityState !== "visible" || !isNeeded()) {
      lock?.release();
      lock = null;
    } else if (!lock || lock.released) {
      lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
    }
  };
  document.addEventListener("visibilitychange", renew);
  return renew;
}
