// Notices that npm is gone.
// `npm start` passes SIGINT and SIGTERM on, but a killed npm says nothing: its child gets another parent, and that is all there is to see.
// Responsible for calling once when the parent changes. Used only when npm started us; a daemon may lose its parent on purpose.
import type { CancelTimer, Timers } from '@nezuban/platform/timers';

/** getppid() is a system call without a cost worth naming. */
const POLL_MS = 250;

export function watchParent(timers: Timers, parentPid: () => number, onGone: () => void): CancelTimer {
  const first = parentPid();
  const cancel = timers.every(POLL_MS, () => {
    if (parentPid() === first) return;
    cancel();
    onGone();
  });
  return cancel;
}
