// All calendars: whether today is open, who uses them, and which run out of holidays; and a new one.
import { Button, Group, Modal, Paper, Stack, Text, TextInput } from '@mantine/core';
import { IconCalendarMonth, IconPlus } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { CalendarView } from '@nezuban/protocol/api/calendar-operations';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState, FormError } from '../../components/error-state.tsx';
import { Page } from '../../components/page.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { Needs } from '../access/forbidden.tsx';
import { useDateText } from './use-date-text.ts';
import './calendars.css';

export const CalendarsPage = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const mayWrite = useMay('calendars.write');
  const mayRead = useMay('calendars.read');
  const { data, error, refetch } = useQuery({ ...queries.calendars(), enabled: mayRead });
  return (
    <Page
      title={t('calendars.title')}
      description={t('calendars.description')}
      actions={mayWrite && <NewCalendar />}
    >
      <Needs right="calendars.read">
        {data === undefined &&
          (error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />)}
        {data?.length === 0 && (
          <EmptyState
            icon={<IconCalendarMonth />}
            title={t('calendars.none.title')}
            text={t('calendars.none.text')}
          />
        )}
        {data !== undefined && data.length > 0 && <CalendarTable calendars={data} />}
      </Needs>
    </Page>
  );
};

const CalendarTable = ({ calendars }: { readonly calendars: readonly CalendarView[] }) => {
  const { t } = useTranslation();
  const text = useDateText();
  return (
    <Paper withBorder>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls sideways on narrow screens */}
      <div className="nz-scroll-x" tabIndex={0} role="region" aria-label={t('calendars.title')}>
        <table className="nz-table">
          <thead>
            <tr>
              <th scope="col">{t('calendars.columns.name')}</th>
              <th scope="col">{t('calendars.columns.today')}</th>
              <th scope="col">{t('calendars.columns.dayStarts')}</th>
              <th scope="col">{t('calendars.columns.lastDay')}</th>
              <th scope="col">{t('calendars.columns.uses')}</th>
            </tr>
          </thead>
          <tbody>
            {calendars.map((view) => {
              const { name, title, inherits } = view.calendar;
              return (
                <tr key={name}>
                  <td>
                    <Link to="/calendar/$name" params={{ name }}>
                      <strong>{title ?? name}</strong>
                    </Link>
                    <Text size="xs" c="dimmed">
                      {title !== undefined && name}
                      {title !== undefined && inherits !== undefined && ' · '}
                      {inherits !== undefined && t('calendars.columns.inherits', { name: inherits })}
                    </Text>
                  </td>
                  <td>
                    <span className="nz-status" data-tone={view.todayOpen ? 'normal' : 'neutral'}>
                      {t(view.todayOpen ? 'calendars.state.open' : 'calendars.state.closed')}
                    </span>
                  </td>
                  <td>
                    {view.dayStarts}{' '}
                    <Text span size="sm" c="dimmed">
                      {view.timezone}
                    </Text>
                  </td>
                  <td>
                    {view.lastDay === null ? '–' : text.short(view.lastDay)}{' '}
                    {view.ending && (
                      <span className="nz-status" data-tone="warning">
                        {t('calendars.columns.ending')}
                      </span>
                    )}
                  </td>
                  <td>{view.uses.length + view.usesHidden}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Paper>
  );
};

const NewCalendar = () => {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button leftSection={<IconPlus size={15} aria-hidden="true" />} onClick={() => setOpened(true)}>
        {t('calendars.new.action')}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={t('calendars.new.title')}
        closeButtonProps={{ 'aria-label': t('actions.close') }}
      >
        {opened && <NewForm onClose={() => setOpened(false)} />}
      </Modal>
    </>
  );
};

const NewForm = ({ onClose }: { readonly onClose: () => void }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [title, setTitle] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await api.call('putCalendar', {
        params: { name },
        ifMatch: null,
        body: {
          kind: 'calendar',
          name,
          ...(title.trim() === '' ? {} : { title: title.trim() }),
          timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        },
      });
      await client.invalidateQueries({ queryKey: ['listCalendars'] });
      await navigate({ to: '/calendar/$name', params: { name } });
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <FormError error={error} />
        <TextInput
          label={t('calendars.new.name')}
          description={t('calendars.new.nameHint')}
          required
          autoComplete="off"
          data-autofocus
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={t('calendars.field.title')}
          maxLength={200}
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('actions.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('calendars.new.submit')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
