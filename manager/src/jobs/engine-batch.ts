// Applies a batch of jobs to the sessions in memory.
// Responsible for what a batch brings about: changed sessions, effects, further writes, and an answer for each caller, to be given
// after the commit. Synchronous; knows neither the database nor the hub. Called by `engine.ts` alone, which must throw the touched
// sessions away if the commit fails.
import { type Said, say } from '@nezuban/protocol/sentences/sentence';
import { applySession } from '@nezuban/core/jobs/apply-session';
import type { Admission, AdmissionBook } from '@nezuban/core/jobs/admission/admission-book';
import type { Limits } from '@nezuban/core/jobs/admission/limits';
import { frontKey } from '@nezuban/core/jobs/admission/place-views';
import { overlapRefusal } from '@nezuban/core/jobs/admission/overlap';
import { previewOperation } from '@nezuban/core/jobs/explain/preview-operation';
import { planSession } from '@nezuban/core/jobs/plan-session';
import {
  inputOfReceipt,
  type EngineContext,
  type Refusal,
  type SessionEffect,
  type SessionInput,
} from '@nezuban/core/jobs/session-inputs';
import { sessionRow } from '@nezuban/core/jobs/session-rows';
import { secretsGiven } from '@nezuban/core/jobs/variables/parameter-values';
import { outputSecretKey, outputsOf } from '@nezuban/core/jobs/variables/unit-variables';
import { recordAt, withBegun } from '@nezuban/core/jobs/step';
import type { Captured, Receipt } from '@nezuban/protocol/agent/link';
import { summariseSession, viewSession } from '@nezuban/core/jobs/session-view';
import { CodedError } from '@nezuban/protocol/errors';
import type { SessionId, UnitPath } from '@nezuban/protocol/ids';
import type { OperationRequest } from '@nezuban/protocol/jobs/operate';
import type { Calendars, SessionSecrets, Transaction } from '../ports.ts';
import { sessionOfAttempt } from './attempt-key.ts';
import type { AlsoWrite, AnswerJob, OperationJob, QueuedJob, ReceiptsJob, StartJob } from './engine-jobs.ts';
import { withBusinessDate } from './business-date.ts';
import { BrokenJobError } from './engine-poison.ts';
import { swapDefinition } from './definition-swap.ts';
import { isAtRest, keepSecrets, newLiveSession, type LiveSession } from './live-session.ts';

export type BatchPorts = {
  readonly sessions: Map<SessionId, LiveSession>;
  /** Who holds places and who waits for them, by what is in memory. */
  readonly book: AdmissionBook;
  readonly context: EngineContext;
  readonly secrets: Pick<SessionSecrets, 'seal'>;
  readonly calendars?: Pick<Calendars, 'book'>;
  readonly nextSessionId: () => SessionId;
  readonly newNonce: () => string;
  /** The session breaks where all look at changed nodes: it is left out. */
  readonly isUnlooked: (id: SessionId) => boolean;
  /** The sentence why no session of the net may start; null if one may. */
  readonly startRefusal: (net: string) => Said | null;
};

export type Batch = {
  readonly touched: Set<LiveSession>;
  readonly effects: { readonly live: LiveSession; readonly effect: SessionEffect }[];
  readonly alsoWrite: ((transaction: Transaction) => Promise<unknown>)[];
  /** Sessions made by a job, to see after a lost answer whether they are there. */
  readonly started: Map<QueuedJob, LiveSession>;
  /** Ended sessions that were read for an operation: retention may have removed them since. */
  readonly awakened: SessionId[];
  /** Answers to be given once all is committed. */
  readonly answers: (() => void)[];
  /** The session that an input is being applied to: half changed, if that throws. */
  applying: LiveSession | null;
  /** What has thrown; the batch must not be committed. */
  failure: BrokenJobError | null;
  /** No job is to blame for it, but this session, for something that was done for all. */
  blamed: Blame | null;
  /** Nobody was given a place in this batch, since the book of places broke as a whole. */
  placesBroken: unknown;
  /** Orders that this batch has made, by node: the dispatcher hears of them after the commit. */
  readonly begun: Map<string, number>;
};

