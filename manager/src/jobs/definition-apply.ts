// Applies definitions: a whole file, or one net.
// Responsible for all or nothing: job nets, scopes, calendars, notification rules and maintenance windows of a file become true in one transaction, with their audit rows
// and events, or not at all. Not responsible for reading files (`definition-parser.ts`) nor for what a change of each kind means.
import { thing } from '@nezuban/protocol/sentences/thing';
import type { FileDocument } from '@nezuban/core/definitions/parse-definition-file';
import type { Clock } from '@nezuban/platform/clock';
import type { DefinitionChange } from '@nezuban/protocol/api/definitions-operations';
import { findDefinedCircle } from './waiting-nets.ts';
import { CodedError, saidOfError } from '@nezuban/protocol/errors';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import { say, sentenceFrom } from '@nezuban/protocol/sentences/sentence';
import type { Database } from '../database/database.ts';
import type {
  Actor,
  AuditLog,
  Calendars,
  EventDraft,
  EventSink,
  Inventory,
  MaintenanceWindows,
  NotificationRules,
  RequestActor,
  Roles,
  Transaction,
  TrapDefinitions,
} from '../ports.ts';
import {
  deleteNet,
  namesInFolder,
  saveNet,
  type ChangeNote,
  type Expected,
  type SavedNet,
} from './net-store.ts';
import {
  assertNotReferred,
  assertReferences,
  findReferenceFault,
  type ReferenceFault,
} from './net-references.ts';
import { changeAlone, withAbsentNames } from './absent-names.ts';
import type { AuthorRights } from './author-rights.ts';
import { forbidden } from '../access/actor-permissions.ts';
import { lockDefinitions } from '../database/definitions-lock.ts';
import type { LimitChanges } from './limits/limit-changes.ts';
import { findUnstorable } from '../database/storable-text.ts';

export type DefinitionPorts = {
  readonly database: Database;
  readonly inventory: Inventory;
  readonly limits: Pick<LimitChanges, 'put'>;
  readonly authors: AuthorRights;
  readonly calendars: Pick<Calendars, 'exists' | 'applyCalendar'>;
  readonly rules: NotificationRules;
  readonly roles: Roles;
  readonly windows: MaintenanceWindows;
  readonly traps: TrapDefinitions;
  readonly audit: AuditLog;
  readonly events: EventSink;
  readonly clock: Clock;
  /** Called after the commit with the nets that are new, changed or gone. */
  readonly onNetsChanged: (names: readonly string[]) => void;
};

/** A document and the file in which it stands. */
export type SetDocument = FileDocument & { readonly file: string };
export type SetRequest = {
  readonly documents: readonly SetDocument[];
  /** Job nets of this folder that are none of the documents are deleted; null: nothing is. */
  readonly prune: string | null;
  readonly dryRun: boolean;
  readonly actor: RequestActor;
  /** The operation for the audit log. */
  readonly operation: string;
  /** Why, for the history of the job nets. */
  readonly reason?: string | undefined;
};
export type SetResult = {
  readonly dryRun: boolean;
  readonly changes: readonly DefinitionChange[];
};
export type NetRequest = {
  readonly definition: JobNetDefinition;
  readonly expected: Expected;
  readonly actor: RequestActor;
  readonly reason?: string | undefined;
};
/** A content that is put into force by its number: a restore or a release. */
export type NetContent = Omit<Context<Actor>, 'expected'> & {
  readonly definition: JobNetDefinition;
  /** From when a new or changed schedule counts. */
  readonly schedulesFrom?: Date;
};
export type AppliedNet = SavedNet & Applied;

export type Definitions = {
  /** All of it becomes true together, or nothing does. */
  readonly applySet: (request: SetRequest) => Promise<SetResult>;
  readonly putNet: (request: NetRequest) => Promise<SavedNet>;
  /** A net that Nezuban itself needs; written only if it is new or another one. */
  readonly putOwnNet: (definition: JobNetDefinition, actor: Actor) => Promise<void>;
  readonly deleteNet: (request: {
    readonly name: string;
    readonly expected: Expected;
    readonly actor: RequestActor;
    readonly reason?: string | undefined;
  }) => Promise<void>;
  /** In the caller's transaction, under the lock of definitions; `afterCommit` is the caller's to call. */
  readonly applyContent: (transaction: Transaction, content: NetContent) => Promise<AppliedNet>;
};

type Change = 'created' | 'updated' | 'unchanged';
type Applied = { readonly change: Change; readonly afterCommit: () => void };
/** What became of one definition, and where that stands. */
type Placed = DefinitionChange & Pick<Applied, 'afterCommit'>;
type Context<By extends Actor = RequestActor> = {
  readonly actor: By;
  readonly at: Date;
  readonly expected: Expected;
  readonly operation: string;
  readonly note: ChangeNote;
};

