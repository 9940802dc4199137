// Notices for people, on their way to the manager, which makes events of them.
// Responsible for keeping them, within a bound, while no manager serves (it may be the very process that died). Called by the keeper.
import type { KeeperNotice } from '@nezuban/platform/keeper-channel';

export type NoticeQueue = {
  readonly add: (notice: KeeperNotice) => void;
  /** A manager serves now: it gets what waits, and from now on each notice at once. */
  readonly managerReady: (send: (notice: KeeperNotice) => void) => void;
  readonly managerGone: () => void;
};

/** More than that many restarts without a manager in between cannot happen: the budget of each process is far below. */
const WAITING_MAX = 100;

export function createNoticeQueue(): NoticeQueue {
  let waiting: KeeperNotice[] = [];
  let send: ((notice: KeeperNotice) => void) | null = null;
  return {
    add(notice) {
      if (send !== null) send(notice);
      else if (waiting.length < WAITING_MAX) waiting.push(notice);
    },
    managerReady(sendNow) {
      send = sendNow;
      for (const notice of waiting) sendNow(notice);
      waiting = [];
    },
    managerGone() {
      send = null;
    },
  };
}
