// Names that the manager knows, of one kind: for completing a word and for the nearest one to a name that is not there.
import type { CompletedThing } from '../commands/command.ts';
import type { ApiClient } from './client.ts';

/** Names of one list: more help nobody. */
export const namesMax = 500;

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
  trapMonitors: async (api) =>
    (await api.call('listTrapMonitors', { query: { limit } })).items.map(({ name }) => name),
  trapAliases: async (api) =>
    (await api.call('listTrapAliases', { query: { limit } })).items.map(({ alias }) => alias.name),
  calendars: async (api) =>
    (await api.call('listCalendars', { query: { limit } })).items.map(({ calendar }) => calendar.name),
  sections: async (api) => (await api.call('listSettings')).items.map(({ section }) => section),
  sessions: async (api) =>
    (await api.call('listSessions', { query: { limit: 50 } })).items.map(({ id }) => String(id)),
};

/** `typed`: what lists that can be searched are asked for; empty: all. */
export const knownNames = (
  api: ApiClient,
  thing: CompletedThing,
  typed: string,
): Promise<readonly string[]> => finders[thing](api, typed);
