// Makes or changes a queue, lock or limit of a node: its places, and other numbers at times of the day. In force at once.
import { Button, Group, Modal, NumberInput, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import {
  limitKinds,
  type LimitDefinition,
  type LimitKind,
  type LimitSummary,
} from '@nezuban/protocol/jobs/control/limit';
import { useBackend } from '../../app/backend.tsx';
import { FormError } from '../../components/error-state.tsx';

type Props = {
  /** Null: a new one. */
  readonly limit: LimitSummary | null;
  readonly opened: boolean;
  readonly onClose: () => void;
};

export const LimitForm = ({ limit, opened, onClose }: Props) => {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={limit === null ? t('places.new.title') : t('places.editTitle', { name: limit.name })}
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      {opened && <Form limit={limit} onClose={onClose} />}
    </Modal>
  );
};

/** One `HH:MM-HH:MM: NUMBER` a line, as in a YAML file. */
const bandsText = (definition: LimitDefinition | null): string =>
  definition === null || definition.kind === 'lock'
    ? ''
    : Object.entries(definition.by_time ?? {})
        .map(([time, places]) => `${time}: ${places}`)
        .join('\n');

const bandsOf = (text: string): Record<string, number> => {
  const bands: Record<string, number> = {};
  for (const line of text.split('\n')) {
    const cut = line.lastIndexOf(':');
    if (line.trim() !== '') bands[line.slice(0, cut).trim()] = Number(line.slice(cut + 1));
  }
  return bands;
};

const Form = ({ limit, onClose }: Pick<Props, 'limit' | 'onClose'>) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const [kind, setKind] = useState<LimitKind>(limit?.kind ?? 'queue');
  const [name, setName] = useState(limit?.name ?? '');
  const [title, setTitle] = useState(limit?.title ?? '');
  const [places, setPlaces] = useState<number | string>(limit?.definition?.places ?? 1);
  const [bands, setBands] = useState(bandsText(limit?.definition ?? null));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    const byTime = bandsOf(bands);
    const before = limit?.definition;
    const timezone =
      before !== undefined && before !== null && before.kind !== 'lock'
        ? before.timezone
        : Intl.DateTimeFormat().resolvedOptions().timeZone;
    const base = {
      name: name.trim(),
      ...(title.trim() === '' ? {} : { title: title.trim() }),
      ...(before?.description === undefined ? {} : { description: before.description }),
      places: Number(places),
    };
    const timed = { ...base, timezone, ...(Object.keys(byTime).length === 0 ? {} : { by_time: byTime }) };
    try {
      const params = { kind, name: base.name };
      await api.call('putLimit', {
        params,
        ifMatch: limit === null ? null : `"${limit.revision}"`,
        body: kind === 'lock' ? { kind, ...base } : { kind, ...timed },
      });
      await client.invalidateQueries({ queryKey: ['limits'] });
      onClose();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <FormError error={error} />
        {limit === null && (
          <Select
            label={t('places.field.kind')}
            allowDeselect={false}
            data={limitKinds.map((value) => ({ value, label: t(`places.kind.${value}`) }))}
            value={kind}
            onChange={(value) => setKind(limitKinds.find((each) => each === value) ?? 'queue')}
          />
        )}
        <TextInput
          label={t('places.field.name')}
          description={t(`places.nameHint.${kind}`)}
          required
          disabled={limit !== null}
          autoComplete="off"
          data-autofocus={limit === null ? true : undefined}
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={t('places.field.title')}
          maxLength={200}
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <NumberInput
          label={t('places.field.places')}
          required
          min={kind === 'lock' ? 1 : 0}
          max={kind === 'node_limit' ? 200 : 10_000}
          allowDecimal={false}
          data-autofocus={limit === null ? undefined : true}
          value={places}
          onChange={setPlaces}
        />
        {kind !== 'lock' && (
          <Textarea
            label={t('places.field.byTime')}
            description={t('places.byTimeHint')}
            autosize
            minRows={2}
            maxRows={8}
            spellCheck={false}
            value={bands}
            onChange={(event) => setBands(event.currentTarget.value)}
          />
        )}
        <Text size="xs" c="dimmed">
          {t('places.atOnce')}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('actions.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('places.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};
