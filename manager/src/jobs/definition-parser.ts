// Reads definition files without holding up everything else.
// Responsible for small files at once and large ones in a thread, one at a time, within bounds of time and memory. Called by the routes.
import { Worker } from 'node:worker_threads';
import { parseDefinitionFile, type ParsedFile } from '@nezuban/core/definitions/parse-definition-file';
import { definitionSetLimits } from '@nezuban/protocol/api/definitions-operations';
import { CodedError } from '@nezuban/protocol/errors';
import { definitionLimits } from '@nezuban/protocol/jobs/definition-limits';
import { say } from '@nezuban/protocol/sentences/sentence';

/** A file of this size is read in a few milliseconds; a thread alone takes a hundred. */
const AT_ONCE_CHARS_MAX = 16 * 1024;
/** The largest honest file takes about a second; this ends what is not. */
const THREAD_TIME_MAX_MS = 20_000;
const THREAD_MEMORY_MAX_MB = 1_024;
/** Threads one after the other; more callers than this would wait for minutes. */
const WAITING_MAX = 8;

export type SourceFile = { readonly name: string; readonly text: string };

export type DefinitionParser = {
  /** Throws `body_too_large`, and `too_many_requests` when others wait already. */
  readonly parse: (source: string, file: string) => Promise<ParsedFile>;
  /** Many files at once, in their order; bounded together (`definitionSetLimits`). Throws as `parse` does. */
  readonly parseAll: (files: readonly SourceFile[]) => Promise<readonly ParsedFile[]>;
};

export const createDefinitionParser = (): DefinitionParser => {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;

  const inTurn = async (files: readonly SourceFile[]): Promise<readonly ParsedFile[]> => {
    if (waiting >= WAITING_MAX)
      throw new CodedError(
        'too_many_requests',
        say('problem_several_large_definition_files_are_being_read'),
        { retryAfterSeconds: 5 },
      );
    waiting += 1;
    const turn = last.then(() => parseInThread(files));
    last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      waiting -= 1;
    }
  };

  const parseAll = async (files: readonly SourceFile[]): Promise<readonly ParsedFile[]> => {
    for (const file of files) refuseTooLarge(file);
    const chars = files.reduce((sum, { text }) => sum + text.length, 0);
    if (chars > definitionSetLimits.charsMax)
      throw new CodedError(
        'body_too_large',
        say('problem_the_files_have_characters_together_at_most', {
          chars,
          max: definitionSetLimits.charsMax,
        }),
      );
    return chars <= AT_ONCE_CHARS_MAX
      ? files.map(({ name, text }) => parseDefinitionFile(text, { file: name }))
      : await inTurn(files);
  };

  return {
    parseAll,
    async parse(source, file) {
      const [parsed] = await parseAll([{ name: file, text: source }]);
      if (parsed === undefined) throw new Error('A file was read and gave nothing');
      return parsed;
    },
  };
};

const refuseTooLarge = ({ name, text }: SourceFile): void => {
  const bytes = Buffer.byteLength(text);
  if (bytes > definitionLimits.fileBytesMax)
    throw new CodedError(
      'body_too_large',
      say('problem_the_file_has_bytes_at_most_are', { name, bytes, max: definitionLimits.fileBytesMax }),
    );
};

const parseInThread = async (files: readonly SourceFile[]): Promise<readonly ParsedFile[]> => {
  const worker = new Worker(new URL('definition-worker-main.ts', import.meta.url), {
    workerData: files,
    resourceLimits: { maxOldGenerationSizeMb: THREAD_MEMORY_MAX_MB },
    stdout: false,
  });
  const ended = new AbortController();
  try {
    return await new Promise<readonly ParsedFile[]>((resolve, reject) => {
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
  new CodedError('invalid_definition', say('problem_reading_this_file_takes_more_time_or'), {
    issues: [{ path: '', ...say('file_costs_too_much') }],
    ...(cause === undefined ? {} : { cause }),
  });
