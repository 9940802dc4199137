// Which host or voter is meant by a word that a person typed: its name, its id, or its id without the random end. Pure.
import type { PairHost, PairStatus } from '@nezuban/protocol/pair/status';
import { didYouMean } from '../../arguments/suggest.ts';
import { usageFailure } from '../../failure.ts';

type Named = { readonly id: string; readonly name: string };

/** Ids are made of a name and four random hexadecimal digits. A voter that was never heard is shown by the former alone. */
const bareIdOf = (id: string): string => id.replace(/\.[0-9a-f]{4}$/, '');

const isMeant = ({ id, name }: Named, lower: string): boolean =>
  name.toLowerCase() === lower || bareIdOf(id) === lower;

/** The word by which it is found again: its name, or its id where others answer to that name too. */
export const wordFor = ({ id, name }: Named, all: readonly Named[]): string =>
  all.filter((one) => isMeant(one, name.toLowerCase())).length > 1 ? id : name;

const nameOrId = (one: Named, all: readonly Named[]): string => {
  const word = wordFor(one, all);
  return word === one.name ? word : `${word} (${one.name})`;
};

/** `a, b`: what may be typed. Hosts of the same name are told apart by their ids. */
export const namesOf = (all: readonly Named[]): string => all.map((one) => nameOrId(one, all)).join(', ');

export type FindOptions = {
  /** `host` or `voter`, for the sentence. */
  readonly what: string;
  readonly command: string;
};

/** The one that is meant; a usage Failure with all the right names otherwise. */
export const findNamed = <One extends Named>(
  typed: string,
  all: readonly One[],
  { what, command }: FindOptions,
): One => {
  const byId = all.find(({ id }) => id === typed);
  if (byId !== undefined) return byId;
  const lower = typed.toLowerCase();
  const meant = all.filter((one) => isMeant(one, lower));
  const [only, second] = meant;
  if (only !== undefined && second === undefined) return only;
  if (second !== undefined)
    throw usageFailure(
      `Several are named "${typed}"; name one by its id: ${meant.map(({ id }) => id).join(', ')}.`,
      command,
    );
  const names = all.flatMap(({ id, name }) => [name, id]);
  throw usageFailure(
    `There is no ${what} "${typed}".${didYouMean(typed, names)} There is ${all.length === 0 ? 'none' : namesOf(all)}.`,
    command,
  );
};

/** The host named by --host. */
export const findHost = (typed: string, status: PairStatus, command: string): PairHost =>
  findNamed(typed, status.hosts, { what: 'host of the pair', command });

export const selfOf = ({ hosts, self }: PairStatus): PairHost | undefined =>
  hosts.find(({ id }) => id === self);
export const masterOf = ({ hosts, master }: PairStatus): PairHost | undefined =>
  hosts.find(({ id }) => id === master?.id);
export const standbyOf = ({ hosts, master }: PairStatus): PairHost | undefined =>
  master === null ? undefined : hosts.find(({ id }) => id !== master.id);
