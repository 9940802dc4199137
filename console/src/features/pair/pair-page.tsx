// The page of the pair: in one sentence how it is, then what is missing, both hosts, who votes, and how the master has changed.
// A single manager is told how to become a pair.
import { Group, Paper, Stack, Text } from '@mantine/core';
import { IconUsersGroup } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { PairStatus } from '@nezuban/protocol/pair/status';
import { pairPollMs } from '../../api/queries.ts';
import { useBackend } from '../../app/backend.tsx';
import { CommandLine } from '../../components/copy-button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Page } from '../../components/page.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import type { Status } from '../../components/status.ts';
import { useNow } from '../../components/ticker.tsx';
import { useFormat } from '../../components/use-format.ts';
import { PairActions } from './pair-actions.tsx';
import { PairAdvice } from './pair-advice.tsx';
import { PairHistory } from './pair-history.tsx';
import { PairPicture } from './pair-picture.tsx';
import { PairSummary } from './pair-summary.tsx';
import { PairVoters } from './pair-voters.tsx';
import { redundancyStatus } from './pair-view.ts';
import { SwitchNotice } from './switch-notice.tsx';
import { useSwitchOrder } from './use-switch-order.ts';
import './pair.css';

/** Data older than this are said to be: three polls have found nobody. */
const freshMs = 7_000;

export const PairPage = () => {
  const { t } = useTranslation();
  const { queries, live } = useBackend();
  const { data, error, isPending, refetch, dataUpdatedAt } = useQuery(queries.pair(pairPollMs.page));
  const switching = useSwitchOrder();
  // Somebody answers: a stream that was lost with the old master need not wait out its pause.
  useEffect(() => live.retryNow(), [live, dataUpdatedAt]);
  if (data === undefined)
    return (
      <Page title={t('pair.title')}>
        {isPending ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />}
      </Page>
    );
  const isPair = data.mode === 'pair';
  return (
    <Page
      title={t('pair.title')}
      aside={<StatusBadge status={redundancyStatus(data)} />}
      {...(isPair ? { description: <PairSummary status={data} /> } : {})}
      actions={isPair && <PairActions status={data} switching={switching} />}
    >
      <Age at={dataUpdatedAt} />
      <SwitchNotice status={data} switching={switching} />
      {isPair ? <Pair status={data} /> : <Single status={data} />}
    </Page>
  );
};

/** The connection banner tells of the connection; this tells of what is shown. */
const Age = ({ at }: { readonly at: number }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  if (now - at < freshMs) return null;
  return (
    <Text size="sm" c="dimmed">
      {t('pair.asOf', { time: format.instant(new Date(at).toISOString()) })}
    </Text>
  );
};

const Pair = ({ status }: { readonly status: PairStatus }) => (
  <>
    <Marks status={status} />
    <PairAdvice status={status} />
    <PairPicture status={status} />
    <PairVoters status={status} />
    <PairHistory history={status.history} />
  </>
);

/** What the newest roster says of itself, each a tone and an icon. */
const marks = {
  forced: { tone: 'critical', icon: 'abnormal', label: 'pair.marks.forced' },
  lossy: { tone: 'warning', icon: 'warning', label: 'pair.marks.lossy' },
  asymmetric: { tone: 'warning', icon: 'warning', label: 'pair.marks.asymmetric' },
  changingVoters: { tone: 'active', icon: 'starting', label: 'pair.marks.changing' },
} as const satisfies Record<string, Status>;
const markNames = ['forced', 'lossy', 'asymmetric', 'changingVoters'] as const;

const Marks = ({ status: { roster } }: { readonly status: PairStatus }) => {
  const shown = markNames.filter((name) => roster?.[name] === true);
  if (shown.length === 0) return null;
  return (
    <Group gap="xs">
      {shown.map((name) => (
        <StatusBadge key={name} status={marks[name]} />
      ))}
    </Group>
  );
};

const Single = ({ status }: { readonly status: PairStatus }) => {
  const { t } = useTranslation();
  return (
    <>
      <Paper withBorder p="md">
        <EmptyState icon={<IconUsersGroup />} title={t('pair.single.title')} text={t('pair.single.text')}>
          <Stack component="ol" gap="md" className="nz-steps">
            <li>
              <Text size="sm" mb={6}>
                {t('pair.single.first')}
              </Text>
              <CommandLine command="nezuban pair create" />
            </li>
            <li>
              <Text size="sm">{t('pair.single.second')}</Text>
            </li>
            <li>
              <Text size="sm">{t('pair.single.third')}</Text>
            </li>
          </Stack>
        </EmptyState>
      </Paper>
      {status.history.length > 0 && <PairHistory history={status.history} />}
    </>
  );
};
