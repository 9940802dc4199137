/** The command line of `nezuban witness`. Pure: argv to a command, or every problem at once, each with what would be right. */
import { parseArgs } from 'node:util';
import { pairTokenPattern } from '@nezuban/protocol/pair/pair-link';
import type { LogLevel } from '@nezuban/platform/logger';
import { parsePeerAddress } from '../drivers/link/peer-address.ts';

export type WitnessOptions = {
  readonly home: string | undefined;
  /** For the first start; later ones know their pair. */
  readonly join: { readonly addresses: readonly string[]; readonly token: string } | null;
  /** For people; the host's own name without it. */
  readonly name: string | null;
  /** Its standard input ends with whoever started it, and so does it. */
  readonly lifeLine: boolean;
  readonly logLevel: LogLevel;
};

export type ParsedWitness =
  | { readonly ok: true; readonly command: 'help' }
  | { readonly ok: true; readonly command: 'run'; readonly options: WitnessOptions }
  | { readonly ok: false; readonly problems: readonly string[] };

const LOG_LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error'];
const NAME_LENGTH_MAX = 255;

export const WITNESS_USAGE = `nezuban witness: votes for a pair of managers on a host that holds no data

  nezuban witness --join HOST:PORT[,HOST:PORT] --token TOKEN [--home DIR] [--name NAME]
                                  join the pair once, and run; "nezuban pair create --witness-token" makes the line
  nezuban witness [--home DIR] [--name NAME]
                                  run in the foreground from then on; SIGTERM stops it

  --home DIR     its own folder (default NEZUBAN_HOME, else /var/lib/nezuban as root, ~/.nezuban otherwise);
                 never the folder of a manager
  --name NAME    name of this host in "nezuban pair status" (default: its host name)
  --log-level    trace, debug, info (default), warn, error
  --life-line    end when the standard input ends

It needs no more than about 100 MB of memory and a disk that keeps what it was told to keep. Any agent can do the same:
"nezuban pair witness" appoints one.

Exit codes: 0 stopped, 1 something broke, 2 wrong command line, 4 runs already, 5 cannot start (one sentence says why).
`;

export function parseWitness(args: readonly string[]): ParsedWitness {
  const problems: string[] = [];
  const { values, positionals } = read(args, problems);
  if (values.help === true || positionals[0] === 'help') return { ok: true, command: 'help' };
  for (const word of positionals) problems.push(`"${word}" is no option; see nezuban witness --help`);
  const level = LOG_LEVELS.find((one) => one === (values['log-level'] ?? 'info'));
  if (level === undefined) problems.push(`--log-level must be one of ${LOG_LEVELS.join(', ')}`);
  const name = values.name ?? null;
  if (name !== null && (name.trim() === '' || name.length > NAME_LENGTH_MAX))
    problems.push(`--name must have 1 to ${NAME_LENGTH_MAX} characters`);
  const join = readJoin(values, problems);
  if (problems.length > 0 || level === undefined) return { ok: false, problems };
  const lifeLine = values['life-line'] === true;
  return { ok: true, command: 'run', options: { home: values.home, join, name, lifeLine, logLevel: level } };
}

type Values = {
  readonly home?: string;
  readonly join?: string;
  readonly token?: string;
  readonly name?: string;
  readonly 'log-level'?: string;
  readonly 'life-line'?: boolean;
  readonly help?: boolean;
};

function read(
  args: readonly string[],
  problems: string[],
): { readonly values: Values; readonly positionals: readonly string[] } {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        home: { type: 'string' },
        join: { type: 'string' },
        token: { type: 'string' },
        name: { type: 'string' },
        'log-level': { type: 'string' },
        'life-line': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    const [sentence = ''] = (error as Error).message.split('. ');
    problems.push(`${sentence}; see nezuban witness --help`);
    return { values: {}, positionals: [] };
  }
}

function readJoin({ join, token }: Values, problems: string[]): WitnessOptions['join'] {
  if (join === undefined && token === undefined) return null;
  if (join === undefined || token === undefined) {
    problems.push('--join and --token belong together: both come from "nezuban pair create --witness-token"');
    return null;
  }
  const addresses = join.split(',').map((address) => address.trim());
  for (const address of addresses) {
    try {
      parsePeerAddress(address);
    } catch {
      problems.push(`--join "${address}" must be HOST:PORT, such as 192.0.2.11:7382`);
    }
  }
  if (!pairTokenPattern.test(token))
    problems.push('--token is no token of a pair: it looks like nzp_XXXX.XXXX, copy it whole');
  return { addresses, token };
}