/** `limits`: it cannot be counted among those who hold places and wait for them. */
export type Blame = { readonly sessionId: SessionId } & (
  | { readonly look: 'nodesChanged' | 'limits' }
  | { readonly look: 'admitted'; readonly unit: number }
);

export const applyJobs = (jobs: readonly QueuedJob[], given: BatchPorts): Batch => {
  const begun = new Map<string, number>();
  const { context } = given;
  const ports = { ...given, context: { ...context, inventory: withBegun(context.inventory, begun) } };
  const batch: Batch = {
    touched: new Set(),
    effects: [],
    alsoWrite: [],
    started: new Map(),
    awakened: [],
    answers: [],
    applying: null,
    failure: null,
    blamed: null,
    placesBroken: null,
    begun,
  };
  try {
    for (const queued of jobs) applyJob(queued, batch, ports);
    lookAgain(jobs, batch, ports);
    admitAll(batch, ports);
  } catch (error) {
    if (batch.applying !== null) batch.touched.add(batch.applying);
    batch.failure = new BrokenJobError('An input broke the engine', { cause: error });
  }
  return batch;
};

/** Whoever breaks in what is done for all is to blame, and neither the others nor the jobs of the batch. */
const blaming = (batch: Batch, blame: Blame, act: () => void): void => {
  try {
    act();
  } catch (error) {
    batch.blamed = blame;
    throw error;
  }
};

/** Once for all that ask for it in this batch: thousands of agents connect at the same time. */
const lookAgain = (jobs: readonly QueuedJob[], batch: Batch, ports: BatchPorts): void => {
  const nodesChanged = jobs.some(({ job }) => job.type === 'nodesChanged');
  if (nodesChanged)
    for (const live of ports.sessions.values()) {
      const { id: sessionId } = live.session;
      if (ports.isUnlooked(sessionId)) continue;
      blaming(batch, { sessionId, look: 'nodesChanged' }, () =>
        applyInput({ live, input: { type: 'nodesChanged' } }, batch, ports),
      );
    }
  const placesChanged = jobs.some(({ job }) => job.type === 'placesChanged' && job.limits === undefined);
  if (!nodesChanged && !placesChanged) return;
  ports.book.lookAgain((id) => ports.sessions.get(id)?.session ?? null, ports.context.inventory);
};

/**
 * Gives places that are free to those that come next, until nobody may start any more. It is part of the batch that has made them free, so
 * what gives a place back and what takes it are committed together.
 */
const admitAll = (batch: Batch, ports: BatchPorts): void => {
  for (;;) {
    const admissions = admit(batch, ports);
    if (admissions.length === 0) return;
    // They are out of their lines: if one breaks, all are read back and stand in them again.
    for (const { sessionId } of admissions) touch(ports.sessions.get(sessionId), batch);
    for (const { sessionId, unit, node } of admissions) {
      const live = ports.sessions.get(sessionId);
      if (live === undefined) continue;
      blaming(batch, { sessionId, look: 'admitted', unit }, () =>
        applyInput({ live, input: { type: 'admitted', unit, node } }, batch, ports),
      );
    }
  }
};

/** A book that breaks as a whole is written anew from the sessions; if it breaks again, nobody is given anything until the next batch. */
const admit = (batch: Batch, { book, context, sessions }: BatchPorts): readonly Admission[] => {
  const { now, inventory } = context;
  try {
    return book.admit(now, inventory);
  } catch {
    // What is wrong shows again, if it is not the book itself.
  }
  try {
    setLimits(book.limits(), batch, { book, context, sessions });
    return book.admit(now, inventory);
  } catch (error) {
    if (batch.blamed !== null) throw error;
    batch.placesBroken = error;
    return [];
  }
};

