// The parts of an attempt's id, which are its key in the database. Pure.
import type { AttemptId, SessionId } from '@nezuban/protocol/ids';

export type AttemptKey = {
  readonly sessionId: SessionId;
  readonly nonce: string;
  readonly unit: number;
  readonly run: number;
  readonly nodeIndex: number;
  readonly try: number;
};

const FORM = /^(\d+)-([a-z0-9]+)-(\d+)\.(\d+)\.(\d+)\.(\d+)$/;

/** Parts of an id that its schema has accepted. */
export const parseAttemptId = (id: AttemptId): AttemptKey => {
  const parts = FORM.exec(id);
  if (parts === null) throw new Error(`"${id}" is not an attempt id`);
  const [, sessionId, nonce, unit, run, nodeIndex, tryNumber] = parts;
  return {
    sessionId: Number(sessionId) as SessionId,
    nonce: nonce ?? '',
    unit: Number(unit),
    run: Number(run),
    nodeIndex: Number(nodeIndex),
    try: Number(tryNumber),
  };
};

export const formatAttemptId = (key: AttemptKey): AttemptId =>
  `${key.sessionId}-${key.nonce}-${key.unit}.${key.run}.${key.nodeIndex}.${key.try}` as AttemptId;

/** The session of an attempt, without taking the rest apart. */
export const sessionOfAttempt = (id: AttemptId): SessionId =>
  Number(id.slice(0, id.indexOf('-'))) as SessionId;
