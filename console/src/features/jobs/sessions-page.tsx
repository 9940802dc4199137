// All sessions, newest first, filtered by state and how they ended.
import { Group, MultiSelect } from '@mantine/core';
import { IconListDetails } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { endStatuses, type EndStatus } from '@nezuban/protocol/jobs/end-status';
import { sessionStates, type SessionState } from '@nezuban/protocol/jobs/session';
import { useBackend } from '../../app/backend.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { QueryList } from '../../components/query-list.tsx';
import { SessionTable } from './session-table.tsx';

export const SessionsPage = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const navigate = useNavigate({ from: '/sessions' });
  const { net, state, end } = useSearch({ from: '/gate/sessions' });
  const options = useMemo(
    () =>
      queries.sessions({
        ...(net === undefined ? {} : { net }),
        ...(state === undefined ? {} : { state }),
        ...(end === undefined ? {} : { end_status: end }),
      }),
    [queries, net, state, end],
  );
  const filtered = net !== undefined || state !== undefined || end !== undefined;
  const setFilter = (change: {
    state?: readonly SessionState[] | undefined;
    end?: readonly EndStatus[] | undefined;
  }) => void navigate({ search: (before) => ({ ...before, ...change }) as never, replace: true });
  return (
    <Page
      title={t('sessions.title')}
      fill
      {...(net === undefined ? {} : { description: t('sessions.ofNet', { net }) })}
    >
      <Group gap="sm">
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
