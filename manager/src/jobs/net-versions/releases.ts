// Restores of old revisions, and releases: a revision that comes into force at a date.
// Responsible for what a release means when its time comes: once, in one transaction with its audit row and events; refused and told if
// somebody has changed the net meanwhile; late after an outage, and told. Not responsible for the timer: the schedule loop asks
// `carryOutDue` before it decides starts, so that a start at the very instant of a release runs what was released.
import { say } from '@nezuban/protocol/sentences/sentence';
import { describeShapeIssues } from '@nezuban/core/definitions/shape-issues';
import { issueOf } from '@nezuban/core/definitions/path-issue';
import { judgeJobNet } from '@nezuban/core/definitions/judge-job-net';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import { plannedReleasesMax } from '@nezuban/protocol/api/net-version-operations';
import { CodedError } from '@nezuban/protocol/errors';
import { jobNetSchema, type JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { NetRelease } from '@nezuban/protocol/jobs/net-version';
import type { Database } from '../../database/database.ts';
import type {
  Actor,
  AuditLog,
  EventDraft,
  EventSink,
  People,
  RequestActor,
  Standing,
  Transaction,
} from '../../ports.ts';
import { storableReason, type Definitions } from '../definition-apply.ts';
import { invalidDefinition } from '../definition-files.ts';
import { jobsLimits } from '../jobs-limits.ts';
import { lockDefinitions } from '../../database/definitions-lock.ts';
import type { AuthorRights } from '../author-rights.ts';
import { addRevision, askedOf, type SavedNet } from '../net-store.ts';
import { lackOfPlanner } from './planner-lack.ts';
import {
  closeRelease,
  countPlanned,
  findRelease,
  insertRelease,
  loadPlanned,
  lockPlanned,
  type PlannedRelease,
  type ReleaseRow,
} from './release-store.ts';

export type ReleasePorts = {
  readonly database: Database;
  readonly definitions: Pick<Definitions, 'applyContent'>;
  readonly authors: AuthorRights;
  readonly people: Pick<People, 'standingOf'>;
  readonly audit: AuditLog;
  readonly events: EventSink;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A release was planned or cancelled: the next one may be another. */
  readonly onPlanned: () => void;
};

export type ReleaseRequest = {
  readonly net: string;
  /** A revision that there is, or a definition that becomes one. Judged. */
  readonly content: { readonly revision: number } | { readonly definition: JobNetDefinition };
  /** Null, or past: at once. */
  readonly at: Date | null;
  readonly ifChanged: NetRelease['ifChanged'];
  readonly reason: string | undefined;
  readonly actor: RequestActor;
};

export type Releases = {
  /** A new revision with the content of an old one. Throws `not_found`, `invalid_definition`. */
  readonly restore: (request: {
    readonly net: string;
    readonly revision: number;
    readonly reason: string | undefined;
    readonly actor: RequestActor;
  }) => Promise<SavedNet>;
  readonly plan: (request: ReleaseRequest) => Promise<ReleaseRow>;
  readonly cancel: (request: {
    readonly id: number;
    readonly reason: string | undefined;
    readonly actor: RequestActor;
  }) => Promise<ReleaseRow>;
  /** Carries out what is due. The next one's time in milliseconds since 1970, or null. Throws while the database is away. */
  readonly carryOutDue: () => Promise<number | null>;
};

/** Of the machinery itself; the history of the net names who planned it. */
const releaser: Actor = { name: 'release', address: null, by: 'schedule' };
/** Due ones looked at in one go: after a long outage many may wait, and the rest follows at once. */
const DUE_AT_ONCE = 100;
const MINUTE_MS = 60_000;

type Closing = { readonly release: ReleaseRow; readonly actor: Actor; readonly at: Date };
/** Why it is refused; neither: the net was changed meanwhile. `lacks`: what whoever planned it may not do any more. */
type Refusal = { readonly problem: string | null; readonly lacks: string | null };

export const createReleases = (ports: ReleasePorts): Releases => {
  const { database, definitions, audit, events, clock, logger } = ports;
  /** When the next one is due; undefined: not known. */
  let nextAt: number | null | undefined;

  const close = async (
    transaction: Transaction,
    { release, actor, at }: Closing,
    end: Pick<Parameters<typeof closeRelease>[1], 'state' | 'outcome' | 'detail' | 'revision'>,
  ): Promise<void> => {
    await closeRelease(transaction, { id: release.id, at, by: actor.name, ...end });
    await audit.record(transaction, {
      actor,
      action: 'releaseNet',
      target: release.net,
      details: { release: Number(release.id), from: release.revision, ...end },
    });
  };

  const refuse = async (
    transaction: Transaction,
    closing: Closing,
    refusal: Refusal,
  ): Promise<() => void> => {
    const detail = refusal.problem ?? refusal.lacks;
    const outcome = detail === null ? ('changed' as const) : ('invalid' as const);
    await close(transaction, closing, { state: 'refused', outcome, detail, revision: null });
    const inForce = await revisionInForce(transaction, closing.release.net);
    return await events.append(transaction, [refusedEvent(closing, { ...refusal, inForce })]);
  };

  /** Who is to be asked when the time of a release comes; null: nobody. A user who is gone has left it behind, as with all that he defined. */
  const plannerOf = async ({ planned_by: name, starts_asked_of: asked }: PlannedRelease) =>
    asked === null ? null : await ports.people.standingOf(name);
  /** Decides a planned release now; the caller holds the locks. */
  const carryOut = async (
    transaction: Transaction,
    closing: Closing,
    standing: Standing | null,
  ): Promise<() => void> => {
    const { release, at } = closing;
    const { net, revision } = release;
    const content = await loadContent(transaction, net, revision);
    const problem = problemOf(content);
    if (problem !== null || (release.changed_since && release.if_changed === 'refuse'))
      return await refuse(transaction, closing, { problem, lacks: null });
    const planner = { name: release.planned_by, definition: content };
    const lacks =
      standing === null ? null : await lackOfPlanner(ports.authors, transaction, { ...planner, standing });
    if (lacks !== null) return await refuse(transaction, closing, { problem: null, lacks });
    const saved = await definitions.applyContent(transaction, {
      definition: content,
      // The history names who planned it, the audit log who acted.
      actor: {
        ...closing.actor,
        name: release.planned_by,
        holdsAlways: release.starts_asked_of === null,
      },
      at,
      operation: 'releaseNet',
      note: { kind: 'release', reason: release.reason, fromRevision: revision },
      // As if it had happened on time: what a new schedule has missed since is for its own policy.
      schedulesFrom: new Date(release.at.getTime() - 1),
    });
    const isNew = saved.change !== 'unchanged';
    await close(transaction, closing, {
      state: 'released',
      outcome: isNew ? 'in_force' : 'unchanged',
      detail: null,
      revision: isNew ? saved.revision : null,
    });
    const publish = await events.append(transaction, [releasedEvent(closing, saved.revision)]);
    return () => {
      saved.afterCommit();
      publish();
    };
  };

  const closeOne = async (
    id: string,
    decide: (transaction: Transaction, closing: Closing) => Promise<() => void>,
  ): Promise<void> => {
    const afterCommit = await database.inTransaction(async (transaction) => {
      await lockDefinitions(transaction);
      const release = await lockPlanned(transaction, id);
      // Cancelled, or carried out by another manager, in this moment.
      if (release === null) return () => undefined;
      return await decide(transaction, { release, actor: releaser, at: new Date(clock.epochMs()) });
    });
    afterCommit();
  };
  /** One that fails by itself is refused and told: it must not stand in the way of other releases and of scheduled starts. */
  const carryOutOne = async (release: PlannedRelease): Promise<void> => {
    const { id } = release;
    // Before the locks, which others wait for with the connections that this one needs.
    const standing = await plannerOf(release);
    try {
      await closeOne(id, async (transaction, closing) => await carryOut(transaction, closing, standing));
    } catch (error) {
      if (isForLater(error)) throw error;
      logger.error({ err: error, release: Number(id) }, 'A planned release of a job net failed');
      const problem = error instanceof Error ? error.message : String(error);
      await closeOne(
        id,
        async (transaction, closing) => await refuse(transaction, closing, { problem, lacks: null }),
      );
    }
  };

  const reload = async (id: number | string): Promise<ReleaseRow> => {
    const row = await findRelease(database, id);
    if (row === null) throw new CodedError('not_found', say('problem_there_is_no_release', { id }));
    return row;
  };

  return {
    async restore({ net, revision, reason, actor }) {
      const note = { kind: 'restore', reason: storableReason(reason), fromRevision: revision } as const;
      const saved = await database.inTransaction(async (transaction) => {
        await lockDefinitions(transaction);
        const definition = await loadContent(transaction, net, revision);
        assertJudged(net, definition);
        return await definitions.applyContent(transaction, {
          definition,
          actor,
          at: new Date(clock.epochMs()),
          operation: 'restoreNetRevision',
          note,
        });
      });
      saved.afterCommit();
      return { change: saved.change, revision: saved.revision };
    },
    async plan({ net, content, at, ifChanged, reason, actor }) {
      const now = new Date(clock.epochMs());
      const why = storableReason(reason);
      const due = at === null || at < now ? now : at;
      const { id, afterCommit } = await database.inTransaction(async (transaction) => {
        await lockDefinitions(transaction);
        if ((await countPlanned(transaction, net)) >= plannedReleasesMax)
          throw new CodedError(
            'operation_refused',
            say('problem_releases_of_the_job_net_are_planned', { max: plannedReleasesMax, net }),
          );
        const revision =
          'revision' in content
            ? content.revision
            : await addRevision(transaction, {
                definition: content.definition,
                actor,
                at: now,
                note: { kind: 'prepare', reason: why, fromRevision: null },
              });
        const definition = await loadContent(transaction, net, revision);
        assertJudged(net, definition);
        // Asked of whoever plans it: when its time comes, nobody is there to ask.
        await ports.authors.assertMayDefine(transaction, actor, definition);
        const planned = { net, revision, at: due, ifChanged, reason: why, plannedAt: now };
        const made = await insertRelease(transaction, {
          ...planned,
          plannedBy: actor.name,
          askedOf: askedOf(actor),
        });
        await audit.record(transaction, {
          actor,
          action: 'planNetRelease',
          target: net,
          details: { release: Number(made), revision, at: due.toISOString(), ifChanged, reason: why },
        });
        const release = due > now ? null : await lockPlanned(transaction, made);
        return {
          id: made,
          afterCommit:
            release === null
              ? () => undefined
              : await carryOut(transaction, { release, actor, at: now }, null),
        };
      });
      nextAt = undefined;
      afterCommit();
      ports.onPlanned();
      return await reload(id);
    },
    async cancel({ id, reason, actor }) {
      const why = storableReason(reason);
      const { net, state } = await reload(id);
      actor.permissions.requireOnNet('nets.write', net, say('problem_there_is_no_release', { id }));
      await database.inTransaction(async (transaction) => {
        await lockDefinitions(transaction);
        const release = await lockPlanned(transaction, String(id));
        if (release === null)
          throw new CodedError(
            'operation_refused',
            say('refused_release_over', { id, net, state: state === 'planned' ? 'closed' : state }),
          );
        await closeRelease(transaction, {
          id: release.id,
          state: 'cancelled',
          outcome: 'cancelled',
          detail: why,
          revision: null,
          at: new Date(clock.epochMs()),
          by: actor.name,
        });
        await audit.record(transaction, {
          actor,
          action: 'cancelNetRelease',
          target: net,
          details: { release: id, revision: release.revision, reason: why },
        });
      });
      nextAt = undefined;
      ports.onPlanned();
      return await reload(id);
    },
    async carryOutDue() {
      while (nextAt === undefined || (nextAt !== null && nextAt <= clock.epochMs())) {
        nextAt = undefined;
        const planned = await loadPlanned(database, DUE_AT_ONCE);
        const due = planned.filter(({ at }) => at.getTime() <= clock.epochMs());
        for (const release of due) {
          await carryOutOne(release);
          logger.info({ release: Number(release.id) }, 'A planned release of a job net was decided');
        }
        // More may wait behind those that were looked at.
        if (due.length === planned.length && planned.length === DUE_AT_ONCE) continue;
        nextAt = planned[due.length]?.at.getTime() ?? null;
      }
      return nextAt;
    },
  };
};

const isForLater = (error: unknown): boolean =>
  error instanceof CodedError && (error.code === 'database_unavailable' || error.code === 'shutting_down');

const loadContent = async (
  transaction: Transaction,
  net: string,
  revision: number,
): Promise<JobNetDefinition> => {
  const { rows } = await transaction.query<{ definition: JobNetDefinition }>(
    'SELECT definition FROM net_revision WHERE net = $1 AND revision = $2',
    [net, revision],
  );
  const definition = rows[0]?.definition;
  if (definition === undefined)
    throw new CodedError('not_found', say('problem_there_is_no_revision_of_a_job', { revision, net }));
  return definition;
};

const revisionInForce = async (transaction: Transaction, net: string): Promise<number | null> => {
  const { rows } = await transaction.query<{ revision: number }>('SELECT revision FROM net WHERE name = $1', [
    net,
  ]);
  return rows[0]?.revision ?? null;
};

/** What is wrong with a stored definition by the rules of this release of Nezuban: an old one may have been written under others. */
const issuesOf = (definition: JobNetDefinition) => {
  const parsed = jobNetSchema.safeParse(definition);
  return parsed.success
    ? judgeJobNet(parsed.data)
    : describeShapeIssues('jobnet', definition, parsed.error.issues).map(issueOf);
};
const assertJudged = (net: string, definition: JobNetDefinition): void => {
  const issues = issuesOf(definition);
  if (issues.length > 0) throw invalidDefinition(net, issues);
};
const problemOf = (definition: JobNetDefinition): string | null => {
  const [first] = issuesOf(definition);
  return first === undefined ? null : `${first.path === '' ? '' : `${first.path} `}${first.message}`;
};

const detailsOf = ({ id, net, revision, planned_by: actor, at, reason }: ReleaseRow) => ({
  net,
  release: Number(id),
  revision,
  actor,
  plannedFor: at.toISOString(),
  ...(reason !== null && { reason }),
});

const releasedEvent = ({ release, at }: Closing, inForce: number): EventDraft => {
  const lateMs = at.getTime() - release.at.getTime();
  const isLate = lateMs > jobsLimits.scheduleLateMs;
  const lateMinutes = Math.round(lateMs / MINUTE_MS);
  const late = isLate ? `, ${lateMinutes} minutes later than planned` : '';
  return {
    at,
    priority: isLate ? 'warning' : 'info',
    code: 'net_released',
    node: null,
    message: `Revision ${release.revision} of the job net "${release.net}" was released as planned by ${release.planned_by}${late} (now revision ${inForce}).`,
    details: { ...detailsOf(release), inForce, ...(isLate && { lateMinutes }) },
  };
};

const refusedEvent = (
  { release, at }: Closing,
  { problem, lacks, inForce }: Refusal & { readonly inForce: number | null },
): EventDraft => {
  const why =
    problem ??
    (lacks === null
      ? null
      : `who planned it may not do all that it does any more: ${lacks.replace(/\.$/, '')}`) ??
    `somebody has changed the net since it was planned${inForce === null ? '' : `, and revision ${inForce} is in force`}`;
  return {
    at,
    priority: 'warning',
    code: 'net_release_refused',
    node: null,
    message: `Revision ${release.revision} of the job net "${release.net}" was not released as planned by ${release.planned_by}: ${why}.`,
    details: {
      ...detailsOf(release),
      ...(problem !== null && { problem }),
      ...(lacks !== null && { lacks }),
      ...(inForce !== null && { inForce }),
    },
  };
};
