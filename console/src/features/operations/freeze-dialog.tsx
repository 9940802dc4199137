// Freezes a place: which one, why, and until when; says beforehand what that means.
import {
  Autocomplete,
  Button,
  Group,
  Modal,
  SegmentedControl,
  Select,
  Stack,
  Text,
  Textarea,
} from '@mantine/core';
import { IconSnowflake } from '@tabler/icons-react';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { notifications } from '@mantine/notifications';
import { placeKinds, type Place, type PlaceKind } from '@nezuban/protocol/operations/place';
import { useBackend } from '../../app/backend.tsx';
import { FormError } from '../../components/error-state.tsx';
import { placeText } from './place-text.ts';

const ends = [
  { value: 'never', minutes: null },
  { value: 'm30', minutes: 30 },
  { value: 'h1', minutes: 60 },
  { value: 'h2', minutes: 120 },
  { value: 'h4', minutes: 240 },
  { value: 'h8', minutes: 480 },
  { value: 'h24', minutes: 1440 },
] as const;

export const FreezeButton = () => {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button leftSection={<IconSnowflake size={16} aria-hidden="true" />} onClick={() => setOpened(true)}>
        {t('operate.freeze.open')}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={t('operate.freeze.title')}
        closeButtonProps={{ 'aria-label': t('actions.close') }}
      >
        {opened && <FreezeForm onDone={() => setOpened(false)} />}
      </Modal>
    </>
  );
};

/** What there is of a kind, for choosing by its name. Folders come from the names of nets. */
export const usePlaceNames = (kind: PlaceKind): readonly string[] => {
  const { queries } = useBackend();
  const nodes = useInfiniteQuery({ ...queries.nodes(), enabled: kind === 'node' });
  const scopes = useInfiniteQuery({ ...queries.scopes(), enabled: kind === 'scope' });
  const nets = useInfiniteQuery({ ...queries.nets(), enabled: kind === 'net' || kind === 'folder' });
  const namesOf = (pages: readonly { readonly items: readonly { readonly name: string }[] }[] | undefined) =>
    pages?.flatMap(({ items }) => items.map(({ name }) => name)) ?? [];
  switch (kind) {
    case 'manager':
      return [];
    case 'node':
      return namesOf(nodes.data?.pages);
    case 'scope':
      return namesOf(scopes.data?.pages);
    case 'net':
      return namesOf(nets.data?.pages);
    case 'folder':
      return [
        ...new Set(
          namesOf(nets.data?.pages).flatMap((name) =>
            name.includes('/') ? [name.slice(0, name.lastIndexOf('/'))] : [],
          ),
        ),
      ];
  }
};

export const toPlaceOf = (kind: PlaceKind, name: string): Place =>
  kind === 'manager' ? { kind, name: null } : { kind, name: name.trim() };

const FreezeForm = ({ onDone }: { readonly onDone: () => void }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const [kind, setKind] = useState<PlaceKind>('node');
  const [name, setName] = useState('');
  const [reason, setReason] = useState('');
  const [until, setUntil] = useState<string>('never');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const names = usePlaceNames(kind);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    const minutes = ends.find(({ value }) => value === until)?.minutes ?? null;
    try {
      const place = toPlaceOf(kind, name);
      const end = minutes === null ? {} : { until: new Date(Date.now() + minutes * 60_000).toISOString() };
      await api.call('freeze', { body: { place, reason, ...end } });
      await client.invalidateQueries({ queryKey: ['operations'] });
      notifications.show({
        message: t('operate.freeze.done', { place: placeText(t, place) }),
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
  const ofCommands = kind === 'node' || kind === 'scope';
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <FormError error={error} />
        <SegmentedControl
          aria-label={t('operate.freeze.kind')}
          fullWidth
          orientation="horizontal"
          className="nz-place-kinds"
          value={kind}
          onChange={(value) => {
            setKind(placeKinds.find((each) => each === value) ?? 'node');
            setName('');
          }}
          data={[...placeKinds].map((value) => ({ value, label: t(`operate.kind.${value}`) }))}
        />
        {kind !== 'manager' && (
          <Autocomplete
            label={t('operate.freeze.name')}
            value={name}
            onChange={setName}
            data={[...names]}
            limit={50}
            required
            autoComplete="off"
            data-autofocus
          />
        )}
        <Textarea
          label={t('operate.freeze.reason')}
          description={t('operate.freeze.reasonHint')}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          required
          maxLength={500}
          autosize
          minRows={2}
        />
        <Select
          label={t('operate.freeze.until')}
          value={until}
          onChange={(value) => setUntil(value ?? 'never')}
          allowDeselect={false}
          data={ends.map(({ value }) => ({ value, label: t(`operate.freeze.ends.${value}`) }))}
        />
        <Text size="sm" c="dimmed">
          {t(ofCommands ? 'operate.freeze.effect.commands' : 'operate.freeze.effect.sessions')}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('actions.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('operate.freeze.submit')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
