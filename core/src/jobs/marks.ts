// What operators have marked on a unit or session: holds, pauses, results set by hand, and how a rerun treats it.
// Stored with the unit, null for nearly all of them. Not responsible for what a mark brings about: the operations and `advance` are.
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { PauseKind } from '@nezuban/protocol/jobs/session';
import { say, type Said, type Sentence, type SentenceValue } from '@nezuban/protocol/sentences/sentence';
import type { Session, UnitRecord } from './session-state.ts';
import { parentOf, touch } from './step.ts';

/** Who, when (milliseconds since 1970), and why if he said so. */
export type Mark = { readonly by: string; readonly at: number; readonly reason: string | null };

export type UnitMarks = {
  /** Of a net or the session: nothing new starts in it. */
  readonly paused?: Mark & {
    readonly kind: PauseKind;
    /** The reason as a sentence, where nobody but the engine has given it. */
    readonly reasonSaid?: Sentence;
  };
  readonly held?: Mark;
  /** It is to be passed over, or has been. */
  readonly skipped?: Mark;
  /** Its result was set by hand. `was`: what it was before. */
  readonly set?: Mark & { readonly was: string };
  /** Its abnormal result was taken as a warning by a rerun. */
  readonly asWarning?: Mark;
  /** It starts whatever its condition says: somebody asked for it by name. */
  readonly forced?: true;
  /** What the edges behind it see instead of its end status: a rerun went on behind it. */
  readonly countsAs?: EndStatus;
  /** Of the session: who has run something in it again, each once. */
  readonly rerunBy?: readonly string[];
  /** Of the session: other revisions of its definition that it was given, oldest first. */
  readonly definitions?: readonly (Mark & { readonly from: number; readonly to: number })[];
};

/** Sets and, with undefined, takes back marks of a unit. */
export function mark(
  session: Session,
  record: UnitRecord,
  change: { readonly [K in keyof UnitMarks]?: UnitMarks[K] | undefined },
): void {
  const entries = Object.entries({ ...record.marks, ...change }).filter(([, value]) => value !== undefined);
  if (entries.length === 0 && record.marks === null) return;
  record.marks = entries.length === 0 ? null : Object.fromEntries(entries);
  touch(session, record);
}

/** How a net that runs is paused; null if it is not. */
export function pauseOf(record: UnitRecord): NonNullable<UnitMarks['paused']> | null {
  return record.state === 'running' ? (record.marks?.paused ?? null) : null;
}

/** The outermost net around the unit (the session included) in which nothing starts, because it does not run or is paused; null if it may start. */
export function closedAround(session: Session, record: UnitRecord): UnitRecord | null {
  let closed: UnitRecord | null = null;
  for (let net = parentOf(session, record); net !== null; net = parentOf(session, net))
    if (net.state !== 'running' || net.marks?.paused !== undefined) closed = net;
  return closed;
}

/** Why a paused net or session starts nothing. */
export function pauseReason({ kind, by, reason, reasonSaid }: NonNullable<UnitMarks['paused']>): Said {
  const who: SentenceValue =
    reasonSaid === undefined ? byWhom(by, reason) : { code: 'by_because', values: { by, why: reasonSaid } };
  return say(kind === 'suspended' ? 'reason_suspended' : 'reason_interrupted', { by: who });
}

/** `alice: the disk is full`, or `alice`, for the end of a sentence that needs its own full stop. */
export function byWhom(actor: string, reason: string | null): string {
  return reason === null ? actor : `${actor}: ${reason.replace(/[.\u3002]+$/u, '')}`;
}
