// The rights that roles give: what each is about, and where it can be given.
// Every operation of the API names one of them (api/operation.ts). Deciding who holds what is core/access.

/**
 * Where a right can be limited. `folder`: to job nets below a folder (`night` covers `night/settlement`); `scope`: to the nodes of a scope and
 * its child scopes; `system`: it concerns the manager as a whole and is held or not.
 */
export type RightPlace = 'folder' | 'scope' | 'system';

export const rightPlaces = {
  /** See job nets, their history and their sessions. */
  'nets.read': 'folder',
  /** Change, delete and apply definitions of job nets. */
  'nets.write': 'folder',
  /** Start sessions and operate them. */
  'nets.run': 'folder',
  /** Kill what runs, without the time that a stop leaves it; with `nets.run`. */
  'nets.kill': 'folder',
  /** Set the result of a unit by hand; with `nets.run`. */
  'nets.correct': 'folder',
  /** Decide where sessions wait for people to approve. */
  'nets.approve': 'folder',
  /** Read what commands wrote: it may hold more than a viewer should see. */
  'output.read': 'folder',
  /** See nodes and scopes. */
  'nodes.read': 'scope',
  /** Remove nodes, make join tokens, change scopes. */
  'nodes.write': 'scope',
  /** See events of nodes (those without a node: held anywhere). */
  'events.read': 'scope',
  /** Confirm events and comment on them. */
  'events.confirm': 'scope',
  /** See traps as they came, trap monitors, aliases and MIBs, and try rules on them. */
  'traps.read': 'system',
  /** Change trap monitors, aliases, MIBs and SNMP users. */
  'traps.write': 'system',
  /** Name kept secrets in job nets, change nets that name one, and see which there are; their values are shown to nobody. */
  'secrets.use': 'system',
  /** Set and delete kept secrets. */
  'secrets.write': 'system',
  'notifications.read': 'system',
  /** Name channels in job nets, which then send by them. */
  'notifications.use': 'system',
  'notifications.write': 'system',
  /** See calendars, their days and who uses them. */
  'calendars.read': 'system',
  /** Change calendars, which moves every start and notification that goes by them. */
  'calendars.write': 'system',
  /** Freeze, drain, resume, maintenance windows. Of a net or folder: `nets.run` there is enough; of a node or scope: `nodes.write` there. */
  'system.operate': 'system',
  'settings.read': 'system',
  'settings.write': 'system',
  /** Users, roles, tokens and sign-ins of others. */
  'access.read': 'system',
  'access.write': 'system',
  'audit.read': 'system',
  'pair.read': 'system',
  'pair.operate': 'system',
  'backup.read': 'system',
  'backup.operate': 'system',
} as const satisfies Readonly<Record<string, RightPlace>>;

export type Right = keyof typeof rightPlaces;
export const rights = Object.keys(rightPlaces) as readonly Right[];