type PruneRequest = {
  readonly folder: string;
  readonly documents: readonly SetDocument[];
  readonly context: Context;
};

/** Thrown to roll a dry run back. */
class DryRunDone extends Error {
  readonly applied: readonly Placed[];
  constructor(applied: readonly Placed[]) {
    super('a dry run is rolled back');
    this.applied = applied;
  }
}

export const createDefinitions = (ports: DefinitionPorts): Definitions => {
  const { database, audit, events, clock } = ports;

  const announce = async (
    transaction: Transaction,
    context: Context<Actor>,
    what: {
      readonly name: string;
      readonly change: string;
      readonly revision: number;
      readonly circle?: readonly string[] | null;
      readonly said?: readonly EventDraft[];
    },
  ): Promise<() => void> => {
    const { actor, at, operation, note } = context;
    const told = {
      ...(note.reason !== null && { reason: note.reason }),
      ...(note.fromRevision !== null && { fromRevision: note.fromRevision }),
    };
    await audit.record(transaction, {
      actor,
      action: operation,
      target: what.name,
      details: { kind: 'jobnet', change: what.change, revision: what.revision, ...told },
    });
    const way = what.circle?.join(' -> ') ?? null;
    const warning = way === null ? '' : ` Nets wait for each other in a circle: ${way}.`;
    const message = `The job net "${what.name}" was ${what.change} by ${actor.name} (revision ${what.revision}).${warning}`;
    const details = {
      kind: 'jobnet',
      name: what.name,
      net: what.name,
      change: what.change,
      revision: what.revision,
      actor: actor.name,
      ...(way === null ? {} : { circle: way }),
      ...told,
    };
    return await events.append(transaction, [
      {
        at,
        priority: way === null ? 'info' : 'warning',
        code: 'definition_changed',
        node: null,
        message,
        details,
      },
      ...(what.said ?? []),
    ]);
  };
  /** What goes by days of a calendar that is not there would never start. */
  const assertCalendars = async (transaction: Transaction, net: JobNetDefinition): Promise<void> => {
    for (const { calendar, path } of calendarsOf(net)) {
      if (calendar === undefined || (await ports.calendars.exists(transaction, calendar))) continue;
      const said = say('no_calendar', { name: calendar });
      const whole = say('problem_the_job_net', { name: net.name, path, message: said });
      throw new CodedError('invalid_definition', whole, { issues: [{ path, ...said }] });
    }
  };
  const applyNet = async (
    transaction: Transaction,
    definition: JobNetDefinition,
    context: Context<Actor> & { readonly schedulesFrom?: Date },
  ): Promise<AppliedNet> => {
    const issues = findUnstorable(definition);
    if (issues.length > 0)
      throw new CodedError(
        'invalid_definition',
        say('problem_the_job_net_holds_text_that_cannot', { name: definition.name }),
        { issues },
      );
    await assertCalendars(transaction, definition);
    const { actor } = context;
    if (isRequestActor(actor)) await ports.authors.assertMayDefine(transaction, actor, definition);
    const { said, ...saved } = await saveNet(transaction, { definition, ...context });
    if (saved.change === 'unchanged') return { ...saved, afterCommit: () => undefined };
    const circle = await findDefinedCircle(transaction, definition.name);
    const publish = await announce(transaction, context, { name: definition.name, ...saved, circle, said });
    return {
      ...saved,
      afterCommit() {
        publish();
        ports.onNetsChanged([definition.name]);
      },
    };
  };
  const removeNet = async (transaction: Transaction, name: string, context: Context): Promise<() => void> => {
    const { expected, actor, at, note } = context;
    const revision = await deleteNet(transaction, { name, expected, actor, at, reason: note.reason });
    const publish = await announce(transaction, context, { name, change: 'deleted', revision });
    return () => {
      publish();
      ports.onNetsChanged([name]);
    };
  };
  const pruneFolder = async (
    transaction: Transaction,
    { folder, documents, context }: PruneRequest,
  ): Promise<readonly Placed[]> => {
    const kept = new Set(documents.flatMap(({ kind, value }) => (kind === 'jobnet' ? [value.name] : [])));
    const pruned: Placed[] = [];
    for (const name of await namesInFolder(transaction, folder)) {
      if (kept.has(name)) continue;
      assertMayWrite(context.actor, name);
      const afterCommit = await removeNet(transaction, name, context);
      pruned.push({ kind: 'jobnet', name, change: 'deleted', file: null, line: null, afterCommit });
    }
    return pruned;
  };
  const applyDocument = async (
    transaction: Transaction,
    document: FileDocument,
    context: Context,
  ): Promise<Applied> => {
    switch (document.kind) {
      case 'jobnet':
        assertMayWrite(context.actor, document.value.name);
        return await applyNet(transaction, document.value, context);
      case 'scope':
        return await ports.inventory.applyScope(transaction, document.value, context.actor);
      case 'queue':
      case 'lock':
      case 'node_limit':
        return await ports.limits.put(transaction, {
          definition: document.value,
          expected: null,
          actor: context.actor,
        });
      case 'calendar':
        return await ports.calendars.applyCalendar(transaction, document.value, context.actor);
      case 'notification':
        context.actor.permissions.require('notifications.write');
        return await ports.rules.applyRule(transaction, document.value, context.actor);
      case 'channel':
        context.actor.permissions.require('notifications.write');
        return await ports.rules.applyChannel(transaction, document.value, context.actor);
      case 'inhibition':
        context.actor.permissions.require('notifications.write');
        return await ports.rules.applyInhibition(transaction, document.value, context.actor);
      case 'escalation':
        context.actor.permissions.require('notifications.write');
        return await ports.rules.applyEscalation(transaction, document.value, context.actor);
      case 'role':
        return await ports.roles.applyRole(transaction, document.value, context.actor);
      case 'trap_monitor':
        context.actor.permissions.require('traps.write');
        return await ports.traps.applyMonitor(transaction, document.value, context.actor);
      case 'trap_alias':
        context.actor.permissions.require('traps.write');
        return await ports.traps.applyAlias(transaction, document.value, context.actor);
      case 'maintenance_window':
        return await ports.windows.applyWindow(transaction, document.value, context.actor);
    }
  };
  const contextOf = (
    actor: RequestActor,
    operation: string,
    given: { readonly expected?: Expected; readonly reason?: string | undefined },
  ): Context => ({
    actor,
    operation,
    expected: given.expected ?? null,
    at: new Date(clock.epochMs()),
    note: {
      kind: operation === 'putNet' ? 'put' : 'apply',
      reason: storableReason(given.reason),
      fromRevision: null,
    },
  });

  return {
    async applySet({ documents, prune, dryRun, actor, operation, reason }) {
      const context = contextOf(actor, operation, { reason });
      const applied = await database
        .inTransaction(async (transaction) => {
          await lockDefinitions(transaction);
          const results = new Map<SetDocument, Applied>();
          for (const document of inOrder(documents)) {
            try {
              results.set(document, await applyDocument(transaction, document, context));
            } catch (error) {
              throw withPlace(error, document);
            }
          }
          const inFileOrder = documents.flatMap((document) => {
            const result = results.get(document);
            return result === undefined ? [] : [{ ...result, ...placeOf(document) }];
          });
          const whole = [
            ...inFileOrder,
            ...(prune === null ? [] : await pruneFolder(transaction, { folder: prune, documents, context })),
          ];
          const fault = await findReferenceFault(transaction, changedNets(whole), seenBy(actor));
          if (fault !== null) throw placed(fault, documents);
          const told = await withAbsentNames(transaction, whole, documents);
          if (dryRun) throw new DryRunDone(told);
          return told;
        })
        .catch((error: unknown) => {
          if (error instanceof DryRunDone) return error.applied;
          throw error;
        });
      if (!dryRun) for (const { afterCommit } of applied) afterCommit();
      return {
        dryRun,
        changes: applied.map(changeAlone),
      };
    },
    async putNet({ definition, expected, actor, reason }) {
      const saved = await database.inTransaction(async (transaction) => {
        assertMayWrite(actor, definition.name);
        await lockDefinitions(transaction);
        const applied = await applyNet(
          transaction,
          definition,
          contextOf(actor, 'putNet', { expected, reason }),
        );
        await assertReferences(transaction, [definition.name], seenBy(actor));
        return applied;
      });
      saved.afterCommit();
      return saved;
    },
    async putOwnNet(definition, actor) {
      const saved = await database.inTransaction(async (transaction) => {
        await lockDefinitions(transaction);
        return await applyNet(transaction, definition, {
          actor,
          operation: 'putNet',
          expected: null,
          at: new Date(clock.epochMs()),
          note: { kind: 'put', reason: null, fromRevision: null },
        });
      });
      saved.afterCommit();
    },
    async applyContent(transaction, { definition, ...context }) {
      const applied = await applyNet(transaction, definition, { ...context, expected: null });
      await assertReferences(transaction, [definition.name], seenBy(context.actor));
      return applied;
    },
    async deleteNet({ name, expected, actor, reason }) {
      const afterCommit = await database.inTransaction(async (transaction) => {
        actor.permissions.requireOnNet('nets.write', name, `There is no job net "${name}".`);
        await lockDefinitions(transaction);
        await assertNotReferred(transaction, name, actor);
        return await removeNet(transaction, name, contextOf(actor, 'deleteNet', { expected, reason }));
      });
      afterCommit();
    },
  };
};

