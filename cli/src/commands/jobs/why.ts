// `nezuban why`: the unmet conditions of a session or unit, and where they come down to.
import type { UnitPath } from '@nezuban/protocol/ids';
import { withLocalTimes } from '../../output/time.ts';
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
  await out.result(answer, () => {
    const { roots, rootsLeftOut, sentence } = answer;
    if (roots.length <= 1) return [said(sentence)];
    const lines = roots.map(({ through, fact }) => `  ${visible(through.join(' > '))}: ${said(fact.phrase)}`);
    return [
      `${visible(answer.unit ?? `Session ${args.positional('SESSION')}`)} comes down to ${roots.length + rootsLeftOut}:`,
      ...lines,
      ...(rootsLeftOut > 0 ? [`  and ${rootsLeftOut} more`] : []),
    ];
  });
};

const said = (sentence: string): string => visible(withLocalTimes(sentence));
