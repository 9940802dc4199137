// `nezuban apply`: reads files, sends each whole or all together, prints what changed or every place that is wrong.
import type { ApplyResult } from '@nezuban/protocol/api/jobs-operations';
import type { Issue } from '@nezuban/protocol/errors';
import { exitCodes } from '../../exit-codes.ts';
import { Failure } from '../../failure.ts';
import { renderIssues } from '../../output/issues.ts';
import { visible } from '../../output/visible.ts';
import type { CommandContext, CommandRun } from '../command.ts';
import { confirm, shellWord } from '../shared/confirm.ts';
import { findDefinitionFiles, readDefinitionFile, readDefinitionSet } from './definition-files.ts';

type Outcome = { readonly file: string } & (
  | { readonly result: ApplyResult }
  | { readonly error: { code: string; detail: string; issues: readonly Issue[] } }
);
type Change = ApplyResult['changes'][number];

/** Names in a question; the rest is a number. */
const namedMax = 20;

export const run: CommandRun = async (context) => {
  const { args } = context;
  return args.flag('atomic') || args.text('prune') !== undefined
    ? applyTogether(context)
    : applyEach(context);
};

const applyEach = async (context: CommandContext) => {
  const given = context.args.positionals('FILE');
  const files = await findDefinitionFiles(given);
  const outcomes: Outcome[] = [];
  for (const file of files) {
    const outcome = await applyFile(file, context);
    outcomes.push(outcome);
    if (!context.out.json) await printOutcome(outcome, context);
  }
  if (context.out.json) await context.out.result({ files: outcomes }, () => []);
  const refused = outcomes.filter((outcome) => 'error' in outcome).length;
  if (refused === 0) return exitCodes.ok;
  if (refused < outcomes.length && files.length > given.length)
    context.out.note('Files that need each other: apply them in one change with --atomic.');
  return exitCodes.refused;
};

const applyFile = async (file: string, context: CommandContext): Promise<Outcome> => {
  const name = file === '-' ? '<stdin>' : file;
  try {
    const { text } = await readDefinitionFile(file, context.ports.stdin);
    const api = await context.api();
    const reason = context.args.text('reason');
    const query = {
      file: name,
      ...(context.args.flag('dry-run') && { dry_run: 'true' }),
      ...(reason !== undefined && { reason }),
    };
    return { file: name, result: await api.call('applyDefinitions', { query, body: text }) };
  } catch (error) {
    // Only what concerns this file; a manager that is away or does not know us concerns all.
    if (!(error instanceof Failure) || error.exitCode !== exitCodes.refused) throw error;
    return { file: name, error: { code: error.code, detail: error.message, issues: error.issues } };
  }
};

const printOutcome = async (outcome: Outcome, context: CommandContext): Promise<void> => {
  const { out } = context;
  if ('error' in outcome) {
    const { code, issues, detail } = outcome.error;
    for (const line of renderIssues(issues, outcome.file)) out.error(line);
    // The detail of a bad definition repeats its first place, which has just been named.
    const sum =
      code !== 'invalid_definition'
        ? detail
        : `${issues.length} ${issues.length === 1 ? 'error' : 'errors'}.`;
    out.error(`${outcome.file}: ${sum}${/[.!]$/.test(sum) ? '' : '.'} Nothing of this file was applied.`);
    return;
  }
  const { changes, dryRun } = outcome.result;
  // Managers of the first release do not name the file.
  for (const change of changes)
    await printChange({ ...change, file: change.file ?? outcome.file }, { dryRun, context });
};

const printChange = async (
  { kind, name, change, file, line, absent }: Change,
  { dryRun, context: { out } }: { readonly dryRun: boolean; readonly context: CommandContext },
): Promise<void> => {
  const said = dryRun && change !== 'unchanged' ? `would be ${change}` : change;
  const place = line === null ? '' : out.paint('dim', `  ${file ?? ''}:${line}`);
  const style = change === 'unchanged' ? 'dim' : change === 'deleted' ? 'red' : 'green';
  await out.write(`${kind} ${name} ${out.paint(style, said)}${place}\n`);
  if (absent !== undefined)
    out.note(visible(`  warning: ${name} names what is not there: ${absent.join(', ')}`));
};

/** All or nothing, and nets of a folder that stand in no file are deleted where that is asked for. */
const applyTogether = async (context: CommandContext) => {
  const { args, out, ports } = context;
  const files = await readDefinitionSet(args.positionals('FILE'), ports.stdin);
  const prune = args.text('prune') ?? null;
  const api = await context.api();
  const reason = args.text('reason');
  const send = (dryRun: boolean) =>
    api.call('applyDefinitionSet', {
      body: { files: [...files], prune, dryRun, ...(reason !== undefined && { reason }) },
    });
  const dryRun = args.flag('dry-run');
  if (prune !== null && !dryRun) {
    const deleted = (await send(true)).changes.filter(({ change }) => change === 'deleted');
    if (deleted.length > 0)
      await confirmDeletes(
        deleted.map(({ name }) => name),
        prune,
        context,
      );
  }
  const result = await send(dryRun);
  if (out.json) await out.result(result, () => []);
  else for (const change of result.changes) await printChange(change, { dryRun, context });
  return exitCodes.ok;
};

const confirmDeletes = async (
  names: readonly string[],
  folder: string,
  context: CommandContext,
): Promise<void> => {
  const more = names.length > namedMax ? [`  ... and ${names.length - namedMax} more`] : [];
  const given = context.args.positionals('FILE').map(shellWord).join(' ');
  await confirm(
    {
      explains: [
        `These job nets of "${folder}" stand in none of the files and would be deleted; their sessions stay:`,
        ...names.slice(0, namedMax).map((name) => `  ${name}`),
        ...more,
      ],
      question: `Apply, and delete ${names.length} ${names.length === 1 ? 'job net' : 'job nets'}?`,
      command: `nezuban apply ${given} --prune ${shellWord(folder)} --yes`,
    },
    context,
  );
};
