// Work that the manager does for a unit, as data: what has to be done, and what can come of it.
// A unit that waits for something inside the manager (an event, another net, people, a mail) runs, has no attempt, and has a memo; its
// type says by `workOf` what is to be done, again after every restart, and takes answers by `workAnswered`. An answer may come twice or
// late. Not responsible for doing anything: the manager has one hand a kind (manager/src/jobs/unit-works).
import type { Said } from '@nezuban/protocol/sentences/sentence';
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { NetWaitTarget } from '@nezuban/protocol/jobs/units/net-wait';
import type { EventMatch } from '@nezuban/protocol/notifications/event-match';

/** What a unit's type remembers of its run: JSON, small, gone at the next run. Null: nothing. */
export type UnitMemo = Readonly<Record<string, unknown>>;

/** The event that a unit has waited for, cut to what a unit may carry. */
export type CapturedEvent = {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly code: string;
  readonly priority: string;
  readonly node: string | null;
  readonly monitor: string | null;
  readonly key: string | null;
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Named groups of the pattern. */
  readonly groups: Readonly<Record<string, string>>;
};

/** The session that fulfils a target of a wait for nets; null: it was taken for fulfilled, because there was none. */
export type MetNet = { readonly session: number; readonly endStatus: EndStatus } | null;

export type UnitWork =
  | {
      readonly kind: 'event_wait';
      readonly match: EventMatch;
      /** Events with a higher number count whenever they happened. */
      readonly afterId: number;
      /** Events that are not older count whatever their number. Milliseconds since 1970. */
      readonly sinceMs: number;
    }
  | {
      readonly kind: 'net_wait';
      readonly targets: readonly NetWaitTarget[];
      /** By target: fulfilled already. */
      readonly met: readonly boolean[];
      /** Sessions begun not before this count. Milliseconds since 1970. */
      readonly sinceMs: number;
      readonly ifAbsent: 'wait' | 'go_on' | 'fail';
      /** When the unit began: before that, "there is none" cannot be said. */
      readonly startedAt: number;
    }
  | {
      readonly kind: 'net_start';
      readonly net: string;
      readonly parameters: Readonly<Record<string, string>>;
      /** The session that it has started; null: none yet. */
      readonly session: number | null;
      /** Who wants that session stopped. */
      readonly stopBy: string | null;
      /** He wants it killed, and nobody waits for its end any more. */
      readonly kill: boolean;
    }
  | {
      readonly kind: 'approval';
      readonly question: string;
      readonly users: readonly string[] | null;
      readonly roles: readonly string[] | null;
      readonly needed: number;
      /** Who may not decide. */
      readonly notBy: readonly string[];
      readonly decisions: readonly Decision[];
      readonly askedAt: number;
      readonly until: number | null;
    }
  /** The mail itself was queued when the unit began; what is left is to hear what became of it. */
  | { readonly kind: 'mail_send'; readonly channel: string };

export type Decision = {
  readonly by: string;
  readonly at: number;
  readonly approve: boolean;
  readonly comment: string | null;
};

export type WorkAnswer =
  | { readonly kind: 'event_wait'; readonly event: CapturedEvent }
  | { readonly kind: 'net_wait'; readonly target: number; readonly met: MetNet }
  /** There is no such session, or it has ended otherwise. */
  | { readonly kind: 'net_wait_absent'; readonly target: number }
  | {
      readonly kind: 'net_wait_other';
      readonly target: number;
      readonly session: number;
      readonly endStatus: EndStatus;
    }
  | { readonly kind: 'net_started'; readonly session: number }
  | { readonly kind: 'net_refused'; readonly reason: Said }
  | { readonly kind: 'net_ended'; readonly session: number; readonly endStatus: EndStatus }
  /** The kill has been committed over there, or never will be: `problem` says why. */
  | { readonly kind: 'net_killed'; readonly session: number; readonly problem: Said | null }
  | { readonly kind: 'decision'; readonly decision: Decision }
  | { readonly kind: 'mail_sent'; readonly delivery: number; readonly note: string | null }
  | { readonly kind: 'mail_failed'; readonly delivery: number | null; readonly error: Said }
  /** Nothing can come of it any more. Ends the unit abnormally, of whatever type. */
  | { readonly kind: 'failed'; readonly reason: Said }
  /** A sentence for whoever asks why it waits. Changes nothing else. */
  | { readonly kind: 'says'; readonly reason: Said };
