// The coming starts of a job net that somebody has prepared, moved or left out: what is changed, by whom and why, and how to take it back. Part of
// the net's page; nothing where nothing is changed. `PreparedMark` is the mark beside a start in other lists.
import { Badge, Paper, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { StartPreparation } from '@nezuban/protocol/jobs/start-preparation';
import { useBackend } from '../../../app/backend.tsx';
import { Instant } from '../../../components/times.tsx';
import { useFormat } from '../../../components/use-format.ts';
import { StartChangeMenu } from './start-change.tsx';
import { isMeant } from './start-words.ts';
import './prepare-start.css';

export const ChangedStarts = ({ net }: { readonly net: string }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useBackend();
  const items = useQuery(queries.startPreparations(net)).data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Paper withBorder p="md">
      <Title order={2} size="h5" mb="xs">
        {t('prepare.list.title')}
      </Title>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls sideways on narrow screens */}
      <div className="nz-scroll-x" tabIndex={0} role="region" aria-label={t('prepare.list.title')}>
        <table className="nz-table">
          <thead>
            <tr>
              <th scope="col">{t('prepare.list.start')}</th>
              <th scope="col">{t('prepare.list.schedule')}</th>
              <th scope="col">{t('prepare.list.what')}</th>
              <th scope="col">{t('prepare.list.by')}</th>
              <th scope="col">{t('prepare.list.reason')}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <tr key={`${item.schedule} ${item.at}`}>
                <td className="nz-nowrap">
                  <Instant at={item.movedTo ?? item.at} />
                  <StartChangeMenu net={net} schedule={item.schedule} at={item.at} />
                </td>
                <td>{item.schedule}</td>
                <td className="nz-changed-words">
                  {wordsOf(t, item, format.instant).map((words) => (
                    <div key={words}>{words}</div>
                  ))}
                </td>
                <td className="nz-nowrap">{item.by}</td>
                <td className="nz-changed-words">{item.reason ?? '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Paper>
  );
};

/** Beside a start of a schedule at this time: nothing where nothing was said of it. */
export const PreparedMark = ({
  net,
  schedule,
  at,
}: {
  readonly net: string;
  readonly schedule: string;
  readonly at: string;
}) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const item = useQuery(queries.startPreparations(net)).data?.items.find((each) =>
    isMeant(each, { schedule, at }),
  );
  if (item === undefined) return null;
  const left = item.movedTo === null ? item.leftOut : 'moved';
  return (
    <>
      {left !== null && (
        <Badge size="sm" color="gray" variant="light">
          {t(`prepare.mark.${left}`)}
        </Badge>
      )}{' '}
      {item.wish !== null && (
        <Badge
          size="sm"
          color="blue"
          variant="light"
          title={`${t('prepare.mark.preparedBy', { by: item.by })}${item.reason === null ? '' : `: ${item.reason}`}`}
        >
          {t('prepare.mark.prepared')}
        </Badge>
      )}
    </>
  );
};

const wordsOf = (
  t: TFunction,
  { at, movedTo, leftOut, wish }: StartPreparation,
  sayInstant: (at: string) => string,
): string[] => [
  ...(movedTo === null ? [] : [t('prepare.list.movedTo', { at: sayInstant(at) })]),
  ...(movedTo === null && leftOut !== null ? [t(`prepare.mark.${leftOut}`)] : []),
  ...(wish?.hold === true ? [t('prepare.list.suspended')] : []),
  ...Object.entries(wish?.units ?? {}).map(([unit, change]) =>
    t('prepare.list.unit', { unit, change: t(`prepare.changes.${change}`) }),
  ),
  ...Object.entries(wish?.parameters ?? {}).map(
    ([name, value]) => `${name} = ${value ?? t('prepare.list.secret')}`,
  ),
  ...(wish?.priority === undefined ? [] : [t('prepare.list.priority', { priority: wish.priority })]),
];
