// `nezuban net diff`: what differs between two revisions, first by parts, then as a unified diff of their YAML.
import type { NetPartChange, NetRevisionSummary } from '@nezuban/protocol/jobs/net-version';
import { exitCodes } from '../../exit-codes.ts';
import { visible } from '../../output/visible.ts';
import type { CommandRun } from '../command.ts';
import { unifiedDiff } from '../definitions/unified-diff.ts';

const signs = { added: '+', removed: '-', changed: '~' } as const;
const signStyles = { added: 'green', removed: 'red', changed: 'yellow' } as const;
const lineStyles = { '+': 'green', '-': 'red', '@': 'cyan', ' ': undefined } as const;

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const name = args.positional('NET');
  const [from] = args.positionals('A');
  const [to] = args.positionals('B');
  const api = await context.api();
  const difference = await api.call('diffNetRevisions', {
    params: { name },
    query: { ...(from !== undefined && { from }), ...(to !== undefined && { to }) },
  });
  const { before, after, changes } = difference;
  const lines = unifiedDiff(before, after);
  const document = {
    net: name,
    from: difference.from.revision,
    to: difference.to.revision,
    different: lines.length > 0,
    changes,
    diff: lines.map(({ text }) => text).join('\n'),
  };
  await out.result(document, () => {
    if (lines.length === 0)
      return `Revisions ${difference.from.revision} and ${difference.to.revision} of ${name} are the same.`;
    return [
      ...changes.map((change) => out.paint(signStyles[change.change], visible(wordsOf(change)))),
      '',
      `--- ${visible(headingOf(difference.from))}`,
      `+++ ${visible(headingOf(difference.to))}`,
      ...lines.map(({ type, text }) => {
        const style = lineStyles[type];
        return style === undefined ? visible(text) : out.paint(style, visible(text));
      }),
    ];
  });
  return lines.length === 0 ? exitCodes.ok : exitCodes.different;
};

const wordsOf = ({ part, name, change, fields }: NetPartChange): string => {
  const which = change === 'changed' ? ` (${fields.map(({ field }) => field).join(', ')})` : '';
  return `${signs[change]} ${part} ${name}${which}`;
};

const headingOf = ({ net, revision, createdAt, createdBy, reason }: NetRevisionSummary): string =>
  `${net} revision ${revision}, ${createdAt} by ${createdBy}${reason === null ? '' : `: ${reason}`}`;
