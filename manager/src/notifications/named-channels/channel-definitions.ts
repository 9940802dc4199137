// Named channels as definitions of their kind, for export and compare: where a secret is, a placeholder stands.
// Reads the copy in memory; what a change means is `channel-changes.ts`.
import { say as sayByCode, sentenceFrom } from '@nezuban/protocol/sentences/sentence';
import { CodedError } from '@nezuban/protocol/errors';
import { maskedSecret, type NamedChannelDefinition } from '@nezuban/protocol/notifications/channel';
import type { DefinitionSource } from '../../definitions/definition-source.ts';
import type { Secrets } from '../channels/channel.ts';
import { kindOf } from '../channels/registry.ts';
import type { ChannelStore, StoredChannel } from './channel-store.ts';

/** Stands beside the placeholder in a comparison where the file gives another secret than is stored. */
const NEW_SECRET = `${maskedSecret} (new)`;

export const createChannelDefinitions = (store: Pick<ChannelStore, 'all'>): DefinitionSource => ({
  kind: 'channel',
  hasFolders: false,
  mayRead: ({ permissions }) => permissions.holds('notifications.read'),
  list: ({ after, limit }) =>
    Promise.resolve(
      [...store.all().values()]
        .filter(({ value }) => after === undefined || value.name > after)
        .sort((a, b) => (a.value.name < b.value.name ? -1 : 1))
        .slice(0, limit)
        .map(({ value }) => toDefinition(value)),
    ),
  find(name) {
    const stored = store.all().get(name);
    return Promise.resolve(stored === undefined ? null : toDefinition(stored.value));
  },
  applied: (definition) =>
    definition.kind === 'channel'
      ? { kind: 'channel', value: asApplied(definition.value, store.all().get(definition.value.name)) }
      : definition,
});

const toDefinition = (value: NamedChannelDefinition) => ({
  kind: 'channel' as const,
  value: withSecrets(value, secretsIn(value), () => maskedSecret),
});

const secretsIn = ({ channel }: NamedChannelDefinition): Secrets =>
  kindOf(channel).splitSecrets(channel, channel).secrets;

/** With every secret replaced by what `say` makes of it. */
const withSecrets = (
  value: NamedChannelDefinition,
  secrets: Secrets,
  say: (place: string, secret: string) => string,
): NamedChannelDefinition => {
  const kind = kindOf(value.channel);
  const { channel } = kind.splitSecrets(value.channel, value.channel);
  const said = Object.fromEntries(
    Object.entries(secrets).map(([place, secret]) => [place, say(place, secret)]),
  );
  return { ...value, channel: kind.joinSecrets(channel, said) };
};

const asApplied = (
  value: NamedChannelDefinition,
  stored: StoredChannel | undefined,
): NamedChannelDefinition => {
  const before = stored?.value.channel.type === value.channel.type ? stored.value : null;
  const { channel, secrets, issues } = kindOf(value.channel).splitSecrets(
    value.channel,
    before?.channel ?? null,
  );
  const [first] = issues;
  if (first !== undefined)
    throw new CodedError(
      'invalid_definition',
      sayByCode('problem_channel', { name: value.name, path: first.path, message: sentenceFrom(first) }),
      {
        issues,
      },
    );
  const known = before === null ? {} : secretsIn(before);
  return withSecrets(
    { ...value, channel: kindOf(channel).joinSecrets(channel, secrets) },
    secrets,
    (place, secret) => (before !== null && known[place] !== secret ? NEW_SECRET : maskedSecret),
  );
};
