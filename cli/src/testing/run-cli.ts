// Runs the program in tests, within this process, against captured streams.
import { PassThrough, Readable, Writable } from 'node:stream';
import { waitFor } from './wait-for.ts';
import { runProgram } from '../program.ts';
import { Interruption } from '../failure.ts';
import { exitCodes, type ExitCode } from '../exit-codes.ts';
import { testToken } from './fake-manager.ts';

export type CliResult = { readonly exitCode: ExitCode; readonly stdout: string; readonly stderr: string };
export type CliOptions = {
  readonly url?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Buffer | Readable;
  /** Make stdout a terminal of that many columns. */
  readonly columns?: number;
  readonly homeDirectory?: string;
  readonly now?: number;
};
export type RunningCli = {
  readonly end: Promise<CliResult>;
  stdout(): string;
  stderr(): string;
  waitForStdout(pattern: RegExp): Promise<void>;
  interrupt(): void;
};

const capture = (columns: number | undefined) => {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk);
      done();
    },
  });
  return {
    stream: Object.assign(stream, columns === undefined ? {} : { isTTY: true, columns }),
    text: () => Buffer.concat(chunks).toString('utf8'),
  };
};

/** Starts a command line and returns while it runs. */
export const startCli = (words: readonly string[], options: CliOptions = {}): RunningCli => {
  const stdout = capture(options.columns);
  const stderr = capture(undefined);
  const interruption = new AbortController();
  const { stdin = '' } = options;
  const end = runProgram({
    words,
    ports: {
      env: {
        ...(options.url !== undefined && { NEZUBAN_URL: options.url, NEZUBAN_TOKEN: testToken }),
        ...options.env,
      },
      stdin: stdin instanceof Readable ? stdin : Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]),
      stdout: stdout.stream,
      stderr: stderr.stream,
      homeDirectory: options.homeDirectory ?? '/nonexistent',
      isRoot: false,
      now: () => options.now ?? Date.now(),
    },
    signal: interruption.signal,
  }).then((exitCode) => ({ exitCode, stdout: stdout.text(), stderr: stderr.text() }));
  return {
    end,
    stdout: stdout.text,
    stderr: stderr.text,
    waitForStdout: (pattern) =>
      waitFor(
        () => pattern.test(stdout.text()),
        () => `${pattern} in: ${stdout.text()}\n${stderr.text()}`,
      ),
    interrupt: () => interruption.abort(new Interruption('interrupted', exitCodes.interrupted)),
  };
};

/** Runs a command line to its end. */
export const runCli = (words: readonly string[], options: CliOptions = {}): Promise<CliResult> =>
  startCli(words, options).end;

/** A terminal keyboard: what is typed into it comes key by key. */
export const createKeyboard = () =>
  Object.assign(new PassThrough(), {
    isTTY: true,
    rawModes: [] as boolean[],
    setRawMode(raw: boolean) {
      this.rawModes.push(raw);
    },
  });
