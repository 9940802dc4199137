// Plans a maintenance window: where, when, and what it does. What more a file can hold is for "nezuban apply".
import {
  Autocomplete,
  Button,
  Checkbox,
  Group,
  Modal,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  TextInput,
} from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { WindowPlace } from '@nezuban/protocol/operations/maintenance-window';
import { placeKinds, type PlaceKind } from '@nezuban/protocol/operations/place';
import { useBackend } from '../../app/backend.tsx';
import { FormError } from '../../components/error-state.tsx';
import { usePlaceNames } from './freeze-dialog.tsx';

/** Minutes of a new recurring window. */
const durationAtFirst = 60;

const windowPlaceOf = (kind: PlaceKind, name: string): WindowPlace => {
  switch (kind) {
    case 'manager':
      return { manager: true };
    case 'folder':
      return { folder: name };
    case 'net':
      return { net: name };
    case 'scope':
      return { scope: name };
    case 'node':
      return { node: name };
  }
};

export const NewWindowButton = () => {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        {t('operate.windows.add')}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={t('operate.windows.form.title')}
        closeButtonProps={{ 'aria-label': t('actions.close') }}
      >
        {opened && <WindowForm onDone={() => setOpened(false)} />}
      </Modal>
    </>
  );
};

const WindowForm = ({ onDone }: { readonly onDone: () => void }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const [draft, setDraft] = useState({
    name: '',
    place: '',
    reason: '',
    start: '',
    end: '',
    cron: '',
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  const [kind, setKind] = useState<PlaceKind>('scope');
  const [mode, setMode] = useState<'once' | 'again'>('once');
  const [minutes, setMinutes] = useState<number>(durationAtFirst);
  const [freezes, setFreezes] = useState(true);
  const [mutes, setMutes] = useState(true);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const names = usePlaceNames(kind);
  const change = (field: keyof typeof draft) => (value: string) =>
    setDraft((before) => ({ ...before, [field]: value }));
  const field = (of: keyof typeof draft) => ({
    value: draft[of],
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      change(of)(event.currentTarget.value),
  });
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const { name, reason, timezone, start, end, cron } = draft;
      await api.call('putMaintenanceWindow', {
        params: { name },
        ifMatch: null,
        body: {
          kind: 'maintenance_window',
          name,
          ...(reason.trim() === '' ? {} : { reason }),
          places: [windowPlaceOf(kind, draft.place.trim())],
          timezone,
          ...(mode === 'once' ? { start, end } : { cron, duration_min: minutes }),
          effects: [...(freezes ? (['freeze'] as const) : []), ...(mutes ? (['mute'] as const) : [])],
        },
      });
      await client.invalidateQueries({ queryKey: ['operations'] });
      notifications.show({
        message: t('operate.windows.form.done', { name }),
        color: 'green',
        autoClose: 4000,
      });
      onDone();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <FormError error={error} />
        <TextInput
          label={t('operate.windows.form.name')}
          required
          autoComplete="off"
          data-autofocus
          {...field('name')}
        />
        <Select
          label={t('operate.windows.form.kind')}
          value={kind}
          allowDeselect={false}
          onChange={(value) => {
            setKind(placeKinds.find((each) => each === value) ?? 'scope');
            change('place')('');
          }}
          data={placeKinds.map((value) => ({ value, label: t(`operate.kind.${value}`) }))}
        />
        {kind !== 'manager' && (
          <Autocomplete
            label={t('operate.windows.form.place')}
            value={draft.place}
            onChange={change('place')}
            data={[...names]}
            limit={50}
            required
            autoComplete="off"
          />
        )}
        <TextInput label={t('operate.windows.form.reason')} maxLength={500} {...field('reason')} />
        <SegmentedControl
          aria-label={t('operate.windows.form.mode')}
          value={mode}
          onChange={(value) => setMode(value === 'again' ? 'again' : 'once')}
          data={[
            { value: 'once', label: t('operate.windows.form.once') },
            { value: 'again', label: t('operate.windows.form.again') },
          ]}
        />
        {mode === 'once' ? (
          <Group grow align="flex-start">
            <TextInput
              type="datetime-local"
              label={t('operate.windows.form.start')}
              required
              {...field('start')}
            />
            <TextInput
              type="datetime-local"
              label={t('operate.windows.form.end')}
              required
              {...field('end')}
            />
          </Group>
        ) : (
          <>
            <TextInput
              label={t('operate.windows.form.cron')}
              description={t('operate.windows.form.cronHint')}
              required
              {...field('cron')}
            />
            <NumberInput
              label={t('operate.windows.form.duration')}
              min={1}
              max={10_080}
              required
              value={minutes}
              onChange={(value) => setMinutes(Number(value))}
            />
          </>
        )}
        <TextInput label={t('operate.windows.form.timezone')} required {...field('timezone')} />
        <fieldset className="nz-plain-fieldset">
          <legend>{t('operate.windows.form.effects')}</legend>
          <Stack gap={6}>
            <Checkbox
              label={t('operate.windows.form.freeze')}
              checked={freezes}
              onChange={(event) => setFreezes(event.currentTarget.checked)}
            />
            <Checkbox
              label={t('operate.windows.form.mute')}
              checked={mutes}
              onChange={(event) => setMutes(event.currentTarget.checked)}
            />
          </Stack>
        </fieldset>
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('actions.cancel')}
          </Button>
          <Button type="submit" loading={busy} disabled={!freezes && !mutes}>
            {t('operate.windows.form.submit')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
