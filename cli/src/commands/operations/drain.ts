// `nezuban drain`: freezes a place and says what still runs there; with --wait stays until nothing does.
import { setTimeout as delay } from 'node:timers/promises';
import type { OpenWork } from '@nezuban/protocol/api/operate-operations';
import type { Place } from '@nezuban/protocol/operations/place';
import { withPatience } from '../../api/patience.ts';
import { exitCodes, type ExitCode } from '../../exit-codes.ts';
import { Failure, usageFailure } from '../../failure.ts';
import { formatClock, formatDuration } from '../../output/time.ts';
import type { CommandContext, CommandRun } from '../command.ts';
import { placeWords, readPlace, readUntil } from './place.ts';
import { openText } from './render-frozen.ts';

/** Between two looks. */
const LOOK_MS = 1_000;

export const run: CommandRun = async (context) => {
  const { args, out, ports, command } = context;
  const place = readPlace(context);
  const timeout = args.integer('timeout');
  if (timeout !== undefined && !args.flag('wait'))
    throw usageFailure('--timeout says how long --wait waits; give both.', command.name);
  await freezeIfNeeded(context, place);
  const begun = ports.now();
  let told: string | undefined;
  for (;;) {
    const work = await look(context, place);
    const left = openText(work.counts);
    const drained = isDrained(work);
    if (!args.flag('wait') || drained) return await end(context, place, work);
    if (left !== told)
      await out.item(
        { type: 'draining', place, open: work.counts },
        () =>
          `${formatClock(new Date(ports.now()).toISOString())}  ${placeWords(place)} is draining: ${left} still running`,
      );
    told = left;
    if (timeout !== undefined && ports.now() - begun >= timeout * 1_000)
      throw new Failure(
        `${placeWords(place)} is not drained after ${formatDuration(timeout * 1_000)}: ${left} still running. It stays frozen.`,
        {
          exitCode: exitCodes.notDrained,
          code: 'not_drained',
          hints: [
            ...named(work),
            `Wait on: nezuban drain ${placeWords(place)} --wait`,
            `Let it work again: nezuban resume ${placeWords(place)}`,
          ],
        },
      );
    await delay(LOOK_MS, undefined, { signal: context.signal }).catch(() => context.signal.throwIfAborted());
  }
};

/** Without a reason it only watches a place that is frozen already. */
const freezeIfNeeded = async (context: CommandContext, place: Place): Promise<void> => {
  const { args, ports, command, out } = context;
  const api = await context.api();
  const reason = args.text('reason');
  const until = readUntil(args.text('until'), ports.now(), command.name);
  if (reason === undefined) {
    const { frozen } = await api.call('getFrozen');
    if (frozen.some((freeze) => placeWords(freeze.place) === placeWords(place))) return;
    throw usageFailure(
      `${placeWords(place)} is not frozen yet; say why it is to be: --reason TEXT`,
      command.name,
    );
  }
  const view = await api.call('freeze', { body: { place, reason, ...(until !== undefined && { until }) } });
  out.note(`${placeWords(view.place)} is frozen: nothing starts there any more.`);
};

const look = async (context: CommandContext, place: Place): Promise<OpenWork> => {
  const { signal, ports, out } = context;
  const api = await context.api();
  return await withPatience(
    () =>
      api.call('getOpenWork', {
        query: { kind: place.kind, ...(place.name !== null && { name: place.name }) },
      }),
    { signal, now: ports.now, onTrouble: (failure) => out.note(`${failure.message} Trying on.`) },
  );
};

const isDrained = ({ counts }: OpenWork): boolean => counts.sessions === 0 && counts.attempts === 0;

const end = async ({ args, out }: CommandContext, place: Place, work: OpenWork): Promise<ExitCode> => {
  const drained = isDrained(work);
  const document = { place, drained, ...work };
  const waiting = work.counts.waiting > 0 ? ` ${work.counts.waiting} waiting for the resume.` : '';
  const lines = drained
    ? [`${placeWords(place)} is drained: nothing runs there.${waiting}`]
    : [`${placeWords(place)} is draining: ${openText(work.counts)} still running.`, ...named(work)];
  if (args.flag('wait')) await out.item({ type: 'drained', ...document }, () => lines.join('\n'));
  else await out.result(document, () => lines);
  return exitCodes.ok;
};

const named = ({ sessions, attempts }: OpenWork): string[] => [
  ...sessions.map(({ id, net }) => `  session ${id} of ${net}`),
  ...attempts.map(({ session, net, unit, node }) => `  ${unit} of session ${session} (${net}) on ${node}`),
];
