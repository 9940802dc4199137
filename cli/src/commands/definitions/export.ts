// `nezuban export`: definitions as YAML, ready for `nezuban apply`: one job net, or all of them as a stream or as a folder of files.
import { mkdir, rename, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DefinitionComparison, ExportedDefinition } from '@nezuban/protocol/api/definitions-operations';
import type { ApiClient } from '../../api/client.ts';
import { collect } from '../../api/pages.ts';
import { exitCodes, type ExitCode } from '../../exit-codes.ts';
import { Failure, usageFailure } from '../../failure.ts';
import type { CommandContext, CommandRun } from '../command.ts';
import { confirm, shellWord } from '../shared/confirm.ts';
import { filesBelow, inParts, readDefinitionSet } from './definition-files.ts';
import { planExport, type ExportStep } from './export-plan.ts';

/** Definitions of one export. */
const exportedMax = 200_000;

export const run: CommandRun = async (context) => {
  const { args } = context;
  const name = args.positionals('NET')[0];
  const many = args.flag('all') || args.text('kind') !== undefined || args.text('folder') !== undefined;
  if (name !== undefined && many)
    throw usageFailure('Name a job net, or --all, --kind or --folder, but not both.', 'export');
  if (name !== undefined) return exportNet(name, context);
  if (args.integer('revision') !== undefined)
    throw usageFailure('--revision goes with the name of a job net.', 'export');
  if (!many)
    throw usageFailure(
      'Name a job net; --all exports every definition, --folder the job nets of a folder.',
      'export',
    );
  const definitions = await load(await context.api(), context);
  const to = args.text('to');
  if (to !== undefined) return exportTo(to, definitions, context);
  const { out } = context;
  if (out.json) await out.result({ items: definitions }, () => []);
  else if (definitions.length === 0) out.note('Nothing to export.');
  else await out.write(definitions.map(({ yaml }) => yaml).join('---\n'));
  return exitCodes.ok;
};

const exportNet = async (name: string, { api, args, out }: CommandContext): Promise<ExitCode> => {
  if (args.text('to') !== undefined)
    throw usageFailure('--to goes with --all, --kind or --folder; one job net is printed.', 'export');
  const revision = args.integer('revision');
  const client = await api();
  const yaml =
    revision === undefined
      ? await client.call('exportNet', { params: { name } })
      : await client.call('exportNetRevision', { params: { name, revision } });
  if (out.json) await out.result({ net: name, ...(revision !== undefined && { revision }), yaml }, () => []);
  else await out.write(yaml.endsWith('\n') ? yaml : `${yaml}\n`);
  return exitCodes.ok;
};

const load = async (api: ApiClient, { args }: CommandContext): Promise<readonly ExportedDefinition[]> => {
  const kind = args.text('kind');
  const folder = args.text('folder');
  const filter = { ...(kind !== undefined && { kind }), ...(folder !== undefined && { folder }) };
  const page = await collect(
    (query) => api.call('exportDefinitions', { query: { ...filter, ...query } }),
    exportedMax,
  );
  return page.items;
};

const exportTo = async (
  folder: string,
  definitions: readonly ExportedDefinition[],
  context: CommandContext,
): Promise<ExitCode> => {
  const { args, out } = context;
  const whole = args.flag('all');
  if (args.flag('prune') && !whole)
    throw usageFailure('--prune goes with --all: what is not exported is not gone.', 'export');
  await mkdir(folder, { recursive: true }).catch(refuseFolder(folder));
  const present = await compareFolder(folder, context);
  // Of a part, what else lies there is none of our business.
  const steps = planExport(definitions, present).filter(
    (step) => whole || step.do === 'write' || step.do === 'keep' || !step.says.endsWith('is not in force'),
  );
  const removals = steps.filter((step) => step.do === 'remove');
  if (args.flag('prune') && removals.length > 0) await confirmRemovals(folder, removals, context);
  for (const step of steps) await carryOut(step, { folder, context });
  const count = (what: ExportStep['do']): number => steps.filter((step) => step.do === what).length;
  const told = count('tell') + (args.flag('prune') ? 0 : count('remove'));
  await out.result(
    {
      folder,
      written: count('write'),
      kept: count('keep'),
      removed: args.flag('prune') ? removals.length : 0,
      left: told,
      steps: steps
        .filter((step) => step.do !== 'keep')
        .map(({ do: what, path: file }) => ({ do: what, file })),
    },
    () =>
      `${count('write')} written, ${count('keep')} unchanged${args.flag('prune') ? `, ${removals.length} removed` : ''} in ${folder}.`,
  );
  return count('tell') > 0 ? exitCodes.refused : exitCodes.ok;
};

/** What the files that are there would change, by paths below the folder. */
const compareFolder = async (
  folder: string,
  context: CommandContext,
): Promise<readonly DefinitionComparison[]> => {
  const found = await filesBelow(folder);
  if (found.length === 0) return [];
  const files = (await readDefinitionSet(found, context.ports.stdin)).map(({ name, text }) => ({
    name: path.relative(folder, name).split(path.sep).join('/'),
    text,
  }));
  const api = await context.api();
  const compared: DefinitionComparison[] = [];
  // An empty file says nothing.
  for (const part of inParts(files.filter(({ text }) => text.trim() !== '')))
    compared.push(
      ...(await api.call('compareDefinitions', { body: { files: [...part], prune: null } })).changes,
    );
  return compared;
};

const carryOut = async (
  step: ExportStep,
  { folder, context: { args, out } }: { readonly folder: string; readonly context: CommandContext },
): Promise<void> => {
  const file = path.join(folder, ...step.path.split('/'));
  switch (step.do) {
    case 'keep':
      return;
    case 'write':
      await writeWhole(file, step.text);
      out.note(`${step.isNew ? 'new     ' : 'changed '} ${step.path}`);
      return;
    case 'remove':
      if (args.flag('prune')) await unlink(file);
      out.note(
        args.flag('prune')
          ? `removed  ${step.path}`
          : `left     ${step.path}: ${step.says}; --prune removes it`,
      );
      return;
    case 'tell':
      out.error(`${step.path}: ${step.says}; change it by hand, or give each definition a file of its own.`);
  }
};

/** Never half a file, whatever happens meanwhile. */
const writeWhole = async (file: string, text: string): Promise<void> => {
  const half = `${file}.${process.pid}.new`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(half, text);
    await rename(half, file);
  } catch (error) {
    refuseFolder(file)(error);
  }
};

const refuseFolder =
  (file: string) =>
  (error: unknown): never => {
    throw new Failure(`${file} cannot be written: ${(error as Error).message}.`, {
      exitCode: exitCodes.refused,
      code: 'unwritable',
      cause: error,
    });
  };

const confirmRemovals = async (
  folder: string,
  removals: readonly ExportStep[],
  context: CommandContext,
): Promise<void> =>
  confirm(
    {
      explains: [
        'These files hold definitions that are not in force and would be removed:',
        ...removals.map((step) => `  ${step.path}`),
      ],
      question: `Remove ${removals.length} ${removals.length === 1 ? 'file' : 'files'}?`,
      command: `nezuban export --all --to ${shellWord(folder)} --prune --yes`,
    },
    context,
  );
