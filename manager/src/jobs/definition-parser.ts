// Reads definition files without holding up everything else.
// Responsible for small files at once and large ones in a thread, one at a time, within bounds of time and memory. Called by the routes.
import { Worker } from 'node:worker_threads';
import { parseDefinitionFile, type ParsedFile } from '@nezuban/core/definitions/parse-definition-file';
import { CodedError } from '@nezuban/protocol/errors';
import { definitionLimits } from '@nezuban/protocol/jobs/definition';

/** A file of this size is read in a few milliseconds; a thread alone takes a hundred. */
const AT_ONCE_CHARS_MAX = 16 * 1024;
/** The largest honest file takes about a second; this ends what is not. */
const THREAD_TIME_MAX_MS = 20_000;
const THREAD_MEMORY_MAX_MB = 1_024;
/** Threads one after the other; more callers than this would wait for minutes. */
const WAITING_MAX = 8;

export type DefinitionParser = {
  /** Throws `body_too_large`, and `too_many_requests` when others wait already. */
  readonly parse: (source: string, file: string) => Promise<ParsedFile>;
};

export const createDefinitionParser = (): DefinitionParser => {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  const inTurn = async (source: string, file: string): Promise<ParsedFile> => {
    if (waiting >= WAITING_MAX)
      throw new CodedError(
        'too_many_requests',
        'Several large definition files are being read; try again in some seconds.',
        { retryAfterSeconds: 5 },
      );
    waiting += 1;
    const turn = last.then(() => parseInThread(source, file));
    last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      waiting -= 1;
    }
  };

  return {
    async parse(source, file) {
      const bytes = Buffer.byteLength(source);
      if (bytes > definitionLimits.fileBytesMax) {
        throw new CodedError(
          'body_too_large',
          `The file has ${bytes} bytes; at most ${definitionLimits.fileBytesMax} are read. Split it into several files.`,
        );
      }
      return source.length <= AT_ONCE_CHARS_MAX
        ? parseDefinitionFile(source, { file })
        : await inTurn(source, file);
    },
  };
};

const parseInThread = async (source: string, file: string): Promise<ParsedFile> => {
  const worker = new Worker(new URL('definition-worker-main.ts', import.meta.url), {
    workerData: { source, file },
    resourceLimits: { maxOldGenerationSizeMb: THREAD_MEMORY_MAX_MB },
    stdout: false,
  });
  const ended = new AbortController();
  try {
    return await new Promise<ParsedFile>((resolve, reject) => {
      const timer = setTimeout(() => reject(tooCostly()), THREAD_TIME_MAX_MS);
      ended.signal.addEventListener('abort', () => clearTimeout(timer));
      worker.once('message', resolve);
      worker.once('error', (error: Error & { readonly code?: string }) =>
        reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooCostly(error) : error),
      );
      worker.once('exit', (code) =>
        reject(new Error(`The thread that reads definitions ended with ${code} and without an answer`)),
      );
    });
  } finally {
    ended.abort();
    await worker.terminate();
  }
};

const tooCostly = (cause?: unknown): CodedError =>
  new CodedError('invalid_definition', 'Reading this file takes more time or memory than any file may.', {
    issues: [{ path: '', message: 'takes too much time or memory to read; split it into several files' }],
    ...(cause === undefined ? {} : { cause }),
  });
