// Preparations of coming starts: written and taken back by operators, given to the engine when the start comes, and told of when it never does.
// Responsible for rights being those of a run, for secrets being sealed, and for the audit. Which start is meant says `coming-starts.ts`; what of
// a preparation fits says core/jobs/preparation. Called by the routes and by the loop of schedules.
import { judgePreparation, type Preparation } from '@nezuban/core/jobs/preparation/fit-preparation';
import type { Loss } from '@nezuban/core/schedules/prepared-starts';
import type { Clock } from '@nezuban/platform/clock';
import { CodedError } from '@nezuban/protocol/errors';
import type { Issue } from '@nezuban/protocol/errors';
import type { StartPreparation, StartWish } from '@nezuban/protocol/jobs/start-preparation';
import { say } from '@nezuban/protocol/sentences/sentence';
import type { Database } from '../../database/database.ts';
import { findUnstorable } from '../../database/storable-text.ts';
import type {
  AuditLog,
  EventDraft,
  EventSink,
  People,
  RequestActor,
  SessionSecrets,
  Transaction,
} from '../../ports.ts';
import {
  loadMovedStarts,
  type ChosenStart,
  type ComingStarts,
  type MovedStart,
  type WantedStart,
} from '../coming-starts.ts';
import type { DefinitionCache } from '../definition-cache.ts';
import type { ScheduleLoop } from '../schedule-loop.ts';
import {
  assertRoom,
  decidedMeanwhile,
  deletePreparations,
  loadPreparations,
  lockMoved,
  raisePreparationRevision,
  replacePreparation,
  spendPreparation,
  type StoredPreparation,
  type StoredWish,
} from './preparation-store.ts';

/** Why a start does not come; `gone`: its net or schedule is not there any more, `failed`: it was moved and could not be begun. */
export type LossReason = Loss | 'gone' | 'failed';
export type LostPreparation = { readonly preparation: StoredPreparation; readonly loss: LossReason };

export type PrepareRequest = WantedStart & {
  readonly wish: StartWish;
  /** The id of what is replaced; null: nothing is. Undefined: whatever there is. */
  readonly replaces: number | null | undefined;
  readonly actor: RequestActor;
};
export type Preparations = {
  /** Throws `not_found`, `precondition_failed`, `missing_parameter` or `invalid_request` with all issues. */
  readonly prepare: (request: PrepareRequest) => Promise<StartPreparation>;
  readonly withdraw: (request: WantedStart & { readonly actor: RequestActor }) => Promise<void>;
  readonly list: (net: string, actor: RequestActor) => Promise<StartPreparation[]>;
  readonly load: (nets: readonly string[] | null) => Promise<readonly StoredPreparation[]>;
  /** What the engine is given with the start. Whoever prepared it is asked for his right once more: the last time before it is done. */
  readonly opened: (stored: StoredPreparation | null) => Promise<{ readonly preparation?: Preparation }>;
  /** Their starts do not come any more: deletes them, and tells of each with which a wish is lost. */
  readonly drop: (lost: readonly LostPreparation[]) => Promise<void>;
};
export type PreparationPorts = {
  readonly database: Database;
  readonly definitions: DefinitionCache;
  readonly coming: ComingStarts;
  readonly schedules: () => Pick<ScheduleLoop, 'refresh'>;
  readonly secrets: Pick<SessionSecrets, 'sealPrepared' | 'openPrepared'>;
  readonly people: Pick<People, 'permissionsOf'>;
  readonly audit: AuditLog;
  readonly events: EventSink;
  readonly clock: Clock;
};

