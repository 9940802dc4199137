// `nezuban why`: the unmet conditions of a session or unit, and where they come down to; of what is over, what failed first.
import type { UnitPath } from '@nezuban/protocol/ids';
import type { WaitEnd, WaitExplanation, WaitFailure } from '@nezuban/protocol/jobs/waiting';
import { formatInstant, withLocalTimes } from '../../output/time.ts';
import { visible } from '../../output/visible.ts';
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async ({ args, api, out }) => {
  const unit = args.positionals('UNIT')[0] as UnitPath | undefined;
  const answer = await (
    await api()
  ).call('explainWaiting', {
    params: { id: Number(args.positional('SESSION')) },
    query: unit === undefined ? {} : { unit },
  });
  const name = answer.unit ?? `Session ${args.positional('SESSION')}`;
  await out.result(answer, () => {
    const { end } = answer;
    if (end === undefined) return waitLines(name, answer);
    const isOver = answer.facts.some(({ code }) => code === 'over');
    // That a session is over is its only root.
    const waits = isOver
      ? [`${visible(name)} ${answer.facts.map(({ phrase }) => said(phrase)).join(', ')}.`]
      : waitLines(name, { ...answer, sentence: '' });
    return [...waits, ...endLines(end, isOver)];
  });
};

const waitLines = (name: string, { roots, rootsLeftOut, sentence }: WaitExplanation): string[] => {
  if (roots.length <= 1 && sentence !== '') return [said(sentence)];
  const lines = roots.map(({ through, fact }) => `  ${visible(through.join(' > '))}: ${said(fact.phrase)}`);
  return [
    `${visible(name)} comes down to ${roots.length + rootsLeftOut}:`,
    ...lines,
    ...(rootsLeftOut > 0 ? [`  and ${rootsLeftOut} more`] : []),
  ];
};

/** The first that failed stands first: what failed later may have failed because of it. */
const endLines = (
  { failures, failuresLeftOut, notRun, notRunLeftOut }: WaitEnd,
  isOver: boolean,
): string[] => [
  isOver ? 'What failed, the first first:' : 'What has failed so far, the first first:',
  ...failures.map(failureLine),
  ...(failuresLeftOut > 0 ? [`  and ${failuresLeftOut} more`] : []),
  ...(notRun.length === 0
    ? []
    : [
        `Not run because of that: ${notRun.length + notRunLeftOut}`,
        ...notRun.map((path) => `  ${visible(path)}`),
        ...(notRunLeftOut > 0 ? [`  and ${notRunLeftOut} more`] : []),
      ]),
];

const failureLine = ({ unit, endStatus, endedAt, attempt, reason }: WaitFailure): string => {
  const when = endedAt === null ? '' : `${formatInstant(endedAt)}  `;
  const tried = attempt === undefined || attempt.try === 1 ? '' : ` (try ${attempt.try})`;
  const output = attempt === undefined ? '' : `  nezuban output ${attempt.id}`;
  const words = reason === null ? (endStatus ?? 'stopped') : `${endStatus ?? 'stopped'}: ${said(reason)}`;
  return `  ${when}${visible(unit ?? 'the session itself')}  ${words}${tried}${output}`;
};

const said = (sentence: string): string => visible(withLocalTimes(sentence));