const setLimits = (
  limits: Limits,
  batch: Batch,
  { book, context, sessions }: Pick<BatchPorts, 'book' | 'context' | 'sessions'>,
): void => {
  const known = [...sessions.values()].map(({ session }) => session);
  const [unbound] = book.setLimits(limits, known, context.inventory);
  if (unbound === undefined) return;
  touch(sessions.get(unbound.sessionId), batch);
  blaming(batch, { sessionId: unbound.sessionId, look: 'limits' }, () => {
    throw unbound.error;
  });
};

const applyJob = (queued: QueuedJob, batch: Batch, ports: BatchPorts): void => {
  const { job, resolve } = queued;
  switch (job.type) {
    case 'start':
      applyStart({ queued, job }, batch, ports);
      return;
    case 'operation':
      applyOperation({ queued, job }, batch, ports);
      return;
    case 'answer':
      applyAnswer({ queued, job }, batch, ports);
      return;
    case 'receipts':
      applyReceipts(job, batch, ports);
      if (job.alsoWrite !== undefined) batch.alsoWrite.push(job.alsoWrite);
      batch.answers.push(() => resolve(undefined));
      return;
    case 'input': {
      const live = ports.sessions.get(job.sessionId);
      const changed = live !== undefined && applyInput({ live, input: job.input }, batch, ports).changed;
      if (changed && job.alsoWrite !== undefined) batch.alsoWrite.push(job.alsoWrite);
      batch.answers.push(() => resolve(undefined));
      return;
    }
    case 'nodesChanged':
      batch.answers.push(() => resolve(undefined));
      return;
    case 'placesChanged':
      if (job.limits !== undefined) setLimits(job.limits, batch, ports);
      batch.answers.push(() => resolve(undefined));
      return;
    case 'inspectPlaces':
      answerLook(queued, batch, () => job.look(ports.book, (id) => ports.sessions.get(id)?.session ?? null));
      return;
    case 'inspect': {
      const live = ports.sessions.get(job.sessionId);
      if (live === undefined) refuse(queued, batch, noSession(job.sessionId));
      else answerLook(queued, batch, () => job.look(live.session));
    }
  }
};

/** A look that throws is its caller's affair. */
const answerLook = ({ resolve, reject }: QueuedJob, batch: Batch, look: () => unknown): void => {
  batch.answers.push(() => {
    try {
      resolve(look());
    } catch (error) {
      reject(error);
    }
  });
};

const applyStart = (
  { queued, job }: { queued: QueuedJob; job: StartJob },
  batch: Batch,
  ports: BatchPorts,
): void => {
  const { plan, parameters, trigger, netRevision, alsoWrite } = job;
  // Asked here once more: what was frozen while the start waited in the queue does not start.
  const frozen = job.overrideFreeze === true ? null : ports.startRefusal(plan.definition.name);
  if (frozen !== null) {
    refuse(queued, batch, new CodedError('frozen', frozen));
    return;
  }
  const overlap = overlapRefusal(plan.definition, ports.book);
  if (overlap !== null) {
    refuse(queued, batch, new CodedError('net_overlap', overlap));
    return;
  }
  const planned = planSession(
    {
      definition: plan.definition,
      plan,
      parameters,
      trigger: withBusinessDate(job, ports.calendars, ports.context.now),
      ...(job.history === undefined ? {} : { history: job.history }),
      ...(job.preparation === undefined ? {} : { preparation: job.preparation }),
      sessionId: ports.nextSessionId(),
      nonce: ports.newNonce(),
    },
    ports.context,
  );
  if (!planned.ok) {
    refuse(queued, batch, refusalError(planned));
    return;
  }
  const live = newLiveSession(planned.session, netRevision);
  const given = secretsGiven(plan.definition.parameters, planned.given, trigger.type === 'schedule');
  keepSecrets(live, keyed(given), ports.secrets);
  ports.sessions.set(planned.session.id, live);
  batch.started.set(queued, live);
  record({ live, effects: planned.effects }, batch);
  ports.book.sync(live.session, ports.context.inventory);
  writeToo({ live, alsoWrite }, batch);
  answerLook(queued, batch, () => summariseSession(live.session));
};