export const createPreparations = ({
  database,
  definitions,
  coming,
  schedules,
  secrets,
  people,
  audit,
  events,
  clock,
}: PreparationPorts): Preparations => {
  const secretsOf = ({ id, secretBox }: StoredPreparation): Readonly<Record<string, string>> =>
    secretBox === null ? {} : (secrets.openPrepared(id, secretBox) ?? {});

  /** Somebody else could send it elsewhere, by other parameters beside it. */
  const keptFor = (
    { name }: Pick<RequestActor, 'name'>,
    stored: StoredPreparation,
  ): Readonly<Record<string, string>> => (stored.by === name ? secretsOf(stored) : {});
  const viewFor = (actor: RequestActor, stored: StoredPreparation): StartPreparation =>
    viewOf(stored, Object.keys(keptFor(actor, stored)));

  /** What is stored of a wish, and the values that go into the box. Throws with all that is wrong. */
  const judge = async (
    { wish, actor }: PrepareRequest,
    { net, revision, schedule, preparation }: ChosenStart,
  ): Promise<{ readonly wish: StoredWish; readonly sealed: Record<string, string> }> => {
    const plan = await definitions.loadPlan({ net, revision });
    const kept = preparation === null ? {} : keptFor(actor, preparation);
    const secretNames = new Set(
      plan.definition.parameters.flatMap(({ name, type }) => (type === 'secret' ? [name] : [])),
    );
    const issues: Issue[] = [];
    const parameters: Record<string, string> = {};
    for (const [name, value] of Object.entries(wish.parameters)) {
      const known = value ?? (secretNames.has(name) ? kept[name] : undefined);
      if (known === undefined)
        issues.push({ path: `parameters.${name}`, ...say('prepared_secret_not_kept') });
      else parameters[name] = known;
    }
    const { hold, units, priority = null, reason } = wish;
    issues.push(
      ...judgePreparation(plan, schedule.parameters ?? {}, { units, parameters }),
      ...findUnstorable({ parameters, units, reason: reason ?? '' }),
    );
    if (issues.length > 0)
      throw new CodedError(
        issues.every(({ path }) => path.startsWith('parameters.')) ? 'missing_parameter' : 'invalid_request',
        `The start of ${net} cannot be prepared like this: ${issues.map(({ path, message }) => `${path}: ${message}`).join('; ')}.`,
        { issues },
      );
    const split = (secret: boolean): Record<string, string> =>
      Object.fromEntries(Object.entries(parameters).filter(([name]) => secretNames.has(name) === secret));
    const sealed = split(true);
    const stored = { hold, units, parameters: split(false), secrets: Object.keys(sealed), priority };
    return { wish: stored, sealed };
  };
  const lock = async (transaction: Transaction, chosen: ChosenStart): Promise<void> => {
    const { net, at, moved } = chosen;
    if (moved !== null) await lockMoved(transaction, moved.id);
    await raisePreparationRevision(
      transaction,
      { net, schedule: chosen.schedule.name, at },
      { pending: moved === null },
    );
  };
  const findStored = async ({ net, schedule, at }: WantedStart): Promise<StoredPreparation | null> => {
    const mine = (await loadPreparations(database, [net])).filter((each) => each.schedule === schedule);
    return (
      mine.find((each) => each.at === at) ?? mine.find((each) => each.movedTo === at && at !== null) ?? null
    );
  };
  /** A user who is gone has left it behind, as with all that he defined: it goes by the roles that he had. */
  const lacksRight = async ({ by, net, holdsAlways }: StoredPreparation): Promise<boolean> => {
    if (holdsAlways) return false;
    const permissions = await people.permissionsOf(by);
    return permissions !== null && !permissions.onNet('nets.run', net);
  };
  const load = async (nets: readonly string[] | null): Promise<readonly StoredPreparation[]> =>
    await loadPreparations(database, nets);

  return {
    async prepare(request) {
      const { actor, replaces } = request;
      assertSaysSomething(request.wish);
      const chosen = await coming.choose(request);
      const { wish, sealed } = await judge(request, chosen);
      const key = { net: chosen.net, schedule: chosen.schedule.name, at: chosen.at };
      const said = {
        by: actor.name,
        holdsAlways: actor.holdsAlways === true,
        at: clock.epochMs(),
        reason: request.wish.reason ?? null,
      };
      await database.inTransaction(async (transaction) => {
        await lock(transaction, chosen);
        const { before } = await replacePreparation(transaction, key, {
          wish,
          said,
          seal: (id) => (wish.secrets.length === 0 ? null : secrets.sealPrepared(id, sealed)),
        });
        if (replaces !== undefined && replaces !== before)
          throw new CodedError('precondition_failed', say('later_prepared_meanwhile'));
        await assertRoom(transaction, key);
        await audit.record(transaction, {
          actor,
          action: 'prepareStart',
          target: key.net,
          details: detailsOf(key, { wish, reason: said.reason }),
        });
      });
      schedules().refresh([key.net]);
      const stored = await findStored(key);
      if (stored === null) throw decidedMeanwhile();
      return viewFor(actor, stored);
    },
    async withdraw(request) {
      const { actor } = request;
      const at = request.at ?? (await coming.choose(request)).at;
      const stored = await findStored({ ...request, at });
      const canGo = stored !== null && (stored.hasWish || stored.leftOutAs === 'skipped');
      if (!canGo)
        throw new CodedError(
          'precondition_failed',
          say('later_nothing_prepared', { net: request.net, schedule: request.schedule, at: instant(at) }),
        );
      await database.inTransaction(async (transaction) => {
        await raisePreparationRevision(transaction, stored, { pending: !stored.moved });
        if (stored.leftOutAs === 'skipped') {
          const deleted = await deletePreparations(transaction, [stored.id]);
          if (deleted.size === 0) throw decidedMeanwhile();
        } else await spendPreparation(transaction, stored);
        await audit.record(transaction, {
          actor,
          action: 'withdrawStartPreparation',
          target: stored.net,
          details: detailsOf(stored, stored),
        });
      });
      schedules().refresh([stored.net]);
    },
    async list(net, actor) {
      const prepared = await load([net]);
      const isAmong = (moved: MovedStart): boolean =>
        prepared.some(({ schedule, at }) => schedule === moved.schedule && at === moved.plannedAt);
      const moved = (await loadMovedStarts(database, net)).filter((each) => !isAmong(each));
      const views = prepared.map((stored) => viewFor(actor, stored));
      return [...views, ...moved.map(viewOfMoved)].toSorted((a, b) =>
        (a.movedTo ?? a.at).localeCompare(b.movedTo ?? b.at),
      );
    },
    load,
    async opened(stored) {
      if (stored?.wish == null) return {};
      const { wish, by, writtenAt, reason } = stored;
      const values = secretsOf(stored);
      return {
        preparation: {
          by,
          at: writtenAt,
          reason,
          hold: wish.hold,
          units: wish.units,
          parameters: { ...wish.parameters, ...values },
          secrets: wish.secrets,
          unreadable: wish.secrets.filter((name) => !Object.hasOwn(values, name)),
          priority: wish.priority,
          lacksRight: await lacksRight(stored),
        },
      };
    },
    async drop(lost) {
      if (lost.length === 0) return;
      const publish = await database.inTransaction(async (transaction) => {
        // What failed at another time must not come at its own all the same.
        const staysOut = ({ preparation, loss }: LostPreparation): boolean =>
          loss === 'failed' && preparation.leftOut;
        for (const each of lost) if (staysOut(each)) await spendPreparation(transaction, each.preparation);
        const deleted = await deletePreparations(
          transaction,
          lost.flatMap((each) => (staysOut(each) ? [] : [each.preparation.id])),
        );
        const told = lost.filter(
          (each) =>
            (staysOut(each) || deleted.has(each.preparation.id)) && isTold(each.preparation, each.loss),
        );
        if (told.length === 0) return () => undefined;
        const at = new Date(clock.epochMs());
        return await events.append(
          transaction,
          told.map((each) => lostEvent(each, at)),
        );
      });
      publish();
    },
  };
};

