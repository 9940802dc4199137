// `nezuban calendar import`: shows what the holidays of a file would change, asks, and changes it.
import { readFile } from 'node:fs/promises';
import type { HolidayChangeView, HolidayImport } from '@nezuban/protocol/api/calendar-operations';
import { exitCodes } from '../../exit-codes.ts';
import { Failure } from '../../failure.ts';
import type { CommandRun } from '../command.ts';
import { confirm, shellWord } from '../shared/confirm.ts';

/** As the protocol's importBytesMax; a test compares. */
export const importBytesMax = 1024 * 1024;

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const name = args.positional('CALENDAR');
  const file = args.positional('FILE');
  const removeMissing = args.flag('remove-missing');
  const content = await readContent(file);
  const api = await context.api();
  const ask = (dryRun: boolean) =>
    api.call('importHolidays', { params: { name }, body: { content, dryRun, removeMissing } });
  const planned = await ask(true);
  const changes = planned.changes.filter(({ change }) => change !== 'missing' && change !== 'kept_open');
  if (args.flag('dry-run') || changes.length === 0) {
    await out.result(planned, () => linesOf(planned));
    return;
  }
  const options = removeMissing ? ' --remove-missing' : '';
  await confirm(
    {
      explains: linesOf(planned),
      question: `Change the calendar ${name} so?`,
      command: `nezuban calendar import ${shellWord(name)} ${shellWord(file)}${options} --yes`,
    },
    context,
  );
  const done = await ask(false);
  await out.result(done, () => `Calendar ${name} has ${changes.length} changes.`);
};

const readContent = async (file: string): Promise<string> => {
  const failure = (message: string, cause?: unknown) =>
    new Failure(message, { exitCode: exitCodes.usage, code: 'usage', cause });
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw failure(`${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  });
  if (bytes.length > importBytesMax)
    throw failure(`${file} is larger than the ${importBytesMax} bytes that a file of holidays may have.`);
  return bytes.toString('base64');
};

const changeWords: Readonly<Record<HolidayChangeView['change'], string>> = {
  added: 'new',
  renamed: 'other name',
  removed: 'taken out',
  missing: 'not in the file, stays',
  kept_open: 'open in the calendar, stays open',
};

const linesOf = ({ changes, holidays, unchanged, skipped }: HolidayImport): string[] => [
  `${holidays} holidays in the file, ${unchanged} of them in the calendar already.`,
  ...changes.map(
    ({ date, name, change, before }) =>
      `  ${date} ${name ?? ''} (${changeWords[change]}${before === null ? '' : `, was ${before}`})`,
  ),
  ...skipped.map(({ line, reason }) => `  line ${line} was passed over: ${reason}`),
  ...(changes.length === 0 ? ['Nothing is to be changed.'] : []),
];
