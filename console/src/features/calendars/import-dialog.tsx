// Holidays from a file: chosen, shown what they would change, then put into the calendar. The manager reads the file; nothing is guessed here.
import { Button, Checkbox, FileButton, Group, Modal, Stack, Text } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HolidayImport } from '@nezuban/protocol/api/calendar-operations';
import { calendarLimits } from '@nezuban/protocol/calendars/calendar';
import { useBackend } from '../../app/backend.tsx';
import { FormError } from '../../components/error-state.tsx';
import { useFormat } from '../../components/use-format.ts';
import { useDateText } from './use-date-text.ts';

type Props = { readonly name: string; readonly onClose: () => void };

export const ImportDialog = ({ name, onClose }: Props) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const [content, setContent] = useState<string | null>(null);
  const [fileName, setFileName] = useState('');
  const [removeMissing, setRemoveMissing] = useState(false);
  const [planned, setPlanned] = useState<HolidayImport | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const ask = async (body: { content: string; dryRun: boolean; removeMissing: boolean }) => {
    setBusy(true);
    setError(null);
    try {
      return await api.call('importHolidays', { params: { name }, body });
    } catch (failure) {
      setError(failure);
      return null;
    } finally {
      setBusy(false);
    }
  };
  const show = async (of: string, remove: boolean) =>
    setPlanned(await ask({ content: of, dryRun: true, removeMissing: remove }));
  const choose = async (file: File | null) => {
    if (file === null) return;
    setFileName(file.name);
    setPlanned(null);
    if (file.size > calendarLimits.importBytesMax)
      return setError(new Error(t('calendars.import.tooLarge', { bytes: calendarLimits.importBytesMax })));
    const text = base64Of(new Uint8Array(await file.arrayBuffer()));
    setContent(text);
    await show(text, removeMissing);
  };
  const apply = async () => {
    if (content === null) return;
    const done = await ask({ content, dryRun: false, removeMissing });
    if (done === null) return;
    await client.invalidateQueries({ queryKey: ['calendar', name] });
    await client.invalidateQueries({ queryKey: ['listCalendars'] });
    onClose();
  };
  const count = planned === null ? 0 : planned.changes.filter(({ change }) => isChange(change)).length;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('calendars.import.title', { name })}
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      <Stack gap="sm">
        <Text size="sm">{t('calendars.import.text')}</Text>
        <Group>
          <FileButton onChange={(file) => void choose(file)} accept=".csv,.ics,text/csv,text/calendar">
            {(props) => (
              <Button
                variant="default"
                leftSection={<IconFileImport size={15} aria-hidden="true" />}
                loading={busy}
                data-autofocus
                {...props}
              >
                {t('calendars.import.choose')}
              </Button>
            )}
          </FileButton>
          <Text size="sm">{fileName}</Text>
        </Group>
        <Checkbox
          label={t('calendars.import.removeMissing')}
          description={t('calendars.import.removeMissingHint')}
          checked={removeMissing}
          onChange={(event) => {
            const { checked } = event.currentTarget;
            setRemoveMissing(checked);
            if (content !== null) void show(content, checked);
          }}
        />
        <FormError error={error} />
        {planned !== null && <Planned planned={planned} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('actions.cancel')}
          </Button>
          <Button disabled={count === 0} loading={busy} onClick={() => void apply()}>
            {t('calendars.import.apply', { count })}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
};

const isChange = (change: HolidayImport['changes'][number]['change']): boolean =>
  change !== 'missing' && change !== 'kept_open';

const Planned = ({ planned }: { readonly planned: HolidayImport }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const text = useDateText();
  return (
    <div role="status">
      <Text size="sm" mb="xs">
        {t('calendars.import.found', {
          holidays: format.number(planned.holidays),
          unchanged: format.number(planned.unchanged),
        })}
      </Text>
      {planned.changes.length > 0 && (
        <div
          className="nz-scroll-x nz-import-list"
          role="region"
          aria-label={t('calendars.import.changes')}
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls: the keyboard must reach it
          tabIndex={0}
        >
          <table className="nz-table">
            <thead>
              <tr>
                <th scope="col">{t('calendars.entry.date')}</th>
                <th scope="col">{t('calendars.entry.name')}</th>
                <th scope="col">{t('calendars.import.change')}</th>
              </tr>
            </thead>
            <tbody>
              {planned.changes.map(({ date, name, change, before }) => (
                <tr key={`${date} ${change}`}>
                  <td>{text.short(date)}</td>
                  <td>{name ?? '–'}</td>
                  <td>
                    {t(`calendars.import.kind.${change}`)}
                    {before !== null && ` ${t('calendars.import.before', { name: before })}`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {planned.skipped.length > 0 && (
        <Text size="sm" c="dimmed" mt="xs">
          {t('calendars.import.skipped', { count: planned.skipped.length })}
        </Text>
      )}
    </div>
  );
};

/** Bytes at once: more arguments than this break some browsers. */
const chunkBytes = 8_192;
const base64Of = (bytes: Uint8Array): string => {
  let binary = '';
  for (let at = 0; at < bytes.length; at += chunkBytes)
    binary += String.fromCharCode(...bytes.subarray(at, at + chunkBytes));
  return btoa(binary);
};
