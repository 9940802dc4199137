// The engine: moves all unfinished sessions on.
// Responsible for the one loop that gathers what has come in, lets `core` decide, commits changes, events and whatever belongs to them in
// one transaction, and only then acts: sends orders, publishes, answers. What fails to commit never happened: the touched sessions are
// thrown away and read back (`engine-recovery.ts`). Not responsible for deciding (core/jobs), for SQL (`session-store.ts`) or for connections (the hub).
//
// | state of the loop | enters when | leaves by |
// | --- | --- | --- |
// | idle | nothing is queued | a job |
// | busy | jobs are queued | all are committed and answered, or a commit fails |
// | recovering | a commit failed, or nobody knows its outcome | the sessions concerned have been read back |
//
// Drained it is idle whatever is queued: the duty is being handed over. It goes on if that comes to nothing.
import { say } from '@nezuban/protocol/sentences/sentence';
import { noLimits, type Limits } from '@nezuban/core/jobs/admission/limits';
import type { Inventory as EngineInventory, SessionInput } from '@nezuban/core/jobs/session-inputs';
import type { Session } from '@nezuban/core/jobs/session-state';
import { CodedError } from '@nezuban/protocol/errors';
import type { SessionId } from '@nezuban/protocol/ids';
import type { SessionDetail, SessionSummary } from '@nezuban/protocol/jobs/session';
import { sessionOfAttempt } from './attempt-key.ts';
import { createDispatcher } from './dispatcher.ts';
import { applyJobs, noSession, type Batch } from './engine-batch.ts';
import { commitBatch } from './engine-commit.ts';
import { createEngineNotices } from './engine-notices.ts';
import { allPlacesStand, standingPlaces } from './engine-place-faults.ts';
import { BrokenJobError, quoted } from './engine-poison.ts';
import { createEngineRecovery } from './engine-recovery.ts';
import { createEngineQueue } from './engine-queue.ts';
import { createEnginePlaces } from './engine-places.ts';
import type { EngineOptions, EnginePorts } from './engine-ports.ts';
import { createEngineMemory, type OpenAttempt } from './engine-memory.ts';
import {
  isImpatient,
  neededSession,
  sessionsOf,
  type AnswerJob,
  type EngineJob,
  type OperationJob,
  type PlacesLook,
  type QueuedJob,
  type ReceiptsJob,
  type StartJob,
} from './engine-jobs.ts';
import { createLateReports } from './late-reports.ts';
import { jobsLimits } from './jobs-limits.ts';
import { collectChanges, isAtRest, type LiveSession, type SessionChanges } from './live-session.ts';
import { namedSecretKey, openOrder } from './order-secrets.ts';
import { noWrites, type SessionWrites } from './session-store.ts';
import { createStandingSessions } from './standing-sessions.ts';

/** Since the start, but for what is queued now. */
export type EngineStats = {
  readonly queuedJobs: number;
  readonly sessionsInMemory: number;
  /** Transactions that were committed, and that were not. */
  readonly batches: number;
  readonly batchesFailed: number;
  /** What was asked of it, by people, agents, schedules and its own timers. */
  readonly jobs: number;
  /** Changes of sessions, units and attempts that were committed. */
  readonly sessionChanges: number;
  readonly unitChanges: number;
  readonly attemptChanges: number;
};

