// `nezuban output`: prints what a command wrote, once or until it has ended.
import type { IncomingHttpHeaders } from 'node:http';
import { outputMissingHeader } from '@nezuban/protocol/api/output-missing-header';
import type { OutputPage, OutputSearch } from '@nezuban/protocol/api/output-operations';
import { isAttemptType } from '@nezuban/protocol/jobs/units/attempt-units';
import type { ApiClient } from '../../api/client.ts';
import { createLiveWatch } from '../../api/live-watch.ts';
import { saveStream } from '../../api/save-stream.ts';
import { withPatience } from '../../api/patience.ts';
import { unreachable } from '../../api/http.ts';
import { exitCodes } from '../../exit-codes.ts';
import { Failure, usageFailure } from '../../failure.ts';
import type { CommandContext, CommandRun } from '../command.ts';
import { newestAttempts } from './session-words.ts';

type Reached = { readonly context: CommandContext; readonly api: ApiClient };
type Choice = { readonly session: number; readonly unit: string } | { readonly attemptId: string };

export const run: CommandRun = async (context) => {
  const { args } = context;
  const choice = parseChoice(context);
  if (args.flag('follow')) return follow(choice, context);
  const api = await context.api();
  const attemptId = 'attemptId' in choice ? choice.attemptId : await findAttempt(choice, context, api);
  if (attemptId === undefined) {
    throw new Failure('The unit has not started yet, so there is no output.', {
      exitCode: exitCodes.refused,
      code: 'not_found',
      hints: ['Wait for it with --follow.'],
    });
  }
  const search = args.text('search');
  if (search !== undefined) return printHits(attemptId, search, { context, api });
  if (args.flag('pattern') || args.flag('ignore-case'))
    throw usageFailure('--pattern and --ignore-case belong to --search TEXT.', 'output');
  const file = args.text('save');
  if (file !== undefined) return saveAll(attemptId, file, { context, api });
  if (args.flag('raw')) return printRaw(attemptId, context, api);
  return printKept(attemptId, context, api);
};

const parseChoice = ({ args }: CommandContext): Choice => {
  const [attemptId] = args.positionals('ATTEMPT');
  const session = args.integer('session');
  const unit = args.text('unit');
  if (attemptId !== undefined) {
    if (session !== undefined || unit !== undefined)
      throw usageFailure('Name either an ATTEMPT or --session and --unit.', 'output');
    if (!/^\d{1,16}-/.test(attemptId)) {
      throw usageFailure(
        `"${attemptId}" is not the id of an attempt; "nezuban session show" prints them, or name --session and --unit.`,
        'output',
      );
    }
    return { attemptId };
  }
  if (session === undefined || unit === undefined)
    throw usageFailure('Name an ATTEMPT, or both --session and --unit.', 'output');
  return { session, unit };
};

const sessionOf = (choice: Choice): number =>
  'session' in choice ? choice.session : Number(/^\d+/.exec(choice.attemptId)?.[0]);

/** The newest attempt of the unit; undefined while there is none. */
const findAttempt = async (
  choice: Extract<Choice, { unit: string }>,
  { args }: CommandContext,
  api: ApiClient,
): Promise<string | undefined> => {
  const session = await api.call('getSession', { params: { id: choice.session } });
  const unit = session.units.find((one) => one.path === choice.unit);
  const fail = (message: string, hints: readonly string[] = []): never => {
    throw new Failure(message, { exitCode: exitCodes.refused, code: 'not_found', hints });
  };
  if (unit === undefined)
    return fail(`Session ${choice.session} has no unit "${choice.unit}".`, [
      `See: nezuban session show ${choice.session}`,
    ]);
  if (unit.type === 'net') return fail(`"${choice.unit}" is a job net; its units have output.`);
  if (!isAttemptType(unit.type))
    return fail(
      `"${choice.unit}" is of type ${unit.type}; only what runs on a node, such as a command, has output.`,
    );
  const node = args.text('node');
  const attempts = newestAttempts(unit).filter((attempt) => node === undefined || attempt.node === node);
  if (attempts.length > 1) {
    return fail(
      `"${choice.unit}" runs on ${attempts.length} nodes; name one with --node: ${attempts.map((attempt) => attempt.node).join(', ')}.`,
    );
  }
  if (attempts.length === 0 && unit.attempts.length > 0)
    return fail(`"${choice.unit}" does not run on node "${node ?? ''}".`);
  const isPast = attempts.length === 0 && ['ended', 'skipped', 'not_run', 'stopped'].includes(unit.state);
  if (isPast) return fail(`"${choice.unit}" did not run (${unit.state}), so there is no output.`);
  return attempts[0]?.id;
};

