/**
 * What the trap monitors say to one trap.
 *
 * Responsible for the shape between rules (`rules/`, which make it) and the manager, which makes events of it.
 */
import type { Priority } from '@nezuban/protocol/priority';

export type TrapVerdict =
  /** A rule says: nothing to tell. */
  | { readonly type: 'ignored'; readonly monitor: string; readonly rule: string }
  | {
      readonly type: 'event';
      readonly monitor: string;
      readonly rule: string;
      readonly priority: Priority;
      readonly message: string;
      /** What state it is about (`link:3`), within monitor and node: raising and clearing meet by it. */
      readonly key: string | null;
      /** It ends what an earlier event with this key raised. */
      readonly clears: boolean;
      /** Repeats with the same key within so many seconds count up the first event; null: each is an event of its own. */
      readonly collapseS: number | null;
      readonly fields: Readonly<Record<string, string>>;
    };

/** One per monitor that has something to say; a monitor whose rules all pass it by says nothing. Empty: the trap is unmatched. */
export type TrapVerdicts = readonly TrapVerdict[];
