// Changes of queues, locks and limits of nodes, by API and by YAML file, and their pauses.
// Responsible for what a change means: rights, nothing written that is equal, audit entry and event in the same transaction, and the limits in
// memory, which the engine gets after each commit. Called by the routes and by the applying of files.
import { thing } from '@nezuban/protocol/sentences/thing';
import { isDeepStrictEqual } from 'node:util';
import { judgeLimit } from '@nezuban/core/definitions/judge-limit';
import { issueOf } from '@nezuban/core/definitions/path-issue';
import { limitsOf, type Limits } from '@nezuban/core/jobs/admission/limits';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import { CodedError } from '@nezuban/protocol/errors';
import type { LimitDefinition, LimitKind, LimitPause } from '@nezuban/protocol/jobs/control/limit';
import { say, sentenceFrom } from '@nezuban/protocol/sentences/sentence';
import { forbidden } from '../../access/actor-permissions.ts';
import type { Database } from '../../database/database.ts';
import { findUnstorable } from '../../database/storable-text.ts';
import type { AuditLog, EventSink, Inventory, RequestActor, Transaction } from '../../ports.ts';
import { loadLimits, lockLimit, removeLimit, saveLimit, savePause, type StoredLimit } from './limit-store.ts';

export type LimitChangePorts = {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly events: Pick<EventSink, 'append'>;
  readonly inventory: Pick<Inventory, 'snapshot'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** After each commit, with all that are in force. */
  readonly onChanged: (limits: Limits) => void;
};

export type Expected = { readonly revision: number } | 'absent' | null;
export type AppliedLimit = {
  readonly change: 'created' | 'updated' | 'unchanged';
  readonly stored: StoredLimit;
  readonly afterCommit: () => void;
};
type Place = { readonly kind: LimitKind; readonly name: string };

export type LimitChanges = {
  /** Reads them; before anything else. */
  readonly load: () => Promise<Limits>;
  /** As last committed, by kind and name. */
  readonly all: () => readonly StoredLimit[];
  readonly find: (place: Place) => StoredLimit | null;
  readonly put: (
    transaction: Transaction,
    change: {
      readonly definition: LimitDefinition;
      readonly expected: Expected;
      readonly actor: RequestActor;
    },
  ) => Promise<AppliedLimit>;
  readonly remove: (
    transaction: Transaction,
    change: Place & { readonly expected: Expected; readonly actor: RequestActor },
  ) => Promise<() => void>;
  /** With null it is opened. */
  readonly pause: (
    transaction: Transaction,
    change: Place & {
      readonly paused: { readonly reason: string | null } | null;
      readonly actor: RequestActor;
    },
  ) => Promise<() => void>;
};

/** More than an operator can keep in mind; each costs the engine memory. */
const LIMITS_MAX = 10_000;

export const limitWords: Readonly<Record<LimitKind, string>> = {
  queue: 'queue',
  lock: 'lock',
  node_limit: 'limit of the node',
};