const isRequestActor = (actor: Actor): actor is RequestActor => 'permissions' in actor;

const changedNets = (placed: readonly DefinitionChange[]): string[] =>
  placed.flatMap(({ kind, name, change }) => (kind === 'jobnet' && change !== 'unchanged' ? [name] : []));

/** With the place in the file where the net stands that is at fault, if it is one of them. */
const placed = ({ net, error }: ReferenceFault, documents: readonly SetDocument[]): unknown => {
  const document = documents.find(({ kind, value }) => kind === 'jobnet' && value.name === net);
  return document === undefined ? error : withPlace(error, document);
};

/** What is told of a release, when its time comes, is read by many. */
const seenBy =
  (actor: Actor) =>
  (net: string): boolean =>
    isRequestActor(actor) && actor.permissions.onNet('nets.read', net);

/** Throws `invalid_request` for a reason that cannot be stored. */
export const storableReason = (reason: string | undefined): string | null => {
  const [issue] = findUnstorable(reason, 'reason');
  if (issue !== undefined)
    throw new CodedError('invalid_request', say('problem_reason', { message: sentenceFrom(issue) }));
  return reason ?? null;
};

/** The name says nothing about what is there: who may not write a folder is told so, whether or not he may see into it. */
const assertMayWrite = ({ permissions }: RequestActor, net: string): void => {
  if (!permissions.onNet('nets.write', net))
    throw forbidden('nets.write', { code: 'on_net', values: { net } });
};

