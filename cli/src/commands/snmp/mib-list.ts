// `nezuban mib list`: which modules name what traps speak of.
import { collect, listItemsMax } from '../../api/pages.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';
import { problemText } from './problem-text.ts';

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const api = await context.api();
  const page = await collect((query) => api.call('listMibs', { query }), listItemsMax);
  const items = page.items.filter(({ fileName }) => fileName !== null || !args.flag('uploaded'));
  await out.result({ ...page, items }, () => {
    if (items.length === 0) return 'No MIB module was uploaded yet. Upload one with: nezuban mib import FILE';
    return [
      ...out.table(
        [
          { title: 'MODULE' },
          { title: 'DEFINITIONS', align: 'right' },
          { title: 'FILE', flexible: true },
          { title: 'UPLOADED' },
          { title: 'BY' },
          { title: 'PROBLEMS', align: 'right' },
        ],
        items.map((mib) => [
          mib.name,
          mib.definitions,
          mib.fileName ?? { text: 'built in', style: 'dim' },
          mib.uploadedAt === null ? '' : formatInstant(mib.uploadedAt),
          mib.uploadedBy ?? '',
          mib.problems.length === 0 ? '' : mib.problems.length,
        ]),
      ),
      ...items.flatMap(({ name, problems }) => problems.map((problem) => `${name}: ${problemText(problem)}`)),
    ];
  });
};
