// `nezuban net releases`: planned and past releases, the newest planned first.
import type { NetRelease } from '@nezuban/protocol/jobs/net-version';
import { collect } from '../../api/pages.ts';
import { formatInstant } from '../../output/time.ts';
import type { CommandRun } from '../command.ts';

const limitDefault = 20;

export const run: CommandRun = async (context) => {
  const { args, out } = context;
  const [net] = args.positionals('NET');
  const state = args.texts('state');
  const api = await context.api();
  const page = await collect(
    (query) =>
      api.call('listNetReleases', {
        query: {
          ...query,
          ...(net !== undefined && { net }),
          ...(state.length > 0 && { state: [...state] as NetRelease['state'][] }),
        },
      }),
    args.integer('limit') ?? limitDefault,
  );
  await out.result(page, () => {
    if (page.items.length === 0) return 'No release.';
    return out.table(
      [
        { title: 'RELEASE', align: 'right' },
        { title: 'NET' },
        { title: 'REVISION', align: 'right' },
        { title: 'AT' },
        { title: 'STATE' },
        { title: 'BY' },
        { title: 'REMARK', flexible: true },
      ],
      page.items.map((release) => [
        String(release.id),
        release.net,
        String(release.revision),
        formatInstant(release.at),
        release.state,
        release.plannedBy,
        remarkOf(release),
      ]),
    );
  });
};

const outcomes = {
  in_force: null,
  unchanged: 'the content was in force already',
  changed: 'the net had been changed',
  invalid: 'not valid',
  cancelled: 'cancelled',
  net_deleted: 'the net was deleted',
} as const;

const remarkOf = (release: NetRelease): string => {
  const { changedSince, ifChanged, outcome, detail, releasedRevision, closedBy, reason } = release;
  const parts = [
    changedSince && ifChanged === 'refuse' ? 'the net has been changed: it would be refused now' : null,
    releasedRevision === null ? null : `as revision ${releasedRevision}`,
    outcome === null ? null : outcomes[outcome],
    outcome === 'cancelled' || outcome === 'net_deleted' ? `by ${closedBy ?? ''}` : null,
    detail,
    reason,
  ];
  return parts.filter((part) => part !== null && part !== '').join('; ');
};
