// The command line of `nezuban manager`.
// Pure: argv to a command, or every problem at once, each with what would be right. Called by main.ts.
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import type { HostPort } from '@nezuban/protocol/keeper/child-messages';
import { PAIR_PORT, pairTokenPattern } from '@nezuban/protocol/pair/pair-link';
import type { LogLevel } from '@nezuban/platform/logger';

export type StartOptions = {
  readonly listen: HostPort;
  readonly agentListen: HostPort;
  readonly advertise: string | null;
  readonly tls: { readonly certificateFile: string; readonly keyFile: string } | null;
  readonly localAgent: boolean;
  /** Hear traps on this host. */
  readonly intake: boolean;
  /** Stopping this manager ends running jobs too. */
  readonly withJobs: boolean;
  readonly logLevel: LogLevel;
  /** How long a standby must have followed without a break before commits wait for it, in milliseconds; null: the protocol's own value. */
  readonly admitAfterMs: number | null;
  /** Folder with the `pg_rewind` of a full PostgreSQL; null: what has diverged is copied anew. */
  readonly postgresTools: string | null;
};

/** Of `nezuban pair join HOST:PORT`. */
export type JoinOptions = {
  /** The pair's port of the master. */
  readonly master: HostPort;
  readonly token: string;
  /** Where this host's pair port listens. */
  readonly listen: HostPort;
  /** What the others dial, `HOST:PORT`; null: the address that the master sees. */
  readonly address: string | null;
  readonly hostName: string | null;
  /** Move data of an earlier manager aside instead of refusing. */
  readonly setDataAside: boolean;
  /** Become the manager, instead of starting it in the background and following its way into the pair. */
  readonly foreground: boolean;
  /** Prepare only: somebody else (systemd) starts the manager. */
  readonly start: boolean;
};

export type Command =
  | { readonly name: 'start'; readonly home: string | undefined; readonly options: StartOptions }
  | { readonly name: 'status'; readonly home: string | undefined; readonly json: boolean }
  | { readonly name: 'stop'; readonly home: string | undefined; readonly withJobs: boolean }
  | {
      readonly name: 'join';
      readonly home: string | undefined;
      readonly join: JoinOptions;
      readonly options: StartOptions;
      /** The options of the manager as they were given, for the process that is started. */
      readonly startArgs: readonly string[];
    }
  | { readonly name: 'help' };

export type ParsedCommand =
  | { readonly ok: true; readonly command: Command }
  | { readonly ok: false; readonly problems: readonly string[] };

const DEFAULT_LISTEN: HostPort = { host: '127.0.0.1', port: 7380 };
const DEFAULT_AGENT_LISTEN: HostPort = { host: '127.0.0.1', port: 7381 };
/** Shorter, and a link that flaps would make commits wait again and again; longer than an hour is no redundancy. */
const ADMIT_AFTER_MIN_MS = 1_000;
const ADMIT_AFTER_MAX_MS = 3_600_000;
const LOG_LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error'];

