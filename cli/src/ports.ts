// What the program takes from the process around it. main.ts gives the real ones, tests give their own.
import type { Readable, Writable } from 'node:stream';

export type TerminalInput = Readable & { readonly isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };
export type TerminalOutput = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export type Ports = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: TerminalInput;
  readonly stdout: TerminalOutput;
  readonly stderr: TerminalOutput;
  /** Home folder of the person, for `~/.nezuban` and `~/.config`. */
  readonly homeDirectory: string;
  readonly isRoot: boolean;
  readonly now: () => number;
};
