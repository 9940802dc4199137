// `nezuban net history`: the revisions of a job net, newest first.
import type { NetRevisionSummary } from '@nezuban/protocol/jobs/net-version';
import { collect, listItemsMax } from '../../api/pages.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

const limitDefault = 20;

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const name = args.positional('NET');
  const api = await context.api();
  const page = await collect(
    (query) => api.call('listNetRevisions', { params: { name }, query }),
    args.integer('limit') ?? limitDefault,
  );
  await out.result(page, () =>
    out.table(
      [
        { title: 'REVISION', align: 'right' },
        { title: 'WHEN' },
        { title: 'BY' },
        { title: 'HOW' },
        { title: '' },
        { title: 'REASON', flexible: true },
      ],
      page.items.map((revision) => [
        String(revision.revision),
        formatInstant(revision.createdAt),
        revision.createdBy,
        howOf(revision),
        stateOf(revision),
        reasonOf(revision),
      ]),
    ),
  );
  if (page.nextCursor !== null)
    out.note(
      `There are more: nezuban net history ${name} --limit ${Math.min(page.items.length * 5, listItemsMax)}`,
    );
};

const howOf = ({ kind, fromRevision }: NetRevisionSummary): string =>
  fromRevision === null ? kind : `${kind} of ${fromRevision}`;

const stateOf = ({ inForce, deleted, kind }: NetRevisionSummary): string => {
  if (inForce) return 'in force';
  if (deleted !== null) return 'deleted';
  if (kind === 'session') return 'one session';
  return kind === 'prepare' ? 'prepared' : '';
};

const reasonOf = ({ reason, deleted }: NetRevisionSummary): string =>
  [
    reason,
    deleted === null
      ? null
      : `deleted ${formatInstant(deleted.at)} by ${deleted.by}${deleted.reason === null ? '' : `: ${deleted.reason}`}`,
  ]
    .filter((part) => part !== null)
    .join('; ');
