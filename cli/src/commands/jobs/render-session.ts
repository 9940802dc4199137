// A session as text: its facts, then the tree of its units. Pure.
import type { AttemptView, SessionDetail, UnitView } from '@nezuban/protocol/jobs/session';
import type { Output } from '../../output/output.ts';
import { formatInstant, formatSpan, withLocalTimes } from '../../output/time.ts';
import { visible } from '../../output/visible.ts';
import type { Ports } from '../../ports.ts';
import { newestAttempts, sessionWord, wholeTriggerWords, unitTree, unitWord } from './session-words.ts';

type Means = { readonly out: Output; readonly ports: Pick<Ports, 'now'> };

export const renderSession = (session: SessionDetail, { out, ports }: Means): string[] => {
  const style = out.word(session.state === 'ended' ? (session.endStatus ?? 'ended') : session.state).style;
  const state = style === undefined ? sessionWord(session) : out.paint(style, sessionWord(session));
  const parameters = Object.entries(session.parameters).map(([name, value]) => `${name}=${value}`);
  const ended = session.endedAt === null ? '' : `, ended ${formatInstant(session.endedAt)}`;
  const heading = [
    `${out.paint('bold', `Session ${session.id}`)}  ${visible(session.net)}${session.title === null ? '' : `  ${visible(session.title)}`}  ${state}`,
    `begun ${formatInstant(session.createdAt)} ${visible(wholeTriggerWords(session.trigger))}${ended}, took ${formatSpan(session.createdAt, session.endedAt, ports.now())}${session.netRevision === undefined ? '' : `, runs revision ${session.netRevision}`}`,
    ...(session.paused === undefined
      ? []
      : [
          `${session.paused.kind} by ${visible(session.paused.by)} at ${formatInstant(session.paused.at)}${session.paused.reason === null ? '' : `: ${visible(session.paused.reason)}`}`,
        ]),
    ...(parameters.length === 0 ? [] : [`parameters: ${visible(parameters.join(' '))}`]),
    ...(session.operations.length === 0 ? [] : [`possible now: ${session.operations.join(', ')}`]),
    '',
  ];
  const rows = unitTree(session.units).map(({ unit, prefix }) => unitRow(unit, prefix, { out, ports }));
  const table = out.table(
    [
      { title: 'UNIT' },
      { title: 'STATE' },
      { title: 'TOOK', align: 'right' },
      { title: 'NODE' },
      { title: 'ATTEMPT' },
      { title: 'REMARK', flexible: true },
    ],
    rows,
  );
  return [...heading, ...table];
};

const unitRow = (unit: UnitView, prefix: string, { out, ports }: Means) => {
  const newest = newestAttempts(unit);
  const one = newest[0];
  const style = out.word(unit.state === 'ended' ? (unit.endStatus ?? 'ended') : unit.state).style;
  return [
    `${prefix}${unit.name}`,
    { text: unitWord(unit), style },
    formatSpan(unit.startedAt, unit.endedAt, ports.now()),
    newest.length > 1 ? `${newest.length} nodes` : (one?.node ?? ''),
    newest.length > 1 ? '' : (one?.id ?? ''),
    remark(unit, newest),
  ];
};

const remark = (unit: UnitView, newest: readonly AttemptView[]): string => {
  const reason = unit.reason === null ? null : withLocalTimes(unit.reason).replace(/[.]$/u, '');
  const parts = [
    reason,
    // Of what waits inside the manager it is the deadline; of a command the next try.
    unit.retryAt === null
      ? null
      : `${unit.state === 'retry_wait' ? 'next try' : 'until'} ${formatInstant(unit.retryAt)}`,
    unit.run > 1 ? `run ${unit.run}` : null,
    ...(newest.length > 1
      ? newest.map((attempt) => `${attempt.node}: ${attemptRemark(attempt, '') ?? attempt.state}`)
      : newest.map((attempt) => attemptRemark(attempt, reason ?? ''))),
  ];
  return [...new Set(parts.filter((part) => part !== null && part !== ''))].join('; ');
};

/** What it has used at most, as far as its agent knows. */
const usageRemark = ({ usage }: AttemptView): string | null => {
  if (usage === undefined) return null;
  const { memory, cpuMs, stop } = usage;
  const parts = [
    memory === undefined ? null : `memory ${(memory.bytes / 1024 ** 2).toFixed(1)} MiB`,
    cpuMs === undefined ? null : `processor time ${(cpuMs / 1000).toFixed(2)} s`,
    stop === undefined
      ? null
      : `stop command ${stop.timedOut ? 'timed out' : (stop.signal ?? `exit code ${stop.exitCode}`)}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(', ');
};

/** Without what `said` says already. */
const attemptRemark = (attempt: AttemptView, said: string): string | null => {
  const end =
    attempt.signal === null
      ? attempt.exitCode === null || attempt.exitCode === 0
        ? null
        : `exit code ${attempt.exitCode}`
      : `ended by ${attempt.signal}`;
  const isSaid = (part: string): boolean => said.toLowerCase().includes(part.toLowerCase());
  const parts = [
    attempt.try > 1 ? `try ${attempt.try}` : null,
    end,
    attempt.timedOut && !said.includes('timeout') ? 'timed out' : null,
    usageRemark(attempt),
    attempt.reason,
  ].filter((part) => part !== null && !isSaid(part));
  return parts.length === 0 ? null : parts.join(', ');
};
