// When a rule tells: bands of weekdays and times of day, and those in which it is silent.
import { ActionIcon, Button, Checkbox, Group, Select, Stack, Text } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { weekdays } from '@nezuban/protocol/calendars/weekday';
import { ruleLimits } from '@nezuban/protocol/notifications/rule';
import { useCalendarNames } from '../known-names.ts';
import { valueAt, type Draft } from './draft.ts';
import { useDraftForm } from './draft-form.tsx';
import { ChoiceAt, listOf, TextAt } from './fields.tsx';

const zoneHere = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
const zones = (): readonly string[] => [
  ...new Set([zoneHere(), 'UTC', ...Intl.supportedValuesOf('timeZone')]),
];

export const TimesFields = () => {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      <Bands kind="only" label={t('notify.times.only')} hint={t('notify.times.onlyHint')} />
      <Bands kind="except" label={t('notify.times.except')} hint={t('notify.times.exceptHint')} />
      <ChoiceAt
        path="times.timezone"
        label={t('notify.times.timezone')}
        orElse="UTC"
        searchable
        data={zones().map((value) => ({ value, label: value }))}
      />
    </Stack>
  );
};

type BandCalendarProps = {
  readonly path: string;
  readonly band: Draft;
  readonly names: readonly string[];
};

/** The calendar whose days a band goes by, and which of them. */
const BandCalendar = ({ path, band, names }: BandCalendarProps) => {
  const { t } = useTranslation();
  const form = useDraftForm();
  const chosen = typeof band['calendar'] === 'string' ? band['calendar'] : null;
  const known = chosen === null || names.includes(chosen) ? names : [chosen, ...names];
  if (known.length === 0) return null;
  return (
    <Group gap="xs" align="flex-start" wrap="nowrap">
      <Select
        label={t('calendars.band.calendar')}
        placeholder={t('calendars.band.none')}
        data={[...known]}
        clearable
        searchable
        value={chosen}
        onChange={(value) => {
          // Its days stand in for those of the week, which can be chosen besides.
          const { calendar: _calendar, on: _on, weekdays: _weekdays, ...rest } = band;
          form.set(path, value === null ? rest : { ...rest, calendar: value, on: band['on'] ?? 'open' });
        }}
      />
      {chosen !== null && (
        <Select
          label={t('calendars.band.on')}
          allowDeselect={false}
          data={(['open', 'closed'] as const).map((value) => ({
            value,
            label: t(`calendars.band.${value}`),
          }))}
          value={band['on'] === 'closed' ? 'closed' : 'open'}
          onChange={(value) => form.set(`${path}.on`, value ?? 'open')}
        />
      )}
    </Group>
  );
};

type BandsProps = { readonly kind: 'only' | 'except'; readonly label: string; readonly hint: string };

const Bands = ({ kind, label, hint }: BandsProps) => {
  const { t } = useTranslation();
  const form = useDraftForm();
  const names = useCalendarNames();
  const path = `times.${kind}`;
  const raw = valueAt(form.draft, path);
  const bands = Array.isArray(raw) ? (raw as readonly Draft[]) : [];
  const setBands = (next: readonly Draft[]) => {
    const times: Draft = (valueAt(form.draft, 'times') as Draft | undefined) ?? {};
    const timezone = times['timezone'] ?? zoneHere();
    const after: Draft = { timezone, ...times, [kind]: next.length === 0 ? undefined : next };
    const isUsed = after['only'] !== undefined || after['except'] !== undefined;
    form.set('times', isUsed ? after : undefined);
  };
  return (
    <div role="group" aria-label={label}>
      <Text size="sm" fw={500}>
        {label}
      </Text>
      <Text size="xs" c="dimmed">
        {hint}
      </Text>
      <Stack gap="xs" mt={6}>
        {bands.map((band, index) => (
          // A band has no name; its place in the list is what it is known by.
          <Group key={index} gap="sm" align="flex-end" className="nz-band">
            <Checkbox.Group
              label={t('notify.times.weekdays')}
              value={listOf(band['weekdays'])}
              onChange={(value) =>
                form.set(
                  `${path}.${index}.weekdays`,
                  weekdays.filter((day) => value.includes(day)),
                )
              }
            >
              <Group gap="md" mt={4}>
                {weekdays.map((day) => (
                  <Checkbox key={day} size="xs" value={day} label={t(`notify.weekday.${day}`)} />
                ))}
              </Group>
            </Checkbox.Group>
            <BandCalendar path={`${path}.${index}`} band={band} names={names} />
            <Group gap="xs" align="flex-start" wrap="nowrap">
              <TextAt path={`${path}.${index}.from`} label={t('notify.times.from')} placeholder="00:00" />
              <TextAt path={`${path}.${index}.to`} label={t('notify.times.to')} placeholder="24:00" />
              <ActionIcon
                variant="default"
                mt={26}
                aria-label={t('notify.times.remove', { number: index + 1 })}
                onClick={() => setBands(bands.toSpliced(index, 1))}
              >
                <IconX size={15} aria-hidden="true" />
              </ActionIcon>
            </Group>
          </Group>
        ))}
        {bands.length < ruleLimits.bandsMax && (
          <Group>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconPlus size={14} aria-hidden="true" />}
              onClick={() =>
                setBands([
                  ...bands,
                  kind === 'only'
                    ? { weekdays: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '18:00' }
                    : { from: '00:00', to: '06:00' },
                ])
              }
            >
              {t(`notify.times.add.${kind}`)}
            </Button>
          </Group>
        )}
      </Stack>
    </div>
  );
};