export type Engine = {
  /** Takes up every session that has not ended, with the limits in force. Before the hub listens. */
  readonly start: (limits?: Limits) => Promise<void>;
  readonly run: (request: Omit<StartJob, 'type'>) => Promise<SessionSummary>;
  readonly operate: (request: Omit<OperationJob, 'type'>) => Promise<SessionDetail>;
  /** Somebody decides about a unit that waits for people. Throws `operation_refused` where nothing waits for it. */
  readonly answer: (request: Omit<AnswerJob, 'type'>) => Promise<SessionDetail>;
  /** Something that the manager has found out for a session in memory. Resolves when it is committed. */
  readonly tell: (sessionId: SessionId, input: SessionInput) => Promise<unknown>;
  /** Resolves when all are committed. */
  readonly receipts: (request: Omit<ReceiptsJob, 'type'>) => Promise<void>;
  /** Calls `look` while what is in memory is what is stored; null if the session is not in memory, because it has ended. */
  readonly inspect: <Result>(
    sessionId: SessionId,
    look: (session: Session) => Result,
  ) => Promise<{ readonly result: Result } | null>;
  /** Other limits of queues, locks and nodes are in force. Resolves when all that follows is committed. */
  readonly setLimits: (limits: Limits) => Promise<void>;
  /** Calls `look` while what is in memory is what is stored. */
  readonly lookAtPlaces: <Result>(look: PlacesLook<Result>) => Promise<Result>;
  readonly connected: (node: string) => void;
  /** The node is gone from the inventory: its open attempts end, those that may have run there as unknown. */
  readonly removed: (node: string) => void;
  readonly openAttempts: (node: string) => number;
  /** Something was frozen or resumed. Resolves when all that follows from it is committed, and all starts that were under way with it. */
  readonly freezesChanged: () => Promise<void>;
  /** What an agent has or may have, and how many orders for it have never left the manager. */
  readonly openOn: (node: string) => { readonly attempts: readonly OpenAttempt[]; readonly waiting: number };
  readonly stats: () => EngineStats;
  /** The next session has at least this id: ids below it lie in a range that is to be left. */
  readonly skipIds: (to: number) => void;
  /** Takes nothing more from people, finishes what is queued within the time, then commits nothing more until `resume`. */
  readonly drain: (withinMs: number) => Promise<void>;
  readonly resume: () => void;
  /** Takes nothing more, finishes what is queued, within the time. Idempotent. */
  readonly stop: (withinMs: number) => Promise<void>;
};

