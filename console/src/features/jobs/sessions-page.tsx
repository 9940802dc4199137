// All sessions, newest first, filtered by state, how they ended, and by a time in which they ran, were begun or ended.
import { Group, MultiSelect, Select } from '@mantine/core';
import { IconListDetails } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { endStatuses, type EndStatus } from '@nezuban/protocol/jobs/end-status';
import {
  sessionStates,
  sessionTimes,
  type SessionState,
  type SessionTime,
} from '@nezuban/protocol/jobs/session';
import { useBackend } from '../../app/backend.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { QueryList } from '../../components/query-list.tsx';
import { TimeField } from '../../components/time-field.tsx';
import { SessionTable } from './session-table.tsx';

export const SessionsPage = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const navigate = useNavigate({ from: '/sessions' });
  const { net, state, end, time, from, to } = useSearch({ from: '/gate/sessions' });
  const options = useMemo(
    () =>
      queries.sessions({
        ...(net === undefined ? {} : { net }),
        ...(state === undefined ? {} : { state }),
        ...(end === undefined ? {} : { end_status: end }),
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
        ...(time === undefined ? {} : { time }),
      }),
    [queries, net, state, end, time, from, to],
  );
  const filtered = [net, state, end, from, to].some((each) => each !== undefined);
  const setFilter = (change: {
    state?: readonly SessionState[] | undefined;
    end?: readonly EndStatus[] | undefined;
    time?: SessionTime | undefined;
    from?: string | undefined;
    to?: string | undefined;
  }) => void navigate({ search: (before) => ({ ...before, ...change }) as never, replace: true });
  return (
    <Page
      title={t('sessions.title')}
      fill
      {...(net === undefined ? {} : { description: t('sessions.ofNet', { net }) })}
    >
      <Group gap="sm" align="flex-end">
        <MultiSelect
          aria-label={t('sessions.filter.state')}
          placeholder={state === undefined ? t('sessions.filter.state') : ''}
          value={[...(state ?? [])]}
          onChange={(value) => setFilter({ state: value.length === 0 ? undefined : value })}
          data={sessionStates.map((value) => ({ value, label: t(`status.session.${value}`) }))}
          clearable
          miw={140}
          flex="0 1 190px"
        />
        <MultiSelect
          aria-label={t('sessions.filter.end')}
          placeholder={end === undefined ? t('sessions.filter.end') : ''}
          value={[...(end ?? [])]}
          onChange={(value) => setFilter({ end: value.length === 0 ? undefined : value })}
          data={endStatuses.map((value) => ({ value, label: t(`status.end.${value}`) }))}
          clearable
          miw={140}
          flex="0 1 190px"
        />
        <Select
          label={t('sessions.filter.time')}
          value={time ?? 'begun'}
          onChange={(value) =>
            setFilter({ time: sessionTimes.find((each) => each === value && each !== 'begun') })
          }
          data={sessionTimes.map((value) => ({ value, label: t(`sessions.filter.times.${value}`) }))}
          allowDeselect={false}
          w={170}
        />
        <TimeField
          label={t('sessions.filter.from')}
          value={from}
          onChange={(value) => setFilter({ from: value })}
        />
        <TimeField
          label={t('sessions.filter.to')}
          value={to}
          onChange={(value) => setFilter({ to: value })}
        />
      </Group>
      <QueryList
        options={options}
        empty={
          filtered ? (
            <EmptyState
              icon={<IconListDetails />}
              title={t('sessions.none.filtered')}
              text={t('sessions.none.filteredText')}
            />
          ) : (
            <EmptyState
              icon={<IconListDetails />}
              title={t('sessions.none.title')}
              text={t('sessions.none.text')}
            />
          )
        }
      >
        {({ items, loadMore, footer }) => (
          <SessionTable sessions={items} onEndReached={loadMore} footer={footer} />
        )}
      </QueryList>
    </Page>
  );
};
