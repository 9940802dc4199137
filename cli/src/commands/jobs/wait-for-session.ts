// Waits for the end of a session, by the live stream or by polling, over restarts of the manager.
import { setTimeout as delay } from 'node:timers/promises';
import type { SessionDetail, UnitView } from '@nezuban/protocol/jobs/session';
import { createLiveWatch } from '../../api/live-watch.ts';
import { withPatience } from '../../api/patience.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { formatClock, formatSpan } from '../../output/time.ts';
import { visible } from '../../output/visible.ts';
import type { CommandContext } from '../command.ts';
import { exitCodeOf, isOver, newestAttempts, sessionWord, unitWord } from './session-words.ts';

/** Between two loads of a session lies twice the time that one takes, so that following a large one is no burden; at most this. */
const breathMsMax = 3_000;

export type WaitOptions = {
  readonly id: number;
  /** Print each change of a unit, not the end alone. */
  readonly follow: boolean;
  /** Of a session that was there before: how its units stood, which is no news. */
  readonly from?: readonly UnitView[];
};

/** Resolves with the exit code that tells how the session ended. */
export const waitForSession = async (context: CommandContext, options: WaitOptions): Promise<ExitCode> => {
  const { out, signal, ports } = context;
  const api = await context.api();
  const load = () =>
    withPatience(() => api.call('getSession', { params: { id: options.id } }), {
      signal,
      now: ports.now,
      onTrouble: (failure) => out.note(`${failure.message} Trying on; the session goes on meanwhile.`),
    });
  const watch = createLiveWatch(api, {
    query: { session: options.id },
    signal,
    // Without --follow only the end matters; a large session is not loaded for each of its changes.
    concerns: (message) =>
      options.follow
        ? message.type === 'units' || message.type === 'session'
        : message.type === 'session' && isOver(message.session),
  });
  try {
    const shown = new Map((options.from ?? []).map((unit) => [unit.path as string, keyOf(unit)]));
    for (;;) {
      const begun = performance.now();
      const session = await load();
      if (options.follow) await printChanges(session, shown, context);
      if (isOver(session)) {
        await printEnd(session, options, context);
        return exitCodeOf(session);
      }
      const breathMs = Math.min((performance.now() - begun) * 2, breathMsMax);
      await delay(breathMs, undefined, { signal }).catch(() => signal.throwIfAborted());
      await watch.next();
    }
  } finally {
    await watch.close();
  }
};

const printChanges = async (
  session: SessionDetail,
  shown: Map<string, string>,
  context: CommandContext,
): Promise<void> => {
  const changed = session.units.filter((unit) => {
    const key = keyOf(unit);
    const before = shown.get(unit.path);
    shown.set(unit.path, key);
    return before === undefined ? unit.state !== 'waiting' : before !== key;
  });
  // In the order in which it happened, where several changes came at once.
  changed.sort((a, b) => (a.endedAt ?? a.startedAt ?? '').localeCompare(b.endedAt ?? b.startedAt ?? ''));
  for (const unit of changed) {
    await context.out.item({ type: 'unit', sessionId: session.id, unit }, () => unitLine(unit, context));
  }
};

const keyOf = (unit: UnitView): string =>
  `${unitWord(unit)} ${unit.run} ${newestAttempts(unit)
    .map((attempt) => attempt.try)
    .join(',')}`;

const unitLine = (unit: UnitView, { out, ports }: CommandContext): string => {
  const at = unit.endedAt ?? unit.startedAt ?? new Date(ports.now()).toISOString();
  const { style } = out.word(unit.state === 'ended' ? (unit.endStatus ?? 'ended') : unit.state);
  const word = style === undefined ? unitWord(unit) : out.paint(style, unitWord(unit));
  const newest = newestAttempts(unit);
  const nodes = newest.length === 0 ? '' : ` on ${newest.map((attempt) => attempt.node).join(', ')}`;
  const took = unit.endedAt === null ? '' : ` after ${formatSpan(unit.startedAt, unit.endedAt, ports.now())}`;
  const codes = newest.flatMap((attempt) =>
    attempt.exitCode === null || attempt.exitCode === 0 ? [] : [`exit code ${attempt.exitCode}`],
  );
  // A reason names the codes itself.
  const why = unit.reason ?? [...new Set(codes)].join('; ');
  return `${out.paint('dim', formatClock(at))}  ${visible(unit.path)}  ${word}${visible(nodes)}${took}${why === '' ? '' : `: ${visible(why)}`}`;
};

const printEnd = async (
  session: SessionDetail,
  options: WaitOptions,
  { out, ports }: CommandContext,
): Promise<void> => {
  const { units: _units, ...summary } = session;
  const { style } = out.word(session.endStatus ?? session.state);
  const text = () => {
    const word = style === undefined ? sessionWord(session) : out.paint(style, sessionWord(session));
    return `Session ${session.id} ${word} after ${formatSpan(session.createdAt, session.endedAt, ports.now())}`;
  };
  if (options.follow) await out.item({ type: 'session', session: summary }, text);
  else await out.result(summary, text);
};
