/**
 * The command line of `nezuban intake`. Pure: argv to a command, or what is wrong and what would be right. Called by `run-tool.ts`.
 */
import { parseArgs } from 'node:util';

export type ToolCommand =
  | {
      readonly name: 'inspect';
      readonly home: string | undefined;
      readonly fromSeq: number | null;
      readonly limit: number;
      readonly json: boolean;
    }
  | { readonly name: 'status'; readonly home: string | undefined; readonly json: boolean }
  | { readonly name: 'help' };

export type ParsedTool =
  | { readonly ok: true; readonly command: ToolCommand }
  | { readonly ok: false; readonly says: string };

const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 1_000_000;

export const TOOL_USAGE = `Usage:
  nezuban intake status [--home DIR] [--json]
      what the intake of this host listens to, how full its journal is, who says the most
  nezuban intake inspect [--home DIR] [--from SEQ] [--limit N] [--json]
      the journal's segments and damaged places, and its records; also while no intake runs

Options:
  --home DIR   where everything is kept (default ~/.nezuban, as root /var/lib/nezuban; or NEZUBAN_HOME)
  --from SEQ   the first record that is shown (default: the last ones)
  --limit N    so many records are shown (default ${LIMIT_DEFAULT}, 0: none)
  --json       for programs: one object, or for records one object on each line
`;

export function parseTool(args: readonly string[]): ParsedTool {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h')
    return { ok: true, command: { name: 'help' } };
  if (name !== 'inspect' && name !== 'status')
    return {
      ok: false,
      says: `There is no command "nezuban intake ${name}"; right would be inspect or status.`,
    };
  const flags = readFlags(rest);
  if (typeof flags === 'string') return { ok: false, says: flags };
  if (flags.help === true) return { ok: true, command: { name: 'help' } };
  const { home, json = false } = flags;
  if (name === 'status') return { ok: true, command: { name, home, json } };
  const fromSeq = flags.from === undefined ? null : toInteger(flags.from, 1);
  if (Number.isNaN(fromSeq))
    return {
      ok: false,
      says: `--from ${flags.from ?? ''} is no number of a record; right would be 1 or more.`,
    };
  const limit = flags.limit === undefined ? LIMIT_DEFAULT : toInteger(flags.limit, 0);
  if (Number.isNaN(limit) || limit > LIMIT_MAX)
    return { ok: false, says: `--limit ${flags.limit ?? ''} is no count; right would be 0 to ${LIMIT_MAX}.` };
  return { ok: true, command: { name, home, json, fromSeq, limit } };
}

type Flags = {
  readonly home?: string;
  readonly from?: string;
  readonly limit?: string;
  readonly json?: boolean;
  readonly help?: boolean;
};

function readFlags(args: readonly string[]): Flags | string {
  try {
    return parseArgs({
      args: [...args],
      options: {
        home: { type: 'string' },
        from: { type: 'string' },
        limit: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}`;
  }
}

function toInteger(text: string, min: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min ? value : Number.NaN;
}
