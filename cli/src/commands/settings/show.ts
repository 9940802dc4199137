// `nezuban settings`: sections with their values.
import { didYouMean } from '../../arguments/suggest.ts';
import { exitCodes } from '../../exit-codes.ts';
import { Failure } from '../../failure.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';
import { flatten } from './setting-values.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const wanted = args.positionals('SECTION')[0];
  const { items } = await (await context.api()).call('listSettings');
  const shown = items.filter(({ section }) => wanted === undefined || section === wanted);
  if (shown.length === 0 && wanted !== undefined) {
    const names = items.map(({ section }) => section);
    throw new Failure(
      `There is no section "${wanted}" of the settings; there are ${names.join(', ')}.${didYouMean(wanted, names)}`,
      { exitCode: exitCodes.refused, code: 'not_found' },
    );
  }
  await out.result(wanted === undefined ? { items: shown } : shown[0], () =>
    shown.flatMap(({ section, values, updatedAt, updatedBy }, index) => [
      ...(index === 0 ? [] : ['']),
      `${out.paint('bold', section)}  ${out.paint('dim', updatedAt === null ? 'as it comes' : `changed ${formatInstant(updatedAt)} by ${updatedBy ?? '?'}`)}`,
      ...flatten(values).map(
        ({ key, value }) =>
          `  ${key} = ${value === null ? 'null' : typeof value === 'string' ? value : JSON.stringify(value)}`,
      ),
    ]),
  );
};