const streamOf = ({ args }: CommandContext): 'stdout' | 'stderr' =>
  args.flag('stderr') ? 'stderr' : 'stdout';

const printRaw = async (attemptId: string, context: CommandContext, api: ApiClient): Promise<void> => {
  const { stream, headers } = await api.openAnswer(
    'getRawOutput',
    { params: { attemptId }, query: { stream: streamOf(context) } },
    context.signal,
  );
  noteMissing(missingIn(headers), context);
  try {
    for await (const chunk of stream) await context.out.write(chunk);
  } catch (error) {
    context.signal.throwIfAborted();
    throw unreachable('The output broke off', error);
  }
};

const missingIn = (headers: IncomingHttpHeaders): string | null => {
  const said = headers[outputMissingHeader];
  return typeof said === 'string' ? said : null;
};

/** Beside the bytes: these may be of any kind. */
const noteMissing = (missing: string | null, { out }: CommandContext): void => {
  if (missing !== null) out.note(`The output is not complete: ${missing}.`);
};

/** All of it into a file, under its name only when it is whole. */
const saveAll = async (attemptId: string, file: string, { context, api }: Reached): Promise<void> => {
  const query = { stream: streamOf(context), gzip: String(file.endsWith('.gz')) };
  const { stream, headers } = await api.openAnswer(
    'getRawOutput',
    { params: { attemptId }, query },
    context.signal,
  );
  const missing = missingIn(headers);
  noteMissing(missing, context);
  const bytes = await saveStream(stream, file, context);
  await context.out.result({ attemptId, file, bytes, missing }, () => [
    `${bytes} bytes were written to ${file}.`,
  ]);
};

/** Line after line as the manager finds them: it looks through a bounded part at a time. */
const printHits = async (attemptId: string, text: string, { context, api }: Reached): Promise<void> => {
  const { args, out } = context;
  const mode = args.flag('pattern') ? 'pattern' : 'plain';
  const base = {
    stream: streamOf(context),
    text,
    mode,
    ignoreCase: String(args.flag('ignore-case')),
  } as const;
  let offset: number | null = 0;
  let count = 0;
  while (offset !== null) {
    context.signal.throwIfAborted();
    const found: OutputSearch = await api.call('searchOutput', {
      params: { attemptId },
      query: { ...base, offset },
    });
    for (const hit of found.hits) await out.item({ attemptId, ...hit }, () => `${hit.offset}: ${hit.text}`);
    count += found.hits.length;
    offset = found.nextOffset;
  }
  if (count === 0 && !out.json) out.note(`No line of ${base.stream} holds "${text}".`);
};