export const createEngine = (ports: EnginePorts, options: EngineOptions): Engine => {
  const { clock, logger, store, timers } = ports;
  const dispatcher = createDispatcher(ports.hub, {
    openPerNodeMax: options.openAttemptsPerNodeMax ?? jobsLimits.openAttemptsPerNodeMax,
    isFrozen: (node) => ports.freezes.nodes().has(node),
    refuse: (attemptId, reason, code) => memory.refused(attemptId, reason, code),
    prepare: (going) => {
      const live = memory.sessions.get(sessionOfAttempt(going.order.attemptId));
      // Thrown away, and not read back yet.
      if (live === undefined) return 'later';
      try {
        const refusal = ports.bounds.refusalOf(going, live.session);
        if (refusal !== null) return { ok: false, reason: refusal };
        return openOrder(ports.bounds.withRules(going.order), (key) =>
          key.startsWith(namedSecretKey)
            ? ports.secrets.named(key.slice(namedSecretKey.length))
            : (live.secrets.get(key) ?? null),
        );
      } catch (error) {
        // Orders of others go with it.
        logger.error({ err: error, attempt: going.order.attemptId }, 'An order could not be prepared');
        return { ok: false, reason: `it was not sent, for it could not be prepared: ${quoted(error)}` };
      }
    },
  });
  let state: 'new' | 'working' | 'draining' | 'drained' | 'stopping' | 'stopped' = 'new';
  const queue = createEngineQueue({
    lengthMax: jobsLimits.queuedJobsMax,
    batchInputsMax: jobsLimits.batchInputsMax,
  });
  /** Jobs of the batch at hand. */
  let current: readonly QueuedJob[] = [];
  let loop: Promise<void> | undefined;
  let nextId = 1;
  const counts = {
    batches: 0,
    batchesFailed: 0,
    jobs: 0,
    sessionChanges: 0,
    unitChanges: 0,
    attemptChanges: 0,
  };

  const submit = (job: EngineJob): Promise<unknown> => {
    if (state === 'stopping' || state === 'stopped')
      return Promise.reject(new CodedError('shutting_down', say('problem_the_manager_is_stopping')));
    // What agents say and our own timers wait: it is here that they go on if the hand-over comes to nothing.
    if ((state === 'draining' || state === 'drained') && isImpatient(job))
      return Promise.reject(
        new CodedError('shutting_down', say('problem_the_other_host_of_the_pair_takes'), {
          retryAfterSeconds: 1,
        }),
      );
    const done = queue.add(job);
    wakeLoop();
    return done;
  };
  const warn = (what: string) => (error: unknown) => logger.warn({ err: error }, what);
  const lookAtPlaces = (): void => {
    submit({ type: 'placesChanged' }).catch(warn('What waits for places was not looked at'));
  };
  const places = createEnginePlaces({ clock, timers, lookAgain: lookAtPlaces });
  const { book } = places;
  const inventoryNow = (): EngineInventory => ({
    ...ports.inventory.snapshot(),
    frozen: ports.freezes.nodes(),
    limitedNodes: book.limits().nodes,
    excludedNet: book.isExcluded,
    openAttempts: dispatcher.openAttempts,
  });
  const memory = createEngineMemory({
    dispatcher,
    book,
    inventory: inventoryNow,
    nodeExists: (node) => ports.inventory.snapshot().nodes.has(node),
    clock,
    timers,
    logger,
    works: ports.works,
    tell: async (sessionId, input) => await submit({ type: 'input', sessionId, input }),
    lose: (id) => recovery.lose(id),
  });
  const notices = createEngineNotices({ events: ports.events, timers, logger });
  const standing = createStandingSessions({
    notices,
    clock,
    timers,
    again(ids) {
      for (const id of ids) recovery.lose(id);
      wakeLoop();
    },
  });
  const recovery = createEngineRecovery({
    ...ports,
    memory,
    book,
    queue,
    standing,
    notices,
    submit,
    wake: () => wakeLoop(),
    slowRetryMs: options.slowRetryMs ?? jobsLimits.slowRetryMs,
  });

  const late = createLateReports(store, (id) => memory.sessions.has(id));

  const wakeLoop = (): void => {
    if ((state !== 'working' && state !== 'draining') || loop !== undefined) return;
    loop = runLoop().catch((error: unknown) => {
      state = 'stopped';
      stopParts();
      rejectAll(error);
      options.onBroken(error);
    });
  };
  const runLoop = async (): Promise<void> => {
    // What arrives in one turn of the event loop is committed together.
    await Promise.resolve();
    while ((queue.length() > 0 || recovery.lost() > 0) && state !== 'drained') {
      const went = recovery.lost() > 0 ? await readBack() : await processJobs((current = queue.take()));
      if (went) continue;
      if (state !== 'working') break;
      await timers.sleep(jobsLimits.recoverRetryMs);
    }
    loop = undefined;
  };

  /** False if the database is away. */
  const processJobs = async (jobs: readonly QueuedJob[]): Promise<boolean> => {
    try {
      await loadNeeded(jobs);
    } catch (error) {
      return recovery.giveBack(jobs, error, null);
    }
    const batch = applyJobs(jobs, {
      sessions: memory.sessions,
      book,
      context: { now: clock.epochMs(), lastEventId: ports.lastEventId(), inventory: inventoryNow() },
      startRefusal: ports.freezes.startRefusal,
      isUnlooked: recovery.isUnlooked,
      secrets: ports.secrets,
      ...(ports.calendars === undefined ? {} : { calendars: ports.calendars }),
      nextSessionId: () => nextId++ as SessionId,
      newNonce: options.newNonce,
    });
    if (batch.failure !== null) return recovery.undo(jobs, batch, batch.failure);
    const writes = noWrites();
    let changed: ReturnType<typeof allChanges>;
    try {
      changed = allChanges(batch, writes);
    } catch (error) {
      return recovery.undo(jobs, batch, new BrokenJobError('A change broke the engine', { cause: error }));
    }
    if (changed.length > 0 || batch.alsoWrite.length > 0) {
      let publishEvents;
      try {
        publishEvents = await commitBatch({ ...ports, term: options.term }, batch, writes);
      } catch (error) {
        counts.batchesFailed += 1;
        return recovery.undo(jobs, batch, error);
      }
      counts.batches += 1;
      queue.widen();
      recovery.stored(changed.map(({ live }) => live.session.id));
      publishEvents();
    }
    counts.jobs += jobs.length;
    for (const { changes } of changed) {
      counts.sessionChanges += 1;
      counts.unitChanges += changes.units.length;
      counts.attemptChanges += changes.attempts.length;
    }
    for (const { changes } of changed) for (const attempt of changes.attempts) dispatcher.follow(attempt);
    memory.act(batch.effects);
    dispatcher.flush();
    places.watchClock();
    tellPlaces(batch);
    for (const { live, changes } of changed) {
      const { session } = live;
      try {
        ports.works.sessionChanged(session, changes);
        options.onChanged(session, changes);
      } catch (error) {
        // It is committed: what others make of it is had again from what is stored.
        logger.error({ err: error, sessionId: session.id }, 'What follows from a committed change broke');
        recovery.lose(session.id);
      }
      if (isAtRest(changes.row)) memory.forget(session.id);
    }
    for (const answer of batch.answers) answer();
    forgetLoaded(jobs);
    return true;
  };

  const tellPlaces = ({ placesBroken }: Batch): void => {
    const at = new Date(clock.epochMs());
    for (const fault of book.faults()) notices.tell(...standingPlaces(fault, at));
    if (placesBroken !== null) notices.tell(...allPlacesStand(placesBroken, at));
  };

  const loadNeeded = async (jobs: readonly QueuedJob[]): Promise<void> => {
    const ids = new Set<SessionId>();
    for (const { job } of jobs) {
      const id = neededSession(job);
      if (id !== null && !memory.sessions.has(id)) ids.add(id);
    }
    for (const id of await late.find(jobs)) ids.add(id);
    if (ids.size > 0) await recovery.takeUp([...ids]);
    if (standing.size() > 0) for (const { job } of jobs) assertNoneStands(job);
  };
  /** What is said of a session that cannot be read must not pass for a repeat about one that has ended. */
  const assertNoneStands = (job: EngineJob): void => {
    for (const id of sessionsOf(job)) {
      const refusal = standing.refusalOf(id);
      if (refusal !== null) throw refusal;
    }
  };
  const forgetLoaded = (jobs: readonly QueuedJob[]): void => {
    for (const { job } of jobs) {
      const id = neededSession(job);
      if (id !== null) memory.forgetIfAtRest(id);
    }
    for (const id of late.taken()) memory.forgetIfAtRest(id);
  };

  /** False if the database is away. */
  const readBack = async (): Promise<boolean> => {
    if (!(await recovery.readBack())) return false;
    dispatcher.lookAgain();
    dispatcher.flush();
    // What they hold and wait for may be another thing than what was decided last.
    lookAtPlaces();
    return true;
  };
  const rejectAll = (error: unknown): void => {
    for (const { reject } of current) reject(error);
    recovery.rejectAll(error);
    queue.rejectAll(error);
  };

  const stopParts = (): void => {
    memory.stop();
    places.stop();
    standing.stop();
    recovery.stop();
    notices.stop();
  };
  const loopEnded = async (withinMs: number): Promise<void> => {
    const limit = new AbortController();
    const tooLong = timers.sleep(withinMs, limit.signal).catch(() => undefined);
    await Promise.race([loop, tooLong]);
    limit.abort();
  };

  const lookAgain = (): void => {
    submit({ type: 'nodesChanged' }).catch(warn('What waits for frozen nodes was not looked at'));
  };
  /** Without a freeze, and without anybody in a queue, nothing waits for a node. */
  const nodeMoved = (): void => {
    if (ports.freezes.nodes().size > 0) lookAgain();
    else if (book.lines().size() > 0) lookAtPlaces();
  };

  return {
    async start(limits = noLimits) {
      book.setLimits(limits, [], inventoryNow());
      nextId = Math.max(nextId, (await store.highestId()) + 1);
      const ids = await store.unfinishedIds();
      for (let from = 0; from < ids.length; from += jobsLimits.loadSessionsAtOnce)
        await recovery.takeUp(ids.slice(from, from + jobsLimits.loadSessionsAtOnce));
      for (const { attemptId, node, isKill } of await store.unheardCancels())
        if (ports.inventory.snapshot().nodes.has(node))
          dispatcher.cancel({ attemptId, node, killAfterMs: isKill ? 0 : jobsLimits.unheardGraceMs });
      dispatcher.flush();
      if (ids.length > 0) logger.info({ sessions: ids.length }, 'Unfinished sessions were taken up');
      state = 'working';
      if (queue.length() > 0) wakeLoop();
      // A freeze may have begun or ended while no manager ran.
      if (ids.length > 0) {
        lookAgain();
        lookAtPlaces();
      }
    },
    async run(request) {
      const { asksHistory } = request.plan;
      const history = asksHistory ? { history: await store.history(request.plan) } : {};
      return (await submit({ type: 'start', ...request, ...history })) as SessionSummary;
    },
    async operate(request) {
      try {
        return (await submit({ type: 'operation', ...request })) as SessionDetail;
      } catch (error) {
        // Whether it never was or was too old. That one of its units is not there is another matter.
        const isMissing =
          error instanceof CodedError && error.message === noSession(request.sessionId).message;
        throw isMissing ? await store.notFound(request.sessionId) : error;
      }
    },
    async answer(request) {
      return (await submit({ type: 'answer', ...request })) as SessionDetail;
    },
    tell: async (sessionId, input) => await submit({ type: 'input', sessionId, input }),
    receipts: async (request) => {
      await submit({ type: 'receipts', ...request });
    },
    async inspect<Result>(sessionId: SessionId, look: (session: Session) => Result) {
      if (!memory.sessions.has(sessionId) && !recovery.isLost(sessionId)) return null;
      return { result: (await submit({ type: 'inspect', sessionId, look })) as Result };
    },
    async setLimits(limits) {
      await submit({ type: 'placesChanged', limits });
    },
    lookAtPlaces: async <Result>(look: PlacesLook<Result>) =>
      (await submit({ type: 'inspectPlaces', look })) as Result,
    connected(node) {
      dispatcher.connected(node);
      nodeMoved();
    },
    removed(node) {
      memory.nodeRemoved(node);
      nodeMoved();
    },
    openAttempts: (node) => dispatcher.openAttempts(node),
    async freezesChanged() {
      dispatcher.freezesChanged();
      await submit({ type: 'nodesChanged' });
    },
    openOn(node) {
      const { sent, waiting } = dispatcher.openOn(node);
      return { waiting, attempts: sent.flatMap((id) => memory.openAttempt(id) ?? []) };
    },
    skipIds(to) {
      nextId = Math.max(nextId, to);
    },
    stats: () => ({ ...counts, queuedJobs: queue.length(), sessionsInMemory: memory.sessions.size }),
    async drain(withinMs) {
      if (state !== 'working') return;
      state = 'draining';
      await loopEnded(withinMs);
      if (state === 'draining') state = 'drained';
    },
    resume() {
      if (state !== 'draining' && state !== 'drained') return;
      state = 'working';
      if (queue.length() > 0 || recovery.lost() > 0) wakeLoop();
    },
    async stop(withinMs) {
      if (state === 'stopped') return;
      state = 'stopping';
      await loopEnded(withinMs);
      state = 'stopped';
      stopParts();
      rejectAll(new CodedError('shutting_down', say('problem_the_manager_is_stopping')));
    },
  };
};

const allChanges = (
  { touched }: Batch,
  writes: SessionWrites,
): { readonly live: LiveSession; readonly changes: SessionChanges }[] =>
  [...touched].flatMap((live) => {
    const changes = collectChanges(live, writes);
    return changes === null ? [] : [{ live, changes }];
  });
