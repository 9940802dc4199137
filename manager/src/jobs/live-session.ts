// A session in the engine's memory, with what is known of its rows.
// Responsible for turning its changes into rows to insert and rows to update. Pure but for the session it owns.
import { rehydrateSession, takeChanges } from '@nezuban/core/jobs/session-rows';
import type { AttemptRow, Session, SessionRow } from '@nezuban/core/jobs/session-state';
import { indexOfNumber, numbersEnd } from '@nezuban/core/jobs/unit-numbers';
import type { AttemptId, UnitPath } from '@nezuban/protocol/ids';
import type { SessionSecrets } from '../ports.ts';
import type { LoadedSession, SessionWrites } from './session-store.ts';

export type LiveSession = {
  readonly session: Session;
  readonly netRevision: number;
  /** Whether the session itself, a unit by number, and an attempt that can still change have a row. */
  stored: boolean;
  readonly storedUnits: Uint8Array;
  readonly storedAttempts: Set<AttemptId>;
  /** Of attempts that were reported as ended in the batch at hand. */
  readonly droppedBytes: Map<AttemptId, number>;
  /** Values of its secrets, by the key of their marks. */
  readonly secrets: Map<string, string>;
  /** The same, sealed; null: it has none. */
  secretBox: Buffer | null;
  /** The box, the revisions of the nets that it refers to, or the numbers of its units are to be written. */
  hasNewExtras: boolean;
  /** What the definition that it was given in the batch at hand has taken away; null: it was given none. */
  removed: readonly UnitPath[] | null;
  /** The time for which it is to be woken, with the timer that does. */
  wakeup: { readonly at: number; readonly cancel: () => void } | null;
};

/** What a batch has changed of one session. */
export type SessionChanges = {
  readonly row: SessionRow;
  /** By their places in the plan. */
  readonly units: readonly number[];
  /** Units that another definition has taken away. */
  readonly removed: readonly UnitPath[];
  /** It has another definition than before. */
  readonly redefined: boolean;
  readonly attempts: readonly AttemptRow[];
};

export const newLiveSession = (session: Session, netRevision: number): LiveSession => ({
  session,
  netRevision,
  stored: false,
  storedUnits: new Uint8Array(numbersEnd(session.plan)),
  storedAttempts: new Set(),
  droppedBytes: new Map(),
  secrets: new Map(),
  secretBox: null,
  hasNewExtras: session.plan.revisions !== null || session.plan.numbers !== null,
  removed: null,
  wakeup: null,
});

export const loadedLiveSession = (
  { rows, plan, netRevision, secretBox }: LoadedSession,
  { open }: Pick<SessionSecrets, 'open'>,
): LiveSession => {
  const live = newLiveSession(rehydrateSession(plan.definition, rows, plan), netRevision);
  live.hasNewExtras = false;
  live.secretBox = secretBox;
  // Opened now and not when the first order goes: a rotation of the key may come in between.
  if (secretBox !== null)
    for (const [key, value] of Object.entries(open(live.session.id, secretBox) ?? {}))
      live.secrets.set(key, value);
  live.stored = true;
  for (const { unit } of rows.units) live.storedUnits[unit] = 1;
  for (const row of rows.attempts) if (canChange(row)) live.storedAttempts.add(row.id);
  return live;
};

/** Keeps values of secrets with the session, sealed beside it with the next commit. */
export const keepSecrets = (
  live: LiveSession,
  values: Readonly<Record<string, string>>,
  { seal }: Pick<SessionSecrets, 'seal'>,
): void => {
  if (Object.keys(values).length === 0) return;
  for (const [key, value] of Object.entries(values)) live.secrets.set(key, value);
  live.secretBox = seal(live.session.id, Object.fromEntries(live.secrets));
  live.hasNewExtras = true;
};

/** Moves what has changed since the last call into `writes`; null if nothing has. If these are not committed, the session must be thrown away. */
export const collectChanges = (live: LiveSession, writes: SessionWrites): SessionChanges | null => {
  const changes = takeChanges(live.session);
  if (changes === null) return null;
  const sessionId = live.session.id;
  (live.stored ? writes.sessions : writes.newSessions).push({
    row: changes.session,
    netRevision: live.netRevision,
  });
  live.stored = true;
  if (live.hasNewExtras)
    writes.extras.push({
      sessionId,
      references: live.session.plan.revisions,
      numbers: live.session.plan.numbers,
      secretBox: live.secretBox,
    });
  live.hasNewExtras = false;
  for (const row of changes.units) {
    (live.storedUnits[row.unit] === 1 ? writes.units : writes.newUnits).push({ sessionId, row });
    live.storedUnits[row.unit] = 1;
  }
  for (const row of changes.attempts) {
    const droppedBytes = live.droppedBytes.get(row.id) ?? 0;
    listOf(live, row, writes).push({ sessionId, row, droppedBytes });
    if (canChange(row)) live.storedAttempts.add(row.id);
    else live.storedAttempts.delete(row.id);
  }
  live.droppedBytes.clear();
  const { removed } = live;
  live.removed = null;
  const units = changes.units.map(({ unit }) => indexOfNumber(live.session.plan, unit) ?? 0);
  return {
    row: changes.session,
    units,
    attempts: changes.attempts,
    removed: removed ?? [],
    redefined: removed !== null,
  };
};

/** A closed attempt never changes again, but that its agent may still say how one ended that was closed by hand. */
const canChange = ({ endStatus, byHand }: AttemptRow): boolean =>
  endStatus === null || (byHand !== null && byHand.late === null);

const listOf = (live: LiveSession, row: AttemptRow, writes: SessionWrites): SessionWrites['newAttempts'] => {
  if (!live.storedAttempts.has(row.id)) return writes.newAttempts;
  return row.endStatus === null ? writes.openAttempts : writes.closedAttempts;
};

/** Nothing can happen to it any more without somebody's asking. */
export const isAtRest = (row: SessionRow): boolean => row.state === 'ended' || row.state === 'stopped';
