// `nezuban net prepare-start`: says beforehand what one coming start of a schedule is to be like, or takes that back.
import type { UnitPath } from '@nezuban/protocol/ids';
import { preparedUnitChanges, type PreparedUnitChange } from '@nezuban/protocol/jobs/start-preparation';
import { parseInstant } from '../../arguments/instant.ts';
import { usageFailure } from '../../failure.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandContext, CommandRun } from '../command.ts';
import { parseParameters, readSecrets } from './parameters.ts';
import { wishWords } from './wish-words.ts';

const command = 'net prepare-start';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const name = args.positional('NET');
  const schedule = args.positional('SCHEDULE');
  const at = instantOf(context);
  const start = { schedule, ...(at !== undefined && { at }) };
  if (args.flag('withdraw')) {
    const api = await context.api();
    await api.call('withdrawStartPreparation', { params: { name }, query: start });
    await out.result({ withdrawn: true }, () => `The start of ${name} comes as schedule ${schedule} has it.`);
    return;
  }
  const parameters = {
    ...parseParameters(args.texts('param'), command),
    ...(await readSecrets(args.texts('secret'), context)),
  };
  const priority = args.integer('priority');
  const reason = args.text('reason');
  const api = await context.api();
  const prepared = await api.call('prepareStart', {
    params: { name },
    body: {
      ...start,
      hold: args.flag('suspended'),
      units: unitsOf(context),
      parameters,
      ...(priority !== undefined && { priority }),
      ...(reason !== undefined && { reason }),
    },
  });
  await out.result(
    prepared,
    () =>
      `The start of ${name} by schedule ${schedule} at ${formatInstant(prepared.movedTo ?? prepared.at)} is prepared: ${wishWords(prepared)}.`,
  );
};

const unitsOf = ({ args }: CommandContext): Record<UnitPath, PreparedUnitChange> => {
  const units = new Map<string, PreparedUnitChange>();
  for (const change of preparedUnitChanges)
    for (const path of args.texts(change)) {
      if (units.has(path)) throw usageFailure(`The unit "${path}" is given twice.`, command);
      units.set(path, change);
    }
  return Object.fromEntries(units);
};

const instantOf = ({ args, ports }: CommandContext): string | undefined => {
  const text = args.text('at');
  return text === undefined
    ? undefined
    : parseInstant(text, { option: 'at', command, now: ports.now(), relative: 'ahead' });
};
