// Changes of trap monitors and aliases, by API and by YAML file.
// Responsible for what a change means: judged, nothing written that is equal, every change with its audit entry and event in the same
// transaction. Called by the routes and, through the port TrapDefinitions, by the applying of files.
import { thing } from '@nezuban/protocol/sentences/thing';
import { say, sentenceFrom } from '@nezuban/protocol/sentences/sentence';
import { isDeepStrictEqual } from 'node:util';
import { issueOf, type PathIssue } from '@nezuban/core/definitions/path-issue';
import type { Clock } from '@nezuban/platform/clock';
import { CodedError } from '@nezuban/protocol/errors';
import { findUnstorable } from '../database/storable-text.ts';
import type { Actor, AuditLog, EventSink, Transaction } from '../ports.ts';
import type { Stored, TrapDefinition, TrapDefinitionStore } from './trap-definition-store.ts';

export type TrapChangePorts = {
  readonly audit: AuditLog;
  readonly events: Pick<EventSink, 'append'>;
  readonly clock: Clock;
};

export type TrapKind<Value extends TrapDefinition> = {
  /** As people read it: `trap monitor`. */
  readonly title: string;
  /** Operations of the audit log. */
  readonly actions: { readonly put: string; readonly remove: string };
  readonly judge: (value: Value) => readonly PathIssue[];
  /** Throws where there would be too many. */
  readonly assertRoom: (value: Value, all: ReadonlyMap<string, Stored<Value>>) => void;
};

/** What must be there before; null: anything. */
export type Expected = { readonly revision: number } | 'absent' | null;

export type Applied<Value extends TrapDefinition> = {
  readonly change: 'created' | 'updated' | 'unchanged';
  readonly stored: Stored<Value>;
  readonly afterCommit: () => void;
};

export type TrapChanges<Value extends TrapDefinition> = {
  readonly put: (
    transaction: Transaction,
    change: {
      readonly value: Value;
      readonly expected: Expected;
      readonly actor: Actor;
      /** For the audit log, where it is not `put`. */
      readonly action?: string;
    },
  ) => Promise<Applied<Value>>;
  /** Reads, changes and writes the one that there is. */
  readonly edit: (
    transaction: Transaction,
    change: {
      readonly name: string;
      readonly expected: Expected;
      readonly actor: Actor;
      readonly action: string;
      readonly edit: (value: Value) => Value;
    },
  ) => Promise<Applied<Value>>;
  readonly remove: (
    transaction: Transaction,
    change: { readonly name: string; readonly expected: Expected; readonly actor: Actor },
  ) => Promise<() => void>;
};

export const createTrapChanges = <Value extends TrapDefinition>(
  { audit, events, clock }: TrapChangePorts,
  store: TrapDefinitionStore<Value>,
  { title, actions, judge, assertRoom }: TrapKind<Value>,
): TrapChanges<Value> => {
  const announce = async (
    transaction: Transaction,
    stored: Stored<Value>,
    what: { readonly change: string; readonly action: string; readonly actor: Actor },
  ): Promise<() => void> => {
    const { name, kind } = stored.value;
    const { change, action, actor } = what;
    const { revision } = stored;
    await audit.record(transaction, { actor, action, target: name, details: { change, revision } });
    return await events.append(transaction, [
      {
        at: new Date(clock.epochMs()),
        priority: 'info',
        code: 'definition_changed',
        node: null,
        message: `The ${title} "${name}" was ${change} by ${actor.name}`,
        details: { kind, name, change, revision, actor: actor.name },
      },
    ]);
  };

  const assertExpected = (name: string, before: Stored<Value> | null, expected: Expected): void => {
    if (expected === null) return;
    if (expected === 'absent') {
      if (before !== null)
        throw new CodedError(
          'precondition_failed',
          say('problem_there_is_a_already_at_version_2', {
            title: thing(title),
            name,
            revision: before.revision,
          }),
        );
    } else if (before === null)
      throw new CodedError(
        'precondition_failed',
        say('problem_there_is_no_any_more_3', { title: thing(title), name }),
      );
    else if (before.revision !== expected.revision)
      throw new CodedError(
        'precondition_failed',
        say('problem_the_is_at_version_not_changed_it_2', {
          title: thing(title),
          name,
          revision: before.revision,
          revision2: expected.revision,
          updatedBy: before.updatedBy,
        }),
      );
  };

  const write = async (
    transaction: Transaction,
    before: Stored<Value> | null,
    change: { readonly value: Value; readonly actor: Actor; readonly action: string },
  ): Promise<Applied<Value>> => {
    const { value, actor, action } = change;
    const issues = [...judge(value).map(issueOf), ...findUnstorable(value)];
    const [first] = issues;
    if (first !== undefined)
      throw new CodedError(
        'invalid_definition',
        say('problem_the_3', {
          title: thing(title),
          name: value.name,
          path: first.path,
          message: sentenceFrom(first),
        }),
        { issues },
      );
    if (before !== null && isDeepStrictEqual(before.value, value))
      return { change: 'unchanged', stored: before, afterCommit: () => undefined };
    assertRoom(value, store.all());
    const stored = await store.save(transaction, value, actor.name);
    const said = before === null ? 'created' : 'updated';
    const publish = await announce(transaction, stored, { change: said, action, actor });
    return {
      change: said,
      stored,
      afterCommit() {
        store.publish(value.name, stored);
        publish();
      },
    };
  };

  return {
    async put(transaction, { value, expected, actor, action = actions.put }) {
      const before = await store.lock(transaction, value.name);
      assertExpected(value.name, before, expected);
      return await write(transaction, before, { value, actor, action });
    },
    async edit(transaction, { name, expected, actor, action, edit }) {
      const before = await store.lock(transaction, name);
      if (before === null)
        throw new CodedError('not_found', say('problem_there_is_no_3', { title: thing(title), name }));
      assertExpected(name, before, expected);
      return await write(transaction, before, { value: edit(before.value), actor, action });
    },
    async remove(transaction, { name, expected, actor }) {
      const before = await store.lock(transaction, name);
      if (before === null)
        throw new CodedError('not_found', say('problem_there_is_no_3', { title: thing(title), name }));
      assertExpected(name, before, expected);
      await store.remove(transaction, name);
      const publish = await announce(transaction, before, {
        change: 'deleted',
        action: actions.remove,
        actor,
      });
      return () => {
        store.publish(name, null);
        publish();
      };
    },
  };
};
