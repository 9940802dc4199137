/**
 * Who may import whom, as data: the architecture that `boundaries.ts` enforces.
 *
 * Responsible for the rules and the reason of each. To allow something new, change the line here and say why.
 */

export interface WorkspaceRule {
  /** Other workspaces that it may import, beside itself. */
  readonly workspaces: readonly string[];
  /** npm packages that it may import; `declared` means those of its own package.json. */
  readonly packages: readonly string[] | 'declared';
  /** May it import `node:` modules? */
  readonly node: boolean;
  readonly because: string;
}

export const workspaceRules: Readonly<Record<string, WorkspaceRule>> = {
  protocol: {
    workspaces: [],
    packages: ['zod'],
    node: false,
    because:
      'protocol says: every other part reads it, browser and simulator included, so it needs the schema library alone',
  },
  core: {
    workspaces: ['protocol'],
    packages: ['croner', 're2js', 'yaml'],
    node: false,
    because:
      'core decides: the same input must give the same answer in manager, console, simulator and importers',
  },
  platform: {
    workspaces: ['protocol'],
    packages: 'declared',
    node: true,
    because: 'platform carries: it offers ports to all servers and knows none of them',
  },
  ha: {
    workspaces: ['protocol', 'platform'],
    packages: 'declared',
    node: true,
    because: 'ha decides who is on duty: it must outlive the manager that it starts, so it never imports it',
  },
  intake: {
    workspaces: ['protocol', 'core', 'platform'],
    packages: 'declared',
    node: true,
    because: 'intake hears: it journals traps on both hosts, whatever state manager and database are in',
  },
  manager: {
    workspaces: ['protocol', 'core', 'platform'],
    packages: 'declared',
    node: true,
    because:
      'manager acts: it speaks to keeper, intake and agents by messages of protocol, never by their code',
  },
  agent: {
    workspaces: ['protocol', 'platform'],
    packages: 'declared',
    node: true,
    because: 'agent obeys: it runs on every managed host and stays small',
  },
  cli: {
    workspaces: ['protocol'],
    packages: 'declared',
    node: true,
    because: 'cli asks: a thin client of the API; servers are started as processes, never imported',
  },
  console: {
    workspaces: ['protocol', 'core'],
    packages: 'declared',
    node: false,
    because: 'console shows: it runs in a browser and knows the API alone',
  },
  simulator: {
    workspaces: ['protocol', 'core', 'platform', 'ha', 'manager', 'agent', 'intake'],
    packages: 'declared',
    node: true,
    because: 'simulator doubts: it drives the real parts on one seed',
  },
  tests: {
    workspaces: ['protocol', 'core', 'platform'],
    packages: 'declared',
    node: true,
    because: 'tests prove across real processes: they start programs and speak to them as users do',
  },
  benchmarks: {
    workspaces: ['protocol', 'core', 'platform', 'ha', 'manager', 'agent', 'tests'],
    packages: 'declared',
    node: true,
    because: 'benchmarks weigh: whole programs and single engines',
  },
  tools: {
    workspaces: ['tests'],
    packages: 'declared',
    node: true,
    because: 'tools judge the repository from outside; they may use the helpers of the tests',
  },
};

export interface FolderRule {
  /** Files below this path. */
  readonly from: string;
  /** Modules that they may not import, as a pattern over the resolved name (a path, `npm:name` or `node:name`). */
  readonly never: RegExp;
  readonly because: string;
}

export const folderRules: readonly FolderRule[] = [
  {
    from: 'ha/src/decision/',
    never: /^(?!protocol\/|ha\/src\/decision\/)/,
    because: 'the decision of who is on duty is pure: it imports protocol alone',
  },
  {
    from: 'ha/src/keeper/',
    never: /^npm:(?!zod$)/,
    because: 'the keeper must never be blocked or broken by a library: it imports the schema library alone',
  },
  {
    from: 'agent/',
    never: /^npm:(pg|kysely|fastify|@fastify\/.*|react.*)$/,
    because: 'the agent holds no database and no web framework',
  },
  {
    from: 'cli/',
    never: /^npm:(pg|kysely|fastify|@fastify\/.*|react.*)$/,
    because: 'the command line tool asks the API; it never touches the database',
  },
  {
    from: 'console/',
    never: /^npm:(pg|kysely|fastify|@fastify\/.*|pino|ws)$/,
    because: 'the console runs in a browser',
  },
];
