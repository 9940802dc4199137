// What a calendar says beside its days: title, what it inherits, zone, begin of the business day, and the week.
import { Checkbox, Group, Select, SimpleGrid, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { CalendarDefinition } from '@nezuban/protocol/calendars/calendar';
import { weekdays } from '@nezuban/protocol/calendars/weekday';

type Props = {
  readonly draft: CalendarDefinition;
  readonly onChange: (next: CalendarDefinition) => void;
  readonly disabled: boolean;
  /** Names of the calendars that it may inherit from. */
  readonly others: readonly string[];
};

export const CalendarFields = ({ draft, onChange, disabled, others }: Props) => {
  const { t } = useTranslation();
  const zones = useMemo(() => ['UTC', ...Intl.supportedValuesOf('timeZone')], []);
  /** A key that is emptied is left out. */
  const set = (change: Partial<Record<keyof CalendarDefinition, unknown>>) => {
    const merged = { ...draft, ...change };
    onChange(
      Object.fromEntries(
        Object.entries(merged).filter(([, value]) => value !== undefined),
      ) as CalendarDefinition,
    );
  };
  const orNone = (text: string): string | undefined => (text === '' ? undefined : text);
  const week = draft.week ?? weekdays.slice(0, 5);
  const inherits = draft.inherits !== undefined;
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <TextInput
          label={t('calendars.field.title')}
          maxLength={200}
          disabled={disabled}
          value={draft.title ?? ''}
          onChange={(event) => set({ title: orNone(event.currentTarget.value) })}
        />
        <Select
          label={t('calendars.field.inherits')}
          description={t('calendars.field.inheritsHint')}
          data={[...others]}
          clearable
          searchable
          disabled={disabled}
          value={draft.inherits ?? null}
          onChange={(value) => set({ inherits: value ?? undefined })}
        />
        <Select
          label={t('calendars.field.timezone')}
          data={zones}
          searchable
          clearable
          disabled={disabled}
          placeholder={t(inherits ? 'calendars.field.asAbove' : 'calendars.field.utc')}
          value={draft.timezone ?? null}
          onChange={(value) => set({ timezone: value ?? undefined })}
        />
        <TextInput
          type="time"
          label={t('calendars.field.dayStarts')}
          description={t('calendars.field.dayStartsHint')}
          disabled={disabled}
          value={draft.day_starts ?? ''}
          onChange={(event) => set({ day_starts: orNone(event.currentTarget.value) })}
        />
      </SimpleGrid>
      <div>
        {inherits && (
          <Switch
            mb="xs"
            label={t('calendars.field.ownWeek')}
            disabled={disabled}
            checked={draft.week !== undefined}
            onChange={(event) =>
              set({ week: event.currentTarget.checked ? weekdays.slice(0, 5) : undefined })
            }
          />
        )}
        {(!inherits || draft.week !== undefined) && (
          <Checkbox.Group
            label={t('calendars.field.week')}
            value={[...week]}
            onChange={(value) => set({ week: weekdays.filter((day) => value.includes(day)) })}
          >
            <Group gap="md" mt={4}>
              {weekdays.map((day) => (
                <Checkbox
                  key={day}
                  value={day}
                  label={t(`calendars.weekdayShort.${day}`)}
                  disabled={disabled}
                />
              ))}
            </Group>
          </Checkbox.Group>
        )}
      </div>
      <Textarea
        label={t('calendars.field.description')}
        autosize
        minRows={2}
        maxLength={10_000}
        disabled={disabled}
        value={draft.description ?? ''}
        onChange={(event) => set({ description: orNone(event.currentTarget.value) })}
      />
    </Stack>
  );
};
