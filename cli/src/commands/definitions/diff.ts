// `nezuban diff`: what applying files would change, as a unified diff of each definition against what is in force.
import type { DefinitionComparison } from '@nezuban/protocol/api/definitions-operations';
import { exitCodes } from '../../exit-codes.ts';
import { visible } from '../../output/visible.ts';
import type { CommandContext, CommandRun } from '../command.ts';
import { inParts, readDefinitionSet } from './definition-files.ts';
import { unifiedDiff, type DiffLine } from './unified-diff.ts';

export const run: CommandRun = async (context) => {
  const { args, out, ports } = context;
  const files = await readDefinitionSet(args.positionals('FILE'), ports.stdin);
  const prune = args.text('prune') ?? null;
  const api = await context.api();
  const parts = prune === null ? inParts(files) : [files];
  const changes: DefinitionComparison[] = [];
  for (const part of parts)
    changes.push(...(await api.call('compareDefinitions', { body: { files: [...part], prune } })).changes);
  const different = changes.filter(({ change }) => change !== 'unchanged');
  await out.result({ different: different.length > 0, changes: changes.map(toDocument) }, () =>
    different.flatMap((change) => render(change, context)),
  );
  out.note(sumOf(changes));
  return different.length > 0 ? exitCodes.different : exitCodes.ok;
};

const linesOf = ({ before, after }: DefinitionComparison): readonly DiffLine[] =>
  unifiedDiff(before ?? '', after ?? '');

const toDocument = (comparison: DefinitionComparison) => {
  const { kind, name, change, file, line } = comparison;
  const diff =
    change === 'unchanged'
      ? null
      : linesOf(comparison)
          .map(({ text }) => text)
          .join('\n');
  return { kind, name, change, file, line, diff };
};

const styles = { '+': 'green', '-': 'red', '@': 'cyan', ' ': undefined } as const;

const render = (comparison: DefinitionComparison, { out }: CommandContext): readonly string[] => {
  const { kind, name, change, file, line } = comparison;
  const label = `${kind} ${name}`;
  const place = file === null ? '' : ` (${file}${line === null ? '' : `:${line}`})`;
  return [
    out.paint('bold', visible(`${label}: would be ${change}${place}`)),
    `--- ${change === 'created' ? '/dev/null' : visible(`in force: ${label}`)}`,
    `+++ ${change === 'deleted' ? '/dev/null' : visible(file ?? label)}`,
    ...linesOf(comparison).map(({ type, text }) => {
      const style = styles[type];
      return style === undefined ? visible(text) : out.paint(style, visible(text));
    }),
    '',
  ];
};

const sumOf = (changes: readonly DefinitionComparison[]): string => {
  const counts = (['created', 'updated', 'deleted', 'unchanged'] as const).flatMap((change) => {
    const count = changes.filter((each) => each.change === change).length;
    return count === 0 ? [] : [`${count} ${change === 'unchanged' ? change : `would be ${change}`}`];
  });
  return `${changes.length} ${changes.length === 1 ? 'definition' : 'definitions'}: ${counts.join(', ')}.`;
};