const START_FLAGS = {
  home: { type: 'string' },
  listen: { type: 'string' },
  'agent-listen': { type: 'string' },
  advertise: { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  'no-local-agent': { type: 'boolean' },
  'no-intake': { type: 'boolean' },
  'with-jobs': { type: 'boolean' },
  'log-level': { type: 'string' },
  'admit-after': { type: 'string' },
  'postgres-tools': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsOptionsConfig;
const JOIN_FLAGS = {
  ...START_FLAGS,
  token: { type: 'string' },
  'pair-listen': { type: 'string' },
  address: { type: 'string' },
  name: { type: 'string' },
  'set-data-aside': { type: 'boolean' },
  foreground: { type: 'boolean' },
  'no-start': { type: 'boolean' },
} as const satisfies ParseArgsOptionsConfig;
const STATUS_FLAGS = {
  home: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsOptionsConfig;
const STOP_FLAGS = {
  home: { type: 'string' },
  'with-jobs': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsOptionsConfig;

export const USAGE = `Usage:
  nezuban manager [options]                 start the manager and stay in the foreground
  nezuban manager status [--home DIR] [--json]
  nezuban manager stop [--home DIR] [--with-jobs]

  nezuban pair join HOST:PORT --token TOKEN [options]   make this host the second one of a pair

Options:
  --home DIR                where everything is kept (default ~/.nezuban, as root /var/lib/nezuban; or NEZUBAN_HOME)
  --listen HOST:PORT        console and API (default 127.0.0.1:7380); any other host than loopback switches TLS on
  --agent-listen HOST:PORT  where agents connect (default 127.0.0.1:7381)
  --advertise HOST:PORT     the address that agents are told to connect to
  --tls-cert FILE --tls-key FILE
                            certificate and key of the console (default: a certificate of the manager's own CA)
  --no-local-agent          do not run an agent on this host
  --no-intake               do not listen for syslog, SNMP and custom traps on this host
  --with-jobs               stopping ends running jobs too (default: they go on)
  --admit-after SECONDS     in a pair: how long the other host must have followed without a break before it is
                            taken in again (default 10)
  --postgres-tools DIR      in a pair: where pg_rewind of a full PostgreSQL 18 lies; a host that comes back with
                            changes of its own is then rewound, which is quicker on large data than a new copy
  --log-level LEVEL         trace, debug, info, warn or error (default info)
  Of "pair join" alone:
  --token TOKEN             the one-time token that "nezuban pair create" printed on the master
  --pair-listen HOST:PORT   where the other hosts of the pair connect (default 0.0.0.0:7382)
  --address HOST:PORT       what they shall dial (default: the address that the master sees)
  --name NAME               the host's name for people (default: its host name)
  --set-data-aside          keep the data of an earlier manager beside, instead of refusing
  --foreground              become the manager, instead of starting it in the background
  --no-start                prepare only; a service manager starts it
`;

/** Parses what follows `nezuban manager`. */
export function parseCommand(args: readonly string[]): ParsedCommand {
  const [first, ...rest] = args;
  if (first === 'status') return parseStatus(rest);
  if (first === 'stop') return parseStop(rest);
  if (first === 'join') return parseJoin(rest);
  const { values, problems } = readFlags(args, START_FLAGS);
  if (values.help === true) return { ok: true, command: { name: 'help' } };
  const options = readStart(values, problems);
  return conclude(problems, { name: 'start', home: values.home, options });
}

function parseJoin(args: readonly string[]): ParsedCommand {
  const [first = '', ...others] = args;
  const named = !first.startsWith('-');
  const { values, problems } = readFlags(named ? others : args, JOIN_FLAGS);
  if (values.help === true) return { ok: true, command: { name: 'help' } };
  const master = named ? parseHostPort(first) : null;
  if (master === null || master.port === 0)
    problems.push(
      `${named ? `"${first}" is no address of a host of the pair` : 'the address of the master is missing'}; right would be the line that "nezuban pair create" printed there: nezuban pair join 192.0.2.11:${PAIR_PORT} --token nzp_...`,
    );
  if (values.token === undefined)
    problems.push('--token is missing; "nezuban pair create" on the master makes one');
  else if (!pairTokenPattern.test(values.token))
    problems.push(
      '--token is no token of a pair: it begins with "nzp_" and is one long word; copy the whole line that "nezuban pair create" printed',
    );
  const listenText = values['pair-listen'] ?? `0.0.0.0:${PAIR_PORT}`;
  const listen = parseHostPort(listenText);
  if (listen === null)
    problems.push(`--pair-listen "${listenText}" is no HOST:PORT; right would be 0.0.0.0:${PAIR_PORT}`);
  if (values.address !== undefined && (parseHostPort(values.address)?.port ?? 0) === 0)
    problems.push(
      `--address "${values.address}" is no HOST:PORT; right would be the address by which the master reaches this host, such as 192.0.2.12:${PAIR_PORT}`,
    );
  const options = readStart(values, problems);
  return conclude(problems, {
    name: 'join',
    home: values.home,
    options,
    startArgs: startArgsOf(values),
    join: {
      master: master ?? { host: '', port: 0 },
      token: values.token ?? '',
      listen: listen ?? { host: '0.0.0.0', port: PAIR_PORT },
      address: values.address ?? null,
      hostName: values.name ?? null,
      setDataAside: values['set-data-aside'] === true,
      foreground: values.foreground === true,
      start: values['no-start'] !== true,
    },
  });
}

/** The manager's own options among those that were given. */
function startArgsOf(values: Readonly<Record<string, string | boolean | undefined>>): string[] {
  return Object.entries(START_FLAGS).flatMap(([name, { type }]) => {
    const value = values[name];
    if (value === undefined || value === false) return [];
    return type === 'boolean' ? [`--${name}`] : [`--${name}`, String(value)];
  });
}

function parseStatus(args: readonly string[]): ParsedCommand {
  const { values, problems } = readFlags(args, STATUS_FLAGS);
  return conclude(
    problems,
    values.help === true
      ? { name: 'help' }
      : { name: 'status', home: values.home, json: values.json === true },
  );
}

function parseStop(args: readonly string[]): ParsedCommand {
  const { values, problems } = readFlags(args, STOP_FLAGS);
  return conclude(
    problems,
    values.help === true
      ? { name: 'help' }
      : { name: 'stop', home: values.home, withJobs: values['with-jobs'] === true },
  );
}

type StartValues = { [Name in keyof typeof START_FLAGS]?: string | boolean };

function asText(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function readStart(values: StartValues, problems: string[]): StartOptions {
  const address = (flag: 'listen' | 'agent-listen', fallback: HostPort): HostPort => {
    const given = asText(values[flag]);
    const parsed = given === undefined ? fallback : parseHostPort(given);
    if (parsed === null)
      problems.push(
        `--${flag} "${given ?? ''}" is no HOST:PORT; right would be 127.0.0.1:7380, 0.0.0.0:7380 or [::1]:7380`,
      );
    return parsed ?? fallback;
  };
  const listen = address('listen', DEFAULT_LISTEN);
  const agentListen = address('agent-listen', DEFAULT_AGENT_LISTEN);
  if (listen.port !== 0 && listen.port === agentListen.port && listen.host === agentListen.host) {
    problems.push(
      `--listen and --agent-listen are the same address (${formatHostPort(listen)}); they need two ports`,
    );
  }
  const advertise = asText(values.advertise) ?? null;
  const advertised = advertise === null ? null : parseHostPort(advertise);
  if (advertise !== null && (advertised === null || advertised.port === 0)) {
    problems.push(`--advertise "${advertise}" is no HOST:PORT; right would be manager.example.com:7381`);
  }
  const certificateFile = asText(values['tls-cert']);
  const keyFile = asText(values['tls-key']);
  if ((certificateFile === undefined) !== (keyFile === undefined))
    problems.push('--tls-cert and --tls-key belong together: give both or neither');
  const level = asText(values['log-level']) ?? 'info';
  const logLevel = LOG_LEVELS.find((known) => known === level);
  if (logLevel === undefined)
    problems.push(`--log-level "${level}" is unknown; right would be one of ${LOG_LEVELS.join(', ')}`);
  const admitText = asText(values['admit-after']);
  const admitAfterMs = admitText === undefined ? null : Number(admitText) * 1000;
  if (admitAfterMs !== null && !(admitAfterMs >= ADMIT_AFTER_MIN_MS && admitAfterMs <= ADMIT_AFTER_MAX_MS))
    problems.push(
      `--admit-after "${admitText ?? ''}" is no number of seconds from ${ADMIT_AFTER_MIN_MS / 1000} to ${ADMIT_AFTER_MAX_MS / 1000}; right would be 10`,
    );
  return {
    admitAfterMs,
    postgresTools: asText(values['postgres-tools']) ?? null,
    listen,
    agentListen,
    advertise,
    tls: certificateFile === undefined || keyFile === undefined ? null : { certificateFile, keyFile },
    localAgent: values['no-local-agent'] !== true,
    intake: values['no-intake'] !== true,
    withJobs: values['with-jobs'] === true,
    logLevel: logLevel ?? 'info',
  };
}

function conclude(problems: readonly string[], command: Command): ParsedCommand {
  return problems.length > 0 ? { ok: false, problems } : { ok: true, command };
}

/** All problems at once, where `parseArgs` in strict mode would throw at the first. */
function readFlags<Flags extends ParseArgsOptionsConfig>(args: readonly string[], flags: Flags) {
  const { values, tokens } = parseArgs({
    args: [...args],
    options: flags,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind === 'positional')
      problems.push(
        `"${token.value}" is not expected here; options start with "--", see "nezuban manager --help"`,
      );
    if (token.kind !== 'option') continue;
    const flag = flags[token.name];
    if (flag === undefined)
      problems.push(`the option ${token.rawName} is unknown; known are ${listFlags(flags)}`);
    else if (
      flag.type === 'string' &&
      (token.value === undefined || token.value === '' || token.value.startsWith('--'))
    )
      problems.push(`${token.rawName} needs a value`);
    else if (flag.type === 'boolean' && token.value !== undefined)
      problems.push(`${token.rawName} takes no value`);
    else if (seen.has(token.name)) problems.push(`${token.rawName} is given twice`);
    seen.add(token.name);
  }
  return {
    values: values as { [Name in keyof Flags]?: Flags[Name]['type'] extends 'boolean' ? boolean : string },
    problems,
  };
}

function listFlags(flags: ParseArgsOptionsConfig): string {
  return Object.keys(flags)
    .map((name) => `--${name}`)
    .join(', ');
}

/** `HOST:PORT`, an IPv6 host in brackets; null if it is none. */
export function parseHostPort(text: string): HostPort | null {
  const found = /^(?:\[([0-9A-Za-z:.%]+)\]|([^\s:[\]/]+)):(\d{1,5})$/.exec(text);
  if (found === null) return null;
  const host = found[1] ?? found[2] ?? '';
  const port = Number(found[3]);
  return port > 65_535 ? null : { host, port };
}

export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