const applyOperation = (
  { queued, job }: { queued: QueuedJob; job: OperationJob },
  batch: Batch,
  ports: BatchPorts,
): void => {
  const live = ports.sessions.get(job.sessionId);
  if (live === undefined) {
    refuse(queued, batch, noSession(job.sessionId));
    return;
  }
  const { operation, unit, actor, alsoWrite } = job;
  // A session that has ended and runs again is a start like any other.
  const atRest = isAtRest(sessionRow(live.session));
  const request = { operation, unit: unit as UnitPath | undefined, ...job.options };
  if (operation === 'take_definition') {
    applyNewDefinition({ queued, job, live }, batch, ports);
    return;
  }
  const frozen =
    atRest && job.overrideFreeze !== true ? ports.startRefusal(live.session.plan.definition.name) : null;
  if (frozen !== null && runsAgain(live, request, ports)) {
    refuse(queued, batch, new CodedError('frozen', frozen));
    return;
  }
  const { refusal } = applyInput(
    { live, input: { type: 'operation', ...request, actor, ...turnOf(live, request, ports.book) } },
    batch,
    ports,
  );
  if (refusal !== null) {
    refuse(queued, batch, refusalError(refusal));
    return;
  }
  if (atRest) batch.awakened.push(live.session.id);
  writeToo({ live, alsoWrite }, batch);
  answerLook(queued, batch, () => viewSession(live.session, ports.context.inventory));
};

const applyNewDefinition = (
  { queued, job, live }: { queued: QueuedJob; job: OperationJob; live: LiveSession },
  batch: Batch,
  ports: BatchPorts,
): void => {
  const { definition, actor, alsoWrite } = job;
  if (definition === undefined) throw new Error('a new definition was asked for without one');
  const reason = job.options?.reason ?? null;
  const next = swapDefinition(live, { definition, actor, reason }, { batch, ports });
  if (next instanceof CodedError) {
    refuse(queued, batch, next);
    return;
  }
  writeToo({ live: next, alsoWrite }, batch);
  answerLook(queued, batch, () => viewSession(next.session, ports.context.inventory));
};

/** Who is to come first has to be before all that wait for the same. */
const turnOf = (
  { session }: LiveSession,
  { operation, unit }: Pick<OperationRequest, 'operation' | 'unit'>,
  book: AdmissionBook,
): { readonly queueKey?: number } => {
  if (operation !== 'to_front') return {};
  const index = unit === undefined ? 0 : (session.plan.indexByPath.get(unit) ?? -1);
  const waiter = book.waiterOf(session.id, index);
  return waiter === null ? {} : { queueKey: frontKey(book, waiter) };
};

/** A result that is set by hand need not start anything. */
const runsAgain = (live: LiveSession, request: OperationRequest, { context }: BatchPorts): boolean =>
  request.operation !== 'set_status' || previewOperation(live.session, request, context).state === 'running';

const applyAnswer = (
  { queued, job }: { queued: QueuedJob; job: AnswerJob },
  batch: Batch,
  ports: BatchPorts,
): void => {
  const { sessionId, unit, run, answer, alsoWrite } = job;
  const live = ports.sessions.get(sessionId);
  if (live === undefined) {
    refuse(queued, batch, noSession(sessionId));
    return;
  }
  const { refusal, changed } = applyInput(
    { live, input: { type: 'workAnswered', unit, run, answer } },
    batch,
    ports,
  );
  if (refusal !== null) refuse(queued, batch, refusalError(refusal));
  else if (!changed)
    refuse(
      queued,
      batch,
      new CodedError('operation_refused', say('problem_nothing_waits_for_this_any_more_in', { sessionId })),
    );
  else {
    writeToo({ live, alsoWrite }, batch);
    answerLook(queued, batch, () => viewSession(live.session, ports.context.inventory));
  }
};

