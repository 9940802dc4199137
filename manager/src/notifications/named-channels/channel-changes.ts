// Changes of named channels, by API and by YAML file.
// Responsible for what a change means: who may make it, secrets that are left out stay, nothing that is equal is written, every change has
// its audit entry and event. Called by the routes and by the applying of files.
import { say, sentenceFrom } from '@nezuban/protocol/sentences/sentence';
import { isDeepStrictEqual } from 'node:util';
import { CodedError, type Issue } from '@nezuban/protocol/errors';
import type { Channel, NamedChannelDefinition } from '@nezuban/protocol/notifications/channel';
import { findUnstorable } from '../../database/storable-text.ts';
import type { AuditLog, EventSink, RequestActor, Transaction } from '../../ports.ts';
import { kindOf } from '../channels/registry.ts';
import { unknownNames } from '../channels/template.ts';
import { assertExpected, type Expected } from '../expected.ts';
import type { ChannelStore, StoredChannel } from './channel-store.ts';

export type ChannelUse = { readonly kind: 'notification' | 'escalation'; readonly name: string };

export type ChannelChangePorts = {
  readonly store: ChannelStore;
  readonly audit: AuditLog;
  readonly events: Pick<EventSink, 'append'>;
  /** Who names this channel. */
  readonly usesOf: (name: string) => readonly ChannelUse[];
};

export type ChannelChanges = {
  readonly put: (
    transaction: Transaction,
    change: {
      readonly value: NamedChannelDefinition;
      readonly expected: Expected;
      readonly actor: RequestActor;
    },
  ) => Promise<{
    readonly change: 'created' | 'updated' | 'unchanged';
    readonly stored: StoredChannel;
    readonly afterCommit: () => void;
  }>;
  readonly remove: (
    transaction: Transaction,
    change: { readonly name: string; readonly expected: Expected; readonly actor: RequestActor },
  ) => Promise<() => void>;
};

export const createChannelChanges = ({
  store,
  audit,
  events,
  usesOf,
}: ChannelChangePorts): ChannelChanges => {
  const announce = (
    transaction: Transaction,
    name: string,
    { change, actor }: { readonly change: string; readonly actor: RequestActor },
  ): Promise<() => void> =>
    events.append(transaction, [
      {
        at: new Date(),
        priority: 'info',
        code: 'definition_changed',
        node: null,
        message: `The channel "${name}" was ${change} by ${actor.name}`,
        details: { kind: 'channel', name, change, actor: actor.name },
      },
    ]);

  return {
    async put(transaction, { value, expected, actor }) {
      const before = await store.lock(transaction, value.name);
      assertExpected({ what: 'channel', name: value.name }, before, expected);
      assertMayUse(value.channel, actor);
      const sameType = before?.value.channel.type === value.channel.type ? before.value.channel : null;
      const split = kindOf(value.channel).splitSecrets(value.channel, sameType);
      const issues = [...judgeTemplates(value.channel), ...findUnstorable(value), ...split.issues];
      const [first] = issues;
      if (first !== undefined)
        throw new CodedError(
          'invalid_definition',
          say('problem_channel', { name: value.name, path: first.path, message: sentenceFrom(first) }),
          {
            issues,
          },
        );
      const whole = { ...value, channel: kindOf(value.channel).joinSecrets(split.channel, split.secrets) };
      if (before !== null && !before.secretsLost && isDeepStrictEqual(before.value, whole))
        return { change: 'unchanged', stored: before, afterCommit: () => undefined };
      // Whoever changes what acts must be able to do what it did before, too: else he could take it from who may.
      if (before !== null) assertMayUse(before.value.channel, actor);
      const change = before === null ? 'created' : 'updated';
      const stored = await store.save(transaction, {
        value: { ...value, channel: split.channel },
        secrets: split.secrets,
        by: actor.name,
      });
      await audit.record(transaction, {
        actor,
        action: 'putChannel',
        target: value.name,
        details: { change, type: value.channel.type, revision: stored.revision },
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
      if (before === null) throw new CodedError('not_found', say('problem_there_is_no_channel', { name }));
      assertExpected({ what: 'channel', name }, before, expected);
      const [use] = usesOf(name);
      if (use !== undefined)
        throw new CodedError(
          'operation_refused',
          `The channel "${name}" is used by the ${use.kind === 'notification' ? 'notification rule' : 'escalation'} "${use.name}"; take it out there first.`,
        );
      await store.remove(transaction, name);
      await audit.record(transaction, {
        actor,
        action: 'deleteChannel',
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

/** A channel acts for whoever lets an event come; nobody makes one do what he may not do by hand. Throws `forbidden`. */
const assertMayUse = (channel: Channel, { permissions }: RequestActor): void => {
  if (channel.type === 'job_net')
    permissions.requireOnNet('nets.run', channel.net, `There is no job net "${channel.net}".`);
  // Any command on any node is what a job net of one's own is.
  if (
    channel.type === 'command' &&
    !(permissions.everywhere('nets.write') && permissions.everywhere('nets.run'))
  )
    throw new CodedError('forbidden', say('problem_a_channel_that_runs_a_command_needs'));
};

/** Templates with names that mean nothing. Pure. */
const judgeTemplates = (channel: Channel): readonly Issue[] =>
  Object.entries(templatesOf(channel)).flatMap(([path, template]) =>
    unknownNames(template).map((name) => ({
      path: `channel.${path}`,
      message: `"{{${name}}}" means nothing; details of an event are "{{detail.NAME}}", its fields "{{field.NAME}}"`,
    })),
  );

const templatesOf = (channel: Channel): Readonly<Record<string, string>> => {
  const given = (templates: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> =>
    Object.fromEntries(
      Object.entries(templates).flatMap(([path, text]) => (text === undefined ? [] : [[path, text]])),
    );
  switch (channel.type) {
    case 'mail':
      return given({ subject: channel.subject, text: channel.text });
    case 'webhook':
      return given({ body: channel.body });
    case 'job_net':
      return given(
        Object.fromEntries(
          Object.entries(channel.parameters).map(([name, text]) => [`parameters.${name}`, text]),
        ),
      );
    case 'slack':
    case 'teams':
    case 'google_chat':
    case 'discord':
    case 'syslog':
      return given({ text: channel.text });
    case 'pagerduty':
    case 'snmp_trap':
    case 'command':
      return {};
    default:
      return channel satisfies never;
  }
};
