// Secrets of a channel by the paths at which they stand: taken out for storing, put back, masked.
// Responsible for the rule that a stored secret is never sent anywhere else than where it was entered for. Pure. Called by the channels.
import type { Issue } from '@nezuban/protocol/errors';
import { maskedSecret, type Channel } from '@nezuban/protocol/notifications/channel';
import type { ChannelKind } from './channel.ts';

export type SecretPlace = {
  /** Keys joined by `.`, such as `smtp.password`. */
  readonly path: string;
  /** Everything on which it rests that the secret goes to the same receiver as before. */
  readonly boundTo: string;
  /** The same in words, for who has to give it again. */
  readonly boundBy: string;
  /** False: there may be none. */
  readonly required: boolean;
};

type Tree = Readonly<Record<string, unknown>>;

/** `placesOf`: where secrets may stand in this channel. */
export const secretsAt = <C extends Channel>(
  placesOf: (channel: C) => readonly SecretPlace[],
): Pick<ChannelKind<C>, 'splitSecrets' | 'joinSecrets' | 'mask'> => ({
  splitSecrets(channel, before) {
    const issues: Issue[] = [];
    const secrets: Record<string, string> = {};
    let stripped = channel;
    const boundBefore = new Map(
      (before === null ? [] : placesOf(before)).map((one) => [one.path, one.boundTo]),
    );
    for (const { path, boundTo, boundBy, required } of placesOf(channel)) {
      const given = valueAt(channel, path);
      // What must be there has a placeholder in the stored row, so that the row still has its shape.
      stripped = withValue(stripped, path, required ? maskedSecret : undefined);
      if (given !== undefined && given !== maskedSecret) {
        secrets[path] = given;
        continue;
      }
      const stored = before === null ? undefined : valueAt(before, path);
      const message = missing({
        stored,
        given,
        isSame: boundBefore.get(path) === boundTo,
        boundBy,
        required,
      });
      if (message !== null) issues.push({ path: `channel.${path}`, message });
      else if (stored !== undefined && stored !== maskedSecret) secrets[path] = stored;
    }
    return { channel: stripped, secrets, issues };
  },
  joinSecrets(channel, secrets) {
    let joined = channel;
    for (const [path, secret] of Object.entries(secrets)) joined = withValue(joined, path, secret);
    return joined;
  },
  mask(channel) {
    let masked = channel;
    for (const { path, required } of placesOf(channel))
      masked = withValue(masked, path, required ? maskedSecret : undefined);
    return masked;
  },
});

/** Why a secret that is not given cannot be taken from what is stored; null: it can, or none is needed. */
const missing = (place: {
  readonly stored: string | undefined;
  readonly given: string | undefined;
  readonly isSame: boolean;
  readonly boundBy: string;
  readonly required: boolean;
}): string | null => {
  const { stored, given, isSame, boundBy, required } = place;
  if (stored === undefined || stored === maskedSecret)
    return given === undefined && !required
      ? null
      : `is "${maskedSecret}", which keeps the stored one, but none is stored: give it`;
  return isSame ? null : `must be given again: ${boundBy} has changed`;
};

const valueAt = (tree: object, path: string): string | undefined => {
  let at: unknown = tree;
  for (const key of path.split('.'))
    at = typeof at === 'object' && at !== null ? (at as Tree)[key] : undefined;
  return typeof at === 'string' ? at : undefined;
};

const withValue = <T extends object>(tree: T, path: string, value: string | undefined): T => {
  const [key = '', ...rest] = path.split('.');
  const copy = (Array.isArray(tree) ? [...(tree as unknown[])] : { ...tree }) as Record<string, unknown>;
  if (rest.length > 0) {
    const inner = copy[key];
    // Secrets of a row that has changed since they were sealed have nowhere to go.
    if (typeof inner !== 'object' || inner === null) return tree;
    copy[key] = withValue(inner, rest.join('.'), value);
  } else if (value === undefined) delete copy[key];
  else copy[key] = value;
  return copy as T;
};