const applyReceipts = (job: ReceiptsJob, batch: Batch, ports: BatchPorts): void => {
  for (const receipt of job.receipts) {
    // A session that is not in memory has ended, and with it every attempt: the report is a repeat.
    const live = ports.sessions.get(sessionOfAttempt(receipt.attemptId));
    if (live?.session.attempts.get(receipt.attemptId)?.node !== job.node) continue;
    if (receipt.state === 'ended' && receipt.droppedBytes > 0)
      live.droppedBytes.set(receipt.attemptId, receipt.droppedBytes);
    applyInput({ live, input: inputOfReceipt(putSecretsAway(receipt, live, ports)) }, batch, ports);
  }
};

/** Keys of the session's own secrets, as the engine marks them. */
const keyed = (given: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [`parameter/${name}`, value]));

/** The values of secret outputs stay here, sealed with the session: the engine only learns that they are there. */
const putSecretsAway = (receipt: Receipt, live: LiveSession, { secrets }: BatchPorts): Receipt => {
  const attempt = live.session.attempts.get(receipt.attemptId);
  if (receipt.state !== 'ended' || attempt === undefined || attempt.endStatus !== null) return receipt;
  const { captured } = receipt;
  if (captured === undefined || captured.length === 0) return receipt;
  // The definition says what is secret, whatever the agent thinks of it.
  const { unit } = recordAt(live.session, attempt.unit);
  const declared = new Set(outputsOf(unit).flatMap(({ name, secret }) => (secret === true ? [name] : [])));
  const isSecret = ({ name, secret }: Captured): boolean => secret === true || declared.has(name);
  if (!captured.some(isSecret)) return receipt;
  const values: Record<string, string> = {};
  for (const each of captured)
    if (isSecret(each) && each.value !== undefined)
      values[outputSecretKey(unit.number, attempt.nodeIndex, each.name)] = each.value;
  keepSecrets(live, values, secrets);
  const hidden = captured.map((each) =>
    isSecret(each) && each.value !== undefined ? { ...each, value: '', secret: true } : each,
  );
  return { ...receipt, captured: hidden };
};

const applyInput = (
  { live, input }: { live: LiveSession; input: SessionInput },
  batch: Batch,
  { book, context }: BatchPorts,
): { readonly refusal: Refusal | null; readonly changed: boolean } => {
  batch.applying = live;
  const applied = applySession(live.session, input, context);
  if (!applied.ok) return { refusal: applied, changed: false };
  book.sync(live.session, context.inventory);
  batch.applying = null;
  if (applied.changed) record({ live, effects: applied.effects }, batch);
  return { refusal: null, changed: applied.changed };
};

const record = (
  { live, effects }: { live: LiveSession; effects: readonly SessionEffect[] },
  batch: Batch,
): void => {
  batch.touched.add(live);
  for (const effect of effects) {
    batch.effects.push({ live, effect });
    if (effect.type === 'dispatch') batch.begun.set(effect.node, (batch.begun.get(effect.node) ?? 0) + 1);
  }
};

const touch = (live: LiveSession | undefined, batch: Batch): void => {
  if (live !== undefined) batch.touched.add(live);
};

const writeToo = ({ live, alsoWrite }: { live: LiveSession; alsoWrite: AlsoWrite }, batch: Batch): void => {
  batch.alsoWrite.push(async (transaction) => alsoWrite(transaction, sessionRow(live.session)));
};

const refuse = (queued: QueuedJob, batch: Batch, error: unknown): void => {
  batch.answers.push(() => queued.reject(error));
};

const refusalError = ({ code, detail, issues }: Refusal): CodedError =>
  new CodedError(code, detail, { issues });
export const noSession = (id: SessionId): CodedError =>
  new CodedError('not_found', say('problem_there_is_no_session', { id }));
