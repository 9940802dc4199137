// The command line of the agent: what it says, or one sentence that tells what is wrong. Pure.
import { parseArgs } from 'node:util';
import { agentLimits } from './limits.ts';

export type AgentCommand =
  | { readonly type: 'run'; readonly home: string | undefined; readonly logLevel: LogLevel }
  /** Started by the keeper: everything else comes over its channel. */
  | { readonly type: 'keeper' }
  | {
      readonly type: 'join';
      readonly home: string | undefined;
      readonly managers: readonly string[];
      readonly token: string;
      readonly nodeName: string | null;
    }
  | { readonly type: 'status'; readonly home: string | undefined; readonly json: boolean }
  | { readonly type: 'help' };

const logLevels = ['trace', 'debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A command line that cannot be used; the message is one sentence. Exit code 2. */
export class UsageError extends Error {}

export const usage = `nezuban agent: runs jobs on this host for a manager

  nezuban agent join --manager HOST:PORT[,HOST:PORT] --token TOKEN [--name NODE] [--home DIR]
                                  enrol this host once; make the token with "nezuban join-token".
                                  Of a pair name both, or one: it tells the agent of the other
  nezuban agent [run] [--home DIR] [--log-level LEVEL]
                                  run in the foreground; SIGTERM stops it, running jobs go on
  nezuban agent status [--json] [--home DIR]
                                  who this agent is and whether it runs

  --home DIR     the Nezuban home (default NEZUBAN_HOME, else /var/lib/nezuban as root, ~/.nezuban otherwise)
  --name NODE    name of this host in Nezuban (default: its host name)
  --log-level    trace, debug, info (default), warn, error

Exit codes: 0 done, 1 not possible (one sentence says why), 2 wrong command line.
`;

export function parseCommandLine(args: readonly string[]): AgentCommand {
  const [first] = args;
  const named = first !== undefined && !first.startsWith('-');
  const name = named ? first : 'run';
  const rest = named ? args.slice(1) : [...args];
  if (name === 'help' || rest.includes('--help') || rest.includes('-h')) return { type: 'help' };
  switch (name) {
    case 'run':
      return parseRun(rest);
    case 'join':
      return parseJoin(rest);
    case 'status': {
      const values = parse(rest, { home: { type: 'string' }, json: { type: 'boolean' } });
      return { type: 'status', home: text(values['home']), json: values['json'] === true };
    }
    default:
      throw new UsageError(`"${name}" is not a command of the agent: use run, join or status`);
  }
}

function parseRun(args: string[]): AgentCommand {
  const values = parse(args, {
    home: { type: 'string' },
    'log-level': { type: 'string' },
    keeper: { type: 'boolean' },
  });
  if (values['keeper'] === true) return { type: 'keeper' };
  const wanted = text(values['log-level']) ?? 'info';
  const logLevel = logLevels.find((level) => level === wanted);
  if (!logLevel) throw new UsageError(`--log-level ${wanted} is not one of ${logLevels.join(', ')}`);
  return { type: 'run', home: text(values['home']), logLevel };
}

function parseJoin(args: string[]): AgentCommand {
  const values = parse(args, {
    home: { type: 'string' },
    manager: { type: 'string', multiple: true },
    token: { type: 'string' },
    name: { type: 'string' },
  });
  const given = Array.isArray(values['manager']) ? values['manager'] : [];
  const managers = given
    .flatMap((part) => String(part).split(','))
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (managers.length === 0)
    throw new UsageError('join needs --manager HOST:PORT, the address that agents connect to');
  if (managers.length > agentLimits.managersMax)
    throw new UsageError(
      `join takes at most ${agentLimits.managersMax} managers, ${managers.length} are given: name those of one pair`,
    );
  const token = text(values['token']);
  if (token === undefined)
    throw new UsageError('join needs --token TOKEN; make one with "nezuban join-token" at the manager');
  return {
    type: 'join',
    home: text(values['home']),
    managers,
    token,
    nodeName: text(values['name']) ?? null,
  };
}

function parse(
  args: string[],
  options: NonNullable<Parameters<typeof parseArgs>[0]>['options'] & {},
): Record<string, unknown> {
  try {
    return parseArgs({ args, options, allowPositionals: false, strict: true }).values;
  } catch (error) {
    // Node's sentence names the argument; what it adds about positionals does not help here.
    const sentence = error instanceof Error ? (error.message.split('. ')[0] ?? error.message) : String(error);
    throw new UsageError(`${sentence}; "nezuban agent --help" lists the options`);
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