/** The calendars that it goes by, and where they stand. */
const calendarsOf = ({
  schedules,
  business_date: business,
  start_conditions: conditions,
}: JobNetDefinition) => [
  { calendar: business?.calendar, path: 'business_date.calendar' },
  ...schedules.map(({ calendar }, index) => ({ calendar, path: `schedules[${index}].calendar` })),
  ...(['any', 'all'] as const).flatMap((mode) =>
    (conditions?.[mode] ?? []).map((watcher, index) => ({
      calendar: 'time' in watcher ? watcher.time.calendar : undefined,
      path: `start_conditions.${mode}[${index}].time.calendar`,
    })),
  ),
];

/** Scopes and calendars first, each after the one above it where the file holds both, then rules, then nets, then the windows that name them. */
const inOrder = (documents: readonly SetDocument[]): readonly SetDocument[] => {
  const ordered = new Set<SetDocument>([
    ...afterAbove(documents, (document) => (document.kind === 'scope' ? document.value.parent : null)),
    ...afterAbove(documents, (document) => (document.kind === 'calendar' ? document.value.inherits : null)),
  ]);
  for (const kind of [
    'queue',
    'lock',
    'node_limit',
    'channel',
    'inhibition',
    'escalation',
    'notification',
    'trap_alias',
    'trap_monitor',
    'jobnet',
    'maintenance_window',
    'role',
  ] as const)
    for (const document of documents) if (document.kind === kind) ordered.add(document);
  return [...ordered];
};

/** Documents of a kind that name one above them; `aboveOf` gives null for those of other kinds. */
const afterAbove = (
  documents: readonly SetDocument[],
  aboveOf: (document: SetDocument) => string | undefined | null,
): readonly SetDocument[] => {
  const waiting = new Map(
    documents.flatMap((document) =>
      aboveOf(document) === null ? [] : [[document.value.name, document] as const],
    ),
  );
  const ordered: SetDocument[] = [];
  const add = (name: string | undefined | null): void => {
    const document = name == null ? undefined : waiting.get(name);
    if (document === undefined || name == null) return;
    // Taken out first, so that those that are each other's parents end here; their domain refuses them.
    waiting.delete(name);
    add(aboveOf(document));
    ordered.push(document);
  };
  for (const name of waiting.keys()) add(name);
  return ordered;
};

const placeOf = ({ kind, value, file, line }: SetDocument) => ({ kind, name: value.name, file, line });

/** The same error with file and line, so that the person finds the document. */
const withPlace = (error: unknown, document: SetDocument): unknown => {
  if (!(error instanceof CodedError) || error.code === 'database_unavailable') return error;
  const { kind, value, file, line } = document;
  const issues = error.issues.length > 0 ? error.issues : [{ path: '', ...saidOfError(error) }];
  return new CodedError(
    error.code === 'internal' || error.code === 'forbidden' ? error.code : 'invalid_definition',
    say('problem_of_thing', { kind: thing(kind), name: value.name, message: saidOfError(error) }),
    { issues: issues.map((issue) => ({ file, line, ...issue })), cause: error },
  );
};
