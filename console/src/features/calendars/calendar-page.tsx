// One calendar: the picture of a year in which days are opened and closed, what else it says, who uses it, holidays from a file.
import { Alert, Anchor, Button, Group, Stack } from '@mantine/core';
import { IconAlertTriangle, IconFileImport, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { createCalendarBook } from '@nezuban/core/calendars/calendar';
import { judgeCalendar } from '@nezuban/core/calendars/judge-calendar';
import type { CalendarView } from '@nezuban/protocol/api/calendar-operations';
import type { CalendarDefinition } from '@nezuban/protocol/calendars/calendar';
import { saidIn } from '../../i18n/said.ts';
import { etagOf } from '../../api/client.ts';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { useConfirm } from '../../components/confirm.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { FormBar } from '../../components/form-bar.tsx';
import { LookOnly } from '../../components/look-only.tsx';
import { Page } from '../../components/page.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { Section } from '../../components/section.tsx';
import { Instant } from '../../components/times.tsx';
import { useAction } from '../../components/use-action.ts';
import { useVersionedForm, type Versioned } from '../../components/use-versioned-form.ts';
import { Needs } from '../access/forbidden.tsx';
import { AddDaysDialog } from './add-days-dialog.tsx';
import { CalendarFields } from './calendar-fields.tsx';
import { DayDialog } from './day-dialog.tsx';
import { addEntry, removeEntry, setDay } from './edit-days.ts';
import { EntryList } from './entry-list.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { UseList } from './use-list.tsx';
import type { YearDay } from './year-model.ts';
import { YearView } from './year-view.tsx';
import './calendars.css';

export const CalendarPage = () => {
  const { t } = useTranslation();
  const { name } = useParams({ from: '/gate/calendar/$name' });
  const { queries } = useBackend();
  const { data: view, error, refetch } = useQuery(queries.calendar(name));
  const { data: all } = useQuery(queries.calendars());
  return (
    <Page
      title={view?.calendar.title ?? name}
      description={
        <>
          <Anchor
            size="sm"
            underline="always"
            renderRoot={(props: object) => <Link to="/calendars" {...props} />}
          >
            {t('calendars.back')}
          </Anchor>{' '}
          {view !== undefined && (
            <>
              · {name} · {t('calendars.changed', { user: view.updatedBy })} <Instant at={view.updatedAt} />
            </>
          )}
        </>
      }
      actions={view !== undefined && <CalendarActions view={view} />}
    >
      <Needs right="calendars.read">
        {view === undefined || all === undefined ? (
          error === null ? (
            <ListSkeleton />
          ) : (
            <ErrorState error={error} onRetry={() => void refetch()} />
          )
        ) : (
          <CalendarForm key={name} view={view} all={all} />
        )}
      </Needs>
    </Page>
  );
};

const toVersioned = ({ calendar, revision }: CalendarView): Versioned<CalendarDefinition> => ({
  draft: calendar,
  revision,
});

type FormProps = { readonly view: CalendarView; readonly all: readonly CalendarView[] };

const CalendarForm = ({ view, all }: FormProps) => {
  const { t, i18n } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const mayWrite = useMay('calendars.write');
  const { name } = view.calendar;
  const reload = async () => {
    await client.invalidateQueries({ queryKey: ['calendar', name] });
    await client.invalidateQueries({ queryKey: ['listCalendars'] });
  };
  const form = useVersionedForm<CalendarDefinition>({
    loaded: toVersioned(view),
    reload,
    save: async (draft, over) => {
      const saved = await api.call('putCalendar', {
        params: { name },
        body: draft,
        ifMatch: over === null ? null : etagOf(over),
      });
      await reload();
      return toVersioned(saved);
    },
  });
  const { draft, change } = form;
  const [year, setYear] = useState(() => Number(view.today.slice(0, 4)));
  const [opened, setOpened] = useState<YearDay | null>(null);
  const [adding, setAdding] = useState(false);
  const calendar = useMemo(() => {
    const definitions = new Map(all.map((each) => [each.calendar.name, each.calendar]));
    return createCalendarBook(definitions.set(name, draft)).find(name);
  }, [all, draft, name]);
  const issues = useMemo(() => judgeCalendar(draft), [draft]);
  if (calendar === null) return null;
  return (
    <Stack gap="md">
      <LookOnly right="calendars.write" />
      {view.ending && (
        <Alert color="yellow" icon={<IconAlertTriangle aria-hidden="true" />} p="sm">
          {t('calendars.ending', { day: view.lastDay ?? '' })}
        </Alert>
      )}
      <Section
        title={t('calendars.days.title')}
        text={t('calendars.days.text')}
        actions={
          mayWrite && (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconPlus size={14} aria-hidden="true" />}
              onClick={() => setAdding(true)}
            >
              {t('calendars.add.action')}
            </Button>
          )
        }
      >
        <YearView
          calendar={calendar}
          year={year}
          onYear={setYear}
          today={view.today}
          onDay={mayWrite ? setOpened : undefined}
        />
      </Section>
      <Section title={t('calendars.entry.title', { year })}>
        <EntryList
          lists={draft}
          year={year}
          onRemove={mayWrite ? (list, index) => change(removeEntry(draft, list, index)) : undefined}
        />
      </Section>
      <Section title={t('calendars.field.heading')}>
        <CalendarFields
          draft={draft}
          onChange={change}
          disabled={!mayWrite}
          others={all.map((each) => each.calendar.name).filter((other) => other !== name)}
        />
      </Section>
      <Section title={t('calendars.uses.title')}>
        <UseList view={view} />
      </Section>
      {mayWrite && (form.changed || form.conflict || form.undo !== null) && (
        <div className="nz-calendar-bar">
          {issues.length > 0 && (
            <Alert color="red" p="sm" mb="sm" role="alert">
              {issues.map((issue) => saidIn(issue, i18n.language)).join(' ')}
            </Alert>
          )}
          <FormBar
            form={form}
            changedBy={view.updatedBy}
            invalid={issues.length > 0}
            saveLabel={t('calendars.save')}
          />
        </div>
      )}
      {opened !== null && (
        <DayDialog
          day={opened}
          lists={draft}
          onClose={() => setOpened(null)}
          onSet={(choice, text) => {
            change(setDay(draft, opened.date, { choice, name: text }));
            setOpened(null);
          }}
        />
      )}
      {adding && (
        <AddDaysDialog
          year={year}
          onClose={() => setAdding(false)}
          onAdd={(entry) => {
            change(addEntry(draft, entry));
            setAdding(false);
          }}
        />
      )}
    </Stack>
  );
};