export const createLimitChanges = (ports: LimitChangePorts): LimitChanges => {
  const { database, audit, events, clock, logger } = ports;
  const all = new Map<string, StoredLimit>();

  const publish = (place: Place, stored: StoredLimit | null): void => {
    if (stored === null) all.delete(keyOf(place));
    else all.set(keyOf(place), stored);
    ports.onChanged(limitsOf([...all.values()]));
  };
  const announce = async (
    transaction: Transaction,
    { kind, name }: Place,
    what: {
      readonly actor: RequestActor;
      readonly action: string;
      readonly change: string;
      readonly details?: Readonly<Record<string, string | number>>;
    },
  ): Promise<() => void> => {
    const { actor, action, change, details = {} } = what;
    await audit.record(transaction, {
      actor,
      action,
      target: `${kind} ${name}`,
      details: { change, ...details },
    });
    return await events.append(transaction, [
      {
        at: new Date(clock.epochMs()),
        priority: 'info',
        code: 'definition_changed',
        node: null,
        message: `The ${limitWords[kind]} "${name}" was ${change} by ${actor.name}`,
        details: { kind, name, change, actor: actor.name },
      },
    ]);
  };
  const locked = async (transaction: Transaction, place: Place): Promise<StoredLimit> => {
    const stored = await lockLimit(transaction, place.kind, place.name);
    if (stored === null) throw noLimit(place);
    return stored;
  };

  return {
    async load() {
      all.clear();
      for (const stored of await loadLimits(database, logger)) all.set(keyOf(stored.definition), stored);
      return limitsOf([...all.values()]);
    },
    all: () => [...all.values()].toSorted((a, b) => (keyOf(a.definition) < keyOf(b.definition) ? -1 : 1)),
    find: (place) => all.get(keyOf(place)) ?? null,
    async put(transaction, { definition, expected, actor }) {
      assertMayWrite(actor, definition);
      const before = await lockLimit(transaction, definition.kind, definition.name);
      assertExpected(definition, before, expected);
      const issues = [...judgeLimit(definition).map(issueOf), ...findUnstorable(definition)];
      if (definition.kind === 'node_limit' && !ports.inventory.snapshot().nodes.has(definition.name))
        issues.push({ path: 'name', ...say('no_node', { name: definition.name }) });
      const [first] = issues;
      if (first !== undefined)
        throw new CodedError(
          'invalid_definition',
          say('problem_the', {
            value: thing(limitWords[definition.kind]),
            name: definition.name,
            path: first.path,
            message: sentenceFrom(first),
          }),
          { issues },
        );
      // As it comes back from the database: keys without a value are no keys.
      const plain = JSON.parse(JSON.stringify(definition)) as LimitDefinition;
      if (before !== null && isDeepStrictEqual(JSON.parse(JSON.stringify(before.definition)), plain))
        return { change: 'unchanged', stored: before, afterCommit: () => undefined };
      if (before === null && all.size >= LIMITS_MAX)
        throw new CodedError(
          'operation_refused',
          say('problem_there_are_queues_locks_and_limits_already', { max: LIMITS_MAX }),
        );
      const at = new Date(clock.epochMs());
      const stored = await saveLimit(transaction, { definition: plain, by: actor.name, at });
      const change = before === null ? 'created' : 'updated';
      const said = await announce(transaction, definition, {
        actor,
        action: 'putLimit',
        change,
        details: { revision: stored.revision, places: definition.places },
      });
      return {
        change,
        stored,
        afterCommit() {
          publish(definition, stored);
          said();
        },
      };
    },
    async remove(transaction, { kind, name, expected, actor }) {
      const place = { kind, name };
      assertMayWrite(actor, place);
      const before = await locked(transaction, place);
      assertExpected(place, before, expected);
      await removeLimit(transaction, kind, name);
      const said = await announce(transaction, place, { actor, action: 'deleteLimit', change: 'deleted' });
      return () => {
        publish(place, null);
        said();
      };
    },
    async pause(transaction, { kind, name, paused, actor }) {
      const place = { kind, name };
      assertMayPause(actor, place);
      const before = await locked(transaction, place);
      if (paused === null && before.paused === null) return () => undefined;
      const pause: LimitPause | null =
        paused === null
          ? null
          : { by: actor.name, at: new Date(clock.epochMs()).toISOString(), reason: paused.reason };
      await savePause(transaction, before, pause);
      const said = await announce(transaction, place, {
        actor,
        action: pause === null ? 'openLimit' : 'pauseLimit',
        change: pause === null ? 'opened' : 'paused',
        ...(pause?.reason == null ? {} : { details: { reason: pause.reason } }),
      });
      return () => {
        publish(place, { ...before, paused: pause });
        said();
      };
    },
  };
};

export const noLimit = ({ kind, name }: Place): CodedError =>
  new CodedError('not_found', say('problem_there_is_no', { value: thing(limitWords[kind]), name }));

const keyOf = ({ kind, name }: Place): string => `${kind} ${name}`;

/** A queue or lock concerns nets wherever they lie. */
const assertMayWrite = ({ permissions }: RequestActor, { kind, name }: Place): void => {
  if (kind === 'node_limit') {
    permissions.requireOnNode('nodes.write', name, `There is no node "${name}".`);
    return;
  }
  if (!permissions.everywhere('nets.write'))
    throw forbidden('nets.write', { code: 'on_every_net', values: { kind: thing(kind), name } });
};

const assertMayPause = (actor: RequestActor, place: Place): void => {
  const { permissions } = actor;
  if (permissions.holds('system.operate')) return;
  if (place.kind === 'node_limit')
    permissions.requireOnNode('nodes.write', place.name, noLimit(place).message);
  else if (!permissions.everywhere('nets.run'))
    throw forbidden('nets.run', {
      code: 'on_every_net',
      values: { kind: thing(place.kind), name: place.name },
    });
};

const assertExpected = (place: Place, before: StoredLimit | null, expected: Expected): void => {
  if (expected === null) return;
  const what = `${limitWords[place.kind]} "${place.name}"`;
  if (expected === 'absent') {
    if (before !== null)
      throw new CodedError(
        'precondition_failed',
        say('problem_there_is_a_already_at_version', { what: thing(what), revision: before.revision }),
      );
  } else if (before === null)
    throw new CodedError('precondition_failed', say('problem_there_is_no_any_more', { what: thing(what) }));
  else if (before.revision !== expected.revision)
    throw new CodedError(
      'precondition_failed',
      say('problem_the_is_at_version_not', {
        what: thing(what),
        revision: before.revision,
        revision2: expected.revision,
      }),
    );
};
