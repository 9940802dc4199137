// `nezuban output`: prints what a command wrote, once or until it has ended.
import type { OutputPage } from '@nezuban/protocol/api/jobs-operations';
import { isAttemptType } from '@nezuban/protocol/jobs/units/attempt-units';
import type { ApiClient } from '../../api/client.ts';
import { createLiveWatch } from '../../api/live-watch.ts';
import { withPatience } from '../../api/patience.ts';
import { unreachable } from '../../api/http.ts';
import { exitCodes } from '../../exit-codes.ts';
import { Failure, usageFailure } from '../../failure.ts';
import type { CommandContext, CommandRun } from '../command.ts';
import { newestAttempts } from './session-words.ts';

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
  const body = await api.open(
    'getRawOutput',
    { params: { attemptId }, query: { stream: streamOf(context) } },
    context.signal,
  );
  try {
    for await (const chunk of body) await context.out.write(chunk);
  } catch (error) {
    context.signal.throwIfAborted();
    throw unreachable('The output broke off', error);
  }
};

/** Everything that is kept now, page by page, and with --json as one document. */
const printKept = async (attemptId: string, context: CommandContext, api: ApiClient): Promise<void> => {
  const texts: string[] = [];
  let offset = 0;
  for (;;) {
    const page = await api.call('getOutput', {
      params: { attemptId },
      query: { stream: streamOf(context), offset },
    });
    if (context.out.json) texts.push(page.text);
    else await context.out.write(page.text);
    const isLast = page.nextOffset <= offset || page.nextOffset >= page.storedBytes;
    offset = page.nextOffset;
    if (!isLast) continue;
    if (context.out.json)
      await context.out.result({ attemptId, ...page, offset: 0, text: texts.join('') }, () => []);
    else noteCut(page, context);
    return;
  }
};

const noteCut = (page: OutputPage, { out }: CommandContext): void => {
  if (page.droppedBytes > 0)
    out.note(`[${page.droppedBytes} bytes more were dropped: the limit of the unit is reached]`);
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
    let offset = 0;
    for (;;) {
      if (attemptId === undefined && 'unit' in choice)
        attemptId = await withPatience(() => findAttempt(choice, context, api), patience);
      if (attemptId !== undefined) {
        const params = { attemptId };
        const query = { stream, offset };
        const page = await withPatience(() => api.call('getOutput', { params, query }), patience);
        const moved = page.nextOffset > offset;
        if (moved) {
          if (out.json) await out.item({ attemptId, ...page }, () => '');
          else await out.write(page.text);
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