const CalendarActions = ({ view }: { readonly view: CalendarView }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const navigate = useNavigate();
  const confirm = useConfirm();
  const mayWrite = useMay('calendars.write');
  const { busy, run } = useAction();
  const [importing, setImporting] = useState(false);
  const { name } = view.calendar;
  if (!mayWrite) return null;
  const remove = async () => {
    const agreed = await confirm({
      title: t('calendars.delete.title', { name }),
      text: t('calendars.delete.text'),
      confirmLabel: t('actions.delete'),
      danger: true,
    });
    if (!agreed) return;
    const gone = await run(
      () => api.call('deleteCalendar', { params: { name }, ifMatch: etagOf(view.revision) }),
      t('calendars.delete.done', { name }),
    );
    if (!gone) return void client.invalidateQueries({ queryKey: ['calendar', name] });
    await navigate({ to: '/calendars', ignoreBlocker: true });
    await client.invalidateQueries({ queryKey: ['listCalendars'] });
  };
  return (
    <Group gap="xs">
      <Button
        leftSection={<IconFileImport size={15} aria-hidden="true" />}
        variant="default"
        onClick={() => setImporting(true)}
      >
        {t('calendars.import.action')}
      </Button>
      <Button
        variant="default"
        loading={busy}
        leftSection={<IconTrash size={15} aria-hidden="true" />}
        onClick={() => void remove()}
      >
        {t('actions.delete')}
      </Button>
      {importing && <ImportDialog name={name} onClose={() => setImporting(false)} />}
    </Group>
  );
};
