// `nezuban complete-names`: for completion scripts: names that begin as typed, one a line. Says nothing of what goes wrong, and never
// keeps a person waiting: what has not come within the bound does not come.
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../../api/client.ts';
import { completedThings, type CommandContext, type CommandRun, type CompletedThing } from '../command.ts';

/** A person who has pressed the key waits no longer than this. */
const waitMsMax = 1_500;
const namesMax = 500;

export const run: CommandRun = async (context) => {
  const { args, out, signal } = context;
  const thing = completedThings.find((each) => each === args.positional('WHAT'));
  if (thing === undefined) return;
  const typed = args.positionals('TYPED')[0] ?? '';
  const ended = new AbortController();
  const tooLate = delay(waitMsMax, [], { signal: AbortSignal.any([ended.signal, signal]) });
  try {
    const names: readonly string[] = await Promise.race([find(thing, typed, context), tooLate]);
    const fitting = names.filter((name) => name.startsWith(typed)).slice(0, namesMax);
    if (fitting.length > 0) await out.write(`${fitting.join('\n')}\n`);
  } catch {
    // No manager, no right, no answer: then there is nothing to complete.
  } finally {
    ended.abort();
    tooLate.catch(() => undefined);
  }
};

type Finder = (api: ApiClient, typed: string) => Promise<readonly string[]>;
const limit = namesMax;

/** Lists that can be searched are asked for what was typed. */
const searched = (typed: string) => (typed === '' ? {} : { q: typed });

const finders: Readonly<Record<CompletedThing, Finder>> = {
  nets: async (api, typed) =>
    (await api.call('listNets', { query: { limit, ...searched(typed) } })).items.map(({ name }) => name),
  folders: async (api) => (await api.call('listNetFolders')).items.map(({ folder }) => folder),
  nodes: async (api, typed) =>
    (await api.call('listNodes', { query: { limit, ...searched(typed) } })).items.map(({ name }) => name),
  scopes: async (api) => (await api.call('listScopes', { query: { limit } })).items.map(({ name }) => name),
  users: async (api, typed) =>
    (await api.call('listUsers', { query: { limit, ...searched(typed) } })).items.map(({ name }) => name),
  roles: async (api) => (await api.call('listRoles')).items.map(({ role }) => role.name),
  rules: async (api) =>
    (await api.call('listRules', { query: { limit } })).items.map(({ rule }) => rule.name),
  sections: async (api) => (await api.call('listSettings')).items.map(({ section }) => section),
  sessions: async (api) =>
    (await api.call('listSessions', { query: { limit: 50 } })).items.map(({ id }) => String(id)),
};

const find = async (thing: CompletedThing, typed: string, context: CommandContext) =>
  finders[thing](await context.api(), typed);