/** Where printing begins: at the top, or so many lines before the end. Looks back in bounded steps. */
const beginOf = async (attemptId: string, { context, api }: Reached): Promise<number> => {
  const lines = context.args.integer('tail');
  if (lines === undefined) return 0;
  for (let bytes = TAIL_STEP_BYTES; ; bytes *= 4) {
    const page = await api.call('getOutput', {
      params: { attemptId },
      query: { stream: streamOf(context), offset: -Math.min(bytes, PAGE_BYTES_MAX), limit: PAGE_BYTES_MAX },
    });
    if (page.gap !== undefined) return page.nextOffset;
    const breaks = [...page.text.replace(/\n$/, '').matchAll(/\n/g)].map(({ index }) => index);
    const before = breaks.at(-lines);
    if (before !== undefined)
      // Decoding has changed the number of bytes, but not for the lines that are left out at the front.
      return page.nextOffset - bytesOf(page.text.slice(before + 1), page);
    if (page.offset === 0 || bytes >= PAGE_BYTES_MAX) return page.offset;
  }
};
const TAIL_STEP_BYTES = 64 * 1024;
const PAGE_BYTES_MAX = 1024 * 1024;
/** Bytes that a text takes in the encoding of its page, where that can be told; else as many as make sure that none of its lines is lost. */
const bytesOf = (text: string, { encoding }: OutputPage): number =>
  encoding === 'utf-8' ? Buffer.byteLength(text) : encoding === 'latin1' ? text.length : text.length * 2;

const sayGap = ({ gap }: OutputPage): string =>
  gap === undefined
    ? ''
    : `\n[${gap.bytes} bytes were not kept here: ${gap.reason === 'limit' ? 'the limit of the unit is reached' : 'a quota of output is full'}]\n`;

/** Everything that is kept now, page by page, and with --json as one document. */
const printKept = async (attemptId: string, context: CommandContext, api: ApiClient): Promise<void> => {
  const texts: string[] = [];
  const begin = await beginOf(attemptId, { context, api });
  let offset = begin;
  for (;;) {
    const page = await api.call('getOutput', {
      params: { attemptId },
      query: { stream: streamOf(context), offset },
    });
    const text = page.text + sayGap(page);
    if (context.out.json) texts.push(text);
    else await context.out.write(text);
    const isLast = page.nextOffset <= offset || page.nextOffset >= page.storedBytes;
    offset = page.nextOffset;
    if (!isLast) continue;
    if (context.out.json)
      await context.out.result({ attemptId, ...page, offset: begin, text: texts.join('') }, () => []);
    else noteCut(page, context);
    return;
  }
};

const noteCut = (page: OutputPage, { out }: CommandContext): void => {
  if (page.droppedBytes > 0) out.note(`[${page.droppedBytes} bytes in all were not kept]`);
};

const follow = async (choice: Choice, context: CommandContext): Promise<void> => {
  const { out, signal, ports } = context;
  const api = await context.api();
  const stream = streamOf(context);
  let attemptId = 'attemptId' in choice ? choice.attemptId : undefined;
  const patience = {
    signal,
    now: ports.now,
    onTrouble: (failure: Failure) => out.note(`${failure.message} Trying on.`),
  };
  const watch = createLiveWatch(api, {
    query: { session: sessionOf(choice) },
    signal,
    concerns: (message) =>
      message.type === 'output'
        ? message.attemptId === attemptId && message.stream === stream
        : message.type === 'units',
  });
  try {
    let offset: number | null = null;
    for (;;) {
      if (attemptId === undefined && 'unit' in choice)
        attemptId = await withPatience(() => findAttempt(choice, context, api), patience);
      if (attemptId !== undefined) {
        const params = { attemptId };
        offset ??= await withPatience(() => beginOf(params.attemptId, { context, api }), patience);
        const query: { stream: typeof stream; offset: number } = { stream, offset };
        const page: OutputPage = await withPatience(() => api.call('getOutput', { params, query }), patience);
        const moved = page.nextOffset > offset;
        if (moved) {
          if (out.json) await out.item({ attemptId, ...page }, () => '');
          else await out.write(page.text + sayGap(page));
          offset = page.nextOffset;
          watch.hurry();
        } else if (page.complete) {
          noteCut(page, context);
          return;
        }
        if (moved) continue;
      }
      await watch.next();
    }
  } finally {
    await watch.close();
  }
};
