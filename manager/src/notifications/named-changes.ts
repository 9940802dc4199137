// Changes of inhibitions and escalations, by API and by YAML file: nothing that is equal is written, every change has its audit entry and event.
// Called by the routes and, through the port NotificationRules, by the applying of files.
import { thing } from '@nezuban/protocol/sentences/thing';
import { say, sentenceFrom } from '@nezuban/protocol/sentences/sentence';
import { isDeepStrictEqual } from 'node:util';
import { CodedError, type Issue } from '@nezuban/protocol/errors';
import type { Actor, AuditLog, EventSink, Transaction } from '../ports.ts';
import { findUnstorable } from '../database/storable-text.ts';
import type { NamedStore, StoredNamed } from './named-store.ts';
import { assertExpected, type Expected } from './expected.ts';

export type NamedChangePorts<Value> = {
  readonly store: NamedStore<Value>;
  readonly audit: AuditLog;
  readonly events: Pick<EventSink, 'append'>;
  /** What it names and is not there: a slip would be found out by the first message that goes nowhere. */
  readonly findUnknown?: (transaction: Transaction, value: Value) => Promise<readonly Issue[]>;
};

export type NamedChanges<Value> = {
  put(
    transaction: Transaction,
    change: { readonly value: Value; readonly expected: Expected; readonly actor: Actor },
  ): Promise<{
    readonly change: 'created' | 'updated' | 'unchanged';
    readonly stored: StoredNamed<Value>;
    readonly afterCommit: () => void;
  }>;
  remove(
    transaction: Transaction,
    change: { readonly name: string; readonly expected: Expected; readonly actor: Actor },
  ): Promise<() => void>;
};

const actions = {
  inhibition: { put: 'putInhibition', remove: 'deleteInhibition' },
  escalation: { put: 'putEscalation', remove: 'deleteEscalation' },
} as const;

export const createNamedChanges = <Value extends { readonly name: string }>({
  store,
  audit,
  events,
  findUnknown,
}: NamedChangePorts<Value>): NamedChanges<Value> => {
  const { kind } = store;
  const announce = (
    transaction: Transaction,
    name: string,
    what: { readonly change: string; readonly actor: Actor },
  ): Promise<() => void> =>
    events.append(transaction, [
      {
        at: new Date(),
        priority: 'info',
        code: 'definition_changed',
        node: null,
        message: `The ${kind} "${name}" was ${what.change} by ${what.actor.name}`,
        details: { kind, name, change: what.change, actor: what.actor.name },
      },
    ]);
  return {
    async put(transaction, { value, expected, actor }) {
      const before = await store.lock(transaction, value.name);
      assertExpected({ what: kind, name: value.name }, before, expected);
      const issues = findUnstorable(value);
      if (issues.length > 0)
        throw new CodedError(
          'invalid_definition',
          say('problem_the_holds_text_that_cannot_be_stored', { kind: thing(kind), name: value.name }),
          { issues },
        );
      const unknown = (await findUnknown?.(transaction, value)) ?? [];
      const [first] = unknown;
      if (first !== undefined)
        throw new CodedError(
          'invalid_definition',
          say('problem_the_2', {
            kind: thing(kind),
            name: value.name,
            path: first.path,
            message: sentenceFrom(first),
          }),
          {
            issues: unknown,
          },
        );
      if (before !== null && isDeepStrictEqual(before.value, value))
        return { change: 'unchanged', stored: before, afterCommit: () => undefined };
      const change = before === null ? 'created' : 'updated';
      const stored = await store.save(transaction, { value, by: actor.name });
      await audit.record(transaction, {
        actor,
        action: actions[kind].put,
        target: value.name,
        details: { change, revision: stored.revision },
      });
      const publish = await announce(transaction, value.name, { change, actor });
      return {
        change,
        stored,
        afterCommit() {
          store.publish(value.name, stored);
          publish();
        },
      };
    },
    async remove(transaction, { name, expected, actor }) {
      const before = await store.lock(transaction, name);
      if (before === null)
        throw new CodedError('not_found', say('problem_there_is_no_2', { kind: thing(kind), name }));
      assertExpected({ what: kind, name }, before, expected);
      await store.remove(transaction, name);
      await audit.record(transaction, {
        actor,
        action: actions[kind].remove,
        target: name,
        details: { revision: before.revision },
      });
      const publish = await announce(transaction, name, { change: 'deleted', actor });
      return () => {
        store.publish(name, null);
        publish();
      };
    },
  };
};
