// What a command is: a record for parsing and help, and a module with its handler that is loaded only when it runs, so that
// starting the program costs no more than the one command that was typed.
import type { ApiClient } from '../api/client.ts';
import type { Arguments } from '../arguments/arguments.ts';
import type { Connection } from '../connection/connection.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Output } from '../output/output.ts';
import type { Ports } from '../ports.ts';

/** What the shell completes a word with: names that the manager knows. */
export const completedThings = [
  'nets',
  'folders',
  'nodes',
  'scopes',
  'users',
  'roles',
  'rules',
  'trapMonitors',
  'trapAliases',
  'calendars',
  'sections',
  'sessions',
] as const;
export type CompletedThing = (typeof completedThings)[number];

type OptionBase = {
  readonly description: string;
  readonly short?: string;
  readonly completes?: CompletedThing;
};
export type OptionSpec = OptionBase &
  (
    | { readonly type: 'flag' }
    | {
        readonly type: 'text';
        /** Word that stands for the value in the help. */
        readonly value: string;
        readonly many?: boolean;
        readonly choices?: readonly string[];
      }
    | { readonly type: 'integer'; readonly value: string; readonly min: number; readonly max: number }
  );

export type PositionalSpec = {
  readonly name: string;
  readonly description: string;
  /** Several values; only for the last one. */
  readonly many?: boolean;
  readonly optional?: boolean;
  /** A whole number from 1, such as a session's. */
  readonly integer?: boolean;
  readonly completes?: CompletedThing;
  readonly mayBeEmpty?: boolean;
  /** The words that it can be; others are refused. */
  readonly choices?: readonly string[];
};

export const commandGroups = [
  'jobs',
  'events',
  'inventory',
  'operations',
  'pair',
  'backup',
  'access',
  'system',
] as const;
export type CommandGroup = (typeof commandGroups)[number];

export type CommandSpec = {
  /** Words as typed: `session show`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly group: CommandGroup;
  /** For programs; people are not told of it. */
  readonly hidden?: boolean;
  readonly summary: string;
  readonly positionals: readonly PositionalSpec[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Options of which only one may be given. */
  readonly exclusive?: readonly (readonly string[])[];
  /** Paragraphs of the help. */
  readonly details?: readonly string[];
  readonly examples: readonly string[];
  /** Goes on when its reader has gone (`| head`), since its exit code says how the session ended. */
  readonly outlivesReader?: boolean;
  /** Absent for commands that the launcher `nezuban` hands to other programs; then `options` serve the help only. */
  readonly load?: () => Promise<{ readonly run: CommandRun }>;
};

export type CommandContext = {
  readonly command: CommandSpec;
  readonly args: Arguments;
  readonly out: Output;
  readonly ports: Ports;
  /** The manager to talk to, found from options, environment and files; fails with what to type when none is known. */
  readonly connection: () => Promise<Connection>;
  readonly api: () => Promise<ApiClient>;
  /** Aborted with an Interruption by Ctrl-C, SIGTERM, or a reader that went away. */
  readonly signal: AbortSignal;
};

export type CommandRun = (context: CommandContext) => Promise<ExitCode | void>;
