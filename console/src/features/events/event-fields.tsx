// Fields of the user on an event: from rules of trap monitors or written by people. Shown, and edited in place with a way back.
import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { EventView } from '@nezuban/protocol/events/event';
import type { EventSettings } from '@nezuban/protocol/events/event-settings';
import type { Pages } from '../../api/live-patch.ts';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { Facts } from '../../components/facts.tsx';
import { useAction } from '../../components/use-action.ts';
import { showUndo } from './use-confirm-events.tsx';

type Props = { readonly event: EventView; readonly mayEdit: boolean };
type Change = Readonly<Record<string, string | null>>;

export const EventFields = ({ event, mayEdit }: Props) => {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  const { known, titleOf } = useKnownFields();
  const { busy, save } = useSaveFields(event);
  const names = Object.keys(event.fields);
  // What rules gave besides can be read only. Who may not see the settings tries those that are there.
  const editable = known ?? names;
  if (names.length === 0 && !mayEdit) return null;
  return (
    <section aria-label={t('event.fields.title')} className="nz-event-part">
      <Group gap="xs" mb={4}>
        <Text fw={600} size="sm" component="h2">
          {t('event.fields.title')}
        </Text>
        {mayEdit && !editing && editable.length > 0 && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('event.fields.edit')}
            title={t('event.fields.edit')}
            onClick={() => setEditing(true)}
          >
            <IconPencil size={16} aria-hidden="true" />
          </ActionIcon>
        )}
      </Group>
      {editing ? (
        <FieldForm
          event={event}
          names={editable}
          titleOf={titleOf}
          busy={busy}
          onSave={async (change) => {
            if (await save(change)) setEditing(false);
          }}
          onCancel={() => setEditing(false)}
        />
      ) : names.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t(mayEdit && editable.length === 0 ? 'event.fields.noneDefined' : 'event.fields.none')}
        </Text>
      ) : (
        <Facts
          facts={names.map((name) => [
            titleOf(name),
            <span key={name} className="nz-break">
              {event.fields[name]}
            </span>,
          ])}
        />
      )}
    </section>
  );
};

type FormProps = {
  readonly event: EventView;
  readonly names: readonly string[];
  readonly titleOf: (name: string) => string;
  readonly busy: boolean;
  readonly onSave: (change: Change) => Promise<void>;
  readonly onCancel: () => void;
};

const FieldForm = ({ event, names, titleOf, busy, onSave, onCancel }: FormProps) => {
  const { t } = useTranslation();
  const [values, setValues] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(names.map((name) => [name, event.fields[name] ?? ''])),
  );
  const submit = (submitted: SubmitEvent<HTMLFormElement>) => {
    submitted.preventDefault();
    void onSave(changeOf(event.fields, values));
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        {Object.entries(values).map(([name, value]) => (
          <TextInput
            key={name}
            label={titleOf(name)}
            aria-label={t('event.fields.value', { name: titleOf(name) })}
            value={value}
            maxLength={2000}
            onChange={(change) => setValues({ ...values, [name]: change.currentTarget.value })}
          />
        ))}
        <Text size="xs" c="dimmed">
          {t('event.fields.hint')}
        </Text>
        <Group gap="xs">
          <Button size="xs" type="submit" loading={busy}>
            {t('actions.save')}
          </Button>
          <Button size="xs" variant="default" onClick={onCancel}>
            {t('actions.cancel')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};

/** What differs; an empty value takes a field away. */
const changeOf = (before: EventView['fields'], values: Readonly<Record<string, string>>): Change =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([name, value]) => value !== (before[name] ?? ''))
      .map(([name, value]) => [name, value === '' ? null : value]),
  );

/** Those that the settings name, with their titles; who may not see settings sees the names. */
const useKnownFields = () => {
  const { i18n } = useTranslation();
  const { queries } = useBackend();
  const may = useMay('settings.read');
  const { data } = useQuery({ ...queries.settings('events'), enabled: may });
  const set = (data?.values as Partial<EventSettings> | undefined)?.fields;
  const fields = set ?? [];
  const titleOf = (name: string): string => {
    const field = fields.find((each) => each.name === name);
    return (i18n.language === 'ja' ? (field?.title_ja ?? field?.title) : field?.title) ?? name;
  };
  return { known: set?.map(({ name }) => String(name)), titleOf };
};

const useSaveFields = (event: EventView) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const { busy, run } = useAction();
  const put = async (fields: Change): Promise<void> => {
    const saved = await api.call('setEventFields', { params: { id: event.id }, body: { fields } });
    client.setQueryData<EventView>(['event', event.id], (before) => (before === undefined ? before : saved));
    for (const query of client.getQueryCache().findAll({ queryKey: ['listEvents'] }))
      client.setQueryData<Pages<EventView>>(query.queryKey, (list) =>
        list === undefined
          ? list
          : {
              ...list,
              pages: list.pages.map((page) =>
                page.items.some(({ id }) => id === saved.id)
                  ? { ...page, items: page.items.map((item) => (item.id === saved.id ? saved : item)) }
                  : page,
              ),
            },
      );
  };
  const save = async (change: Change): Promise<boolean> => {
    if (Object.keys(change).length === 0) return true;
    const back = Object.fromEntries(Object.keys(change).map((name) => [name, event.fields[name] ?? null]));
    if (!(await run(() => put(change)))) return false;
    showUndo({
      text: t('event.fields.saved'),
      label: t('actions.undo'),
      undo: () => void run(() => put(back), t('event.fields.undone')),
    });
    return true;
  };
  return { busy, save };
};