/** A start that was left out and is past is what somebody wanted; one that was to be left out and is gone by itself is told of. */
const isTold = ({ hasWish, leftOutAs }: StoredPreparation, loss: LossReason): boolean =>
  loss !== 'over' && (hasWish || (leftOutAs === 'skipped' && loss !== 'passed'));

const assertSaysSomething = ({ hold, units, parameters, priority }: StartWish): void => {
  if (hold || priority !== undefined || Object.keys({ ...units, ...parameters }).length > 0) return;
  const said = say('prepared_nothing');
  throw new CodedError('invalid_request', said, { issues: [{ path: 'body', ...said }] });
};

const lossWords: Readonly<Record<LossReason, string>> = {
  over: 'it was left out',
  passed: 'it was missed or skipped',
  no_such_start: 'the schedule or its calendar has changed and has no start at that time any more',
  gone: 'the job net or the schedule is gone',
  failed: 'it was moved and could not be begun',
};

const lostEvent = ({ preparation, loss }: LostPreparation, at: Date): EventDraft => {
  const { net, schedule, by } = preparation;
  const planned = instant(preparation.at);
  return {
    at,
    code: 'start_preparation_lost',
    priority: 'warning',
    node: null,
    message: `What ${by} has prepared for the start of ${net} by schedule "${schedule}" at ${planned} comes to nothing: ${lossWords[loss]}.`,
    details: { net, schedule, at: planned, by, why: loss },
  };
};

/** Names of parameters alone: the audit log is read by more people than values are for. */
const detailsOf = (
  { schedule, at }: { readonly schedule: string; readonly at: number },
  { wish, reason }: { readonly wish: StoredWish | null; readonly reason: string | null },
): Record<string, unknown> => ({
  schedule,
  at: instant(at),
  ...(wish === null
    ? {}
    : {
        hold: wish.hold,
        units: wish.units,
        parameters: [...Object.keys(wish.parameters), ...wish.secrets],
        ...(wish.priority === null ? {} : { priority: wish.priority }),
      }),
  ...(reason === null ? {} : { reason }),
});

const viewOf = (stored: StoredPreparation, keepableSecrets: readonly string[]): StartPreparation => {
  const { id, net, schedule, at, movedTo, leftOutAs, wish, by, writtenAt, reason } = stored;
  return {
    id,
    net,
    schedule,
    at: instant(at),
    movedTo: movedTo === null ? null : instant(movedTo),
    leftOut: leftOutAs,
    wish:
      wish === null
        ? null
        : {
            hold: wish.hold,
            units: wish.units,
            parameters: {
              ...wish.parameters,
              ...Object.fromEntries(wish.secrets.map((name) => [name, null])),
            },
            ...(wish.priority === null ? {} : { priority: wish.priority }),
          },
    keepableSecrets: [...keepableSecrets],
    by,
    writtenAt: instant(writtenAt),
    reason,
  };
};

const viewOfMoved = ({
  net,
  schedule,
  plannedAt,
  at,
  movedBy,
  movedAt,
  reason,
}: MovedStart): StartPreparation => ({
  id: null,
  net,
  schedule,
  at: instant(plannedAt),
  movedTo: instant(at),
  leftOut: null,
  wish: null,
  keepableSecrets: [],
  by: movedBy,
  writtenAt: instant(movedAt),
  reason,
});

const instant = (ms: number): string => new Date(ms).toISOString();
