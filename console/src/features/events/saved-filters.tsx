// Saved filters in a bar over the stream: one's own and those for everybody. A press applies one; the present filter can be saved under a name.
import { ActionIcon, Button, Group, Menu, Modal, Stack, Switch, TextInput } from '@mantine/core';
import { IconBookmark, IconBookmarkPlus, IconChevronDown, IconUsers } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { SavedFilter } from '@nezuban/protocol/events/event-filter';
import type { EventsFilter } from '../../api/queries.ts';
import { useBackend } from '../../app/backend.tsx';
import { parseEventsSearch, type EventsSearch } from '../../app/search.ts';
import { useMay } from '../../app/use-may.ts';
import { useAction } from '../../components/use-action.ts';
import { showUndo } from './use-confirm-events.tsx';

type Props = {
  readonly filter: EventsFilter;
  readonly onApply: (filter: EventsSearch) => void;
};

export const SavedFilters = ({ filter, onApply }: Props) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data } = useQuery(queries.eventFilters());
  const [saving, setSaving] = useState(false);
  const present = plain(filter);
  const isEmpty = Object.keys(filter).length === 0;
  if (data === undefined || (data.length === 0 && isEmpty)) return null;
  return (
    <Group gap="xs" role="group" aria-label={t('events.saved.label')} className="nz-saved">
      {data.map((saved) => (
        <Saved
          key={`${saved.owner} ${saved.name}`}
          saved={saved}
          isPresent={plain(parseEventsSearch(saved.filter)) === present}
          filter={filter}
          onApply={onApply}
        />
      ))}
      {!isEmpty && (
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconBookmarkPlus size={15} aria-hidden="true" />}
          onClick={() => setSaving(true)}
        >
          {t('events.saved.save')}
        </Button>
      )}
      <Modal
        opened={saving}
        onClose={() => setSaving(false)}
        title={t('events.saved.saveTitle')}
        closeButtonProps={{ 'aria-label': t('actions.close') }}
      >
        {saving && <SaveForm filter={filter} onClose={() => setSaving(false)} />}
      </Modal>
    </Group>
  );
};

/** Two filters say the same if this is the same. */
const plain = (filter: object): string =>
  JSON.stringify(Object.entries(filter).toSorted(([a], [b]) => (a < b ? -1 : 1)));

type SavedProps = Props & { readonly saved: SavedFilter; readonly isPresent: boolean };

const Saved = ({ saved, isPresent, filter, onApply }: SavedProps) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data: me } = useQuery(queries.me());
  const isAdmin = useMay('settings.write');
  const { busy, put, remove } = useSavedFilters();
  const isOwn = saved.owner === me?.user;
  const title = saved.shared
    ? t('events.saved.sharedBy', { name: saved.name, user: saved.owner })
    : saved.name;
  return (
    <Group gap={0} wrap="nowrap">
      <Button
        size="compact-sm"
        variant={isPresent ? 'filled' : 'default'}
        aria-pressed={isPresent}
        title={title}
        leftSection={
          saved.shared ? (
            <IconUsers size={14} aria-hidden="true" />
          ) : (
            <IconBookmark size={14} aria-hidden="true" />
          )
        }
        onClick={() => onApply(isPresent ? {} : parseEventsSearch(saved.filter))}
      >
        {saved.name}
      </Button>
      {(isOwn || isAdmin) && (
        <Menu position="bottom-start">
          <Menu.Target>
            <ActionIcon
              size={26}
              variant="subtle"
              color="gray"
              disabled={busy}
              aria-label={t('events.saved.manage', { name: saved.name })}
            >
              <IconChevronDown size={14} aria-hidden="true" />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {isOwn && !isPresent && Object.keys(filter).length > 0 && (
              <Menu.Item
                onClick={() =>
                  void put(
                    { name: saved.name, shared: saved.shared, filter },
                    t('events.saved.done', { name: saved.name }),
                  )
                }
              >
                {t('events.saved.overwrite')}
              </Menu.Item>
            )}
            <Menu.Item onClick={() => void remove(saved, isOwn)}>{t('events.saved.delete')}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </Group>
  );
};

const SaveForm = ({ filter, onClose }: { readonly filter: EventsFilter; readonly onClose: () => void }) => {
  const { t } = useTranslation();
  const mayShare = useMay('events.confirm');
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const { busy, put } = useSavedFilters();
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = name.trim();
    void put({ name: given, shared, filter }, t('events.saved.done', { name: given })).then(
      (done) => done && onClose(),
    );
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label={t('events.saved.name')}
          description={t('events.saved.nameHint')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={100}
          required
          data-autofocus
        />
        {mayShare && (
          <Switch
            label={t('events.saved.shared')}
            description={t('events.saved.sharedHint')}
            checked={shared}
            onChange={(event) => setShared(event.currentTarget.checked)}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('actions.cancel')}
          </Button>
          <Button type="submit" loading={busy} disabled={name.trim() === ''}>
            {t('actions.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};

type Saving = { readonly name: string; readonly shared: boolean; readonly filter: object };

const useSavedFilters = () => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const { busy, run } = useAction();
  const reload = () => client.invalidateQueries({ queryKey: ['eventFilters'] });
  const put = ({ name, shared, filter }: Saving, done: string) =>
    run(async () => {
      await api.call('putEventFilter', { params: { name }, body: { filter, shared } });
      await reload();
    }, done);
  const remove = async (saved: SavedFilter, isOwn: boolean) => {
    const done = await run(async () => {
      await api.call('deleteEventFilter', { params: { name: saved.name } });
      await reload();
    });
    if (!done) return;
    const text = t('events.saved.deleted', { name: saved.name });
    // Somebody else's would become one's own by that.
    if (isOwn)
      showUndo({
        text,
        label: t('actions.undo'),
        undo: () => void put(saved, t('events.saved.done', { name: saved.name })),
      });
    else void run(() => Promise.resolve(), text);
  };
  return { busy, put, remove };
};
