// What the list of events is narrowed to. All of it stands in the address, so that it survives a reload and can be sent to a colleague.
import {
  Badge,
  Button,
  Collapse,
  Group,
  MultiSelect,
  NumberInput,
  Pill,
  SegmentedControl,
  Select,
  TagsInput,
  TextInput,
} from '@mantine/core';
import { IconAdjustmentsHorizontal, IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { eventCodes } from '@nezuban/protocol/events/event';
import { priorities } from '@nezuban/protocol/priority';
import { useBackend } from '../../app/backend.tsx';
import { clearedStates, type EventsSearch } from '../../app/search.ts';
import { useFieldText } from '../../components/use-field-text.ts';
import { TimeField } from '../../components/time-field.tsx';

const hourMs = 3_600_000;
const ranges = { hour: hourMs, day: 24 * hourMs, week: 168 * hourMs } as const;

export type EventsChange = { [Key in keyof EventsSearch]: EventsSearch[Key] | undefined };
type Props = { readonly filter: EventsSearch; readonly onChange: (change: EventsChange) => void };

const orNone = <Value,>(values: readonly Value[]) => (values.length === 0 ? undefined : values);

/** What is folded away, and counted on the button. */
const furtherNames = [
  'code',
  'node',
  'scope',
  'monitor',
  'key',
  'cleared',
  'field',
  'min_count',
  'from',
  'to',
] as const;
const noFurther = Object.fromEntries(furtherNames.map((name) => [name, undefined]));

export const EventFilters = ({ filter, onChange }: Props) => {
  const { t } = useTranslation();
  const further = furtherNames.filter((name) => filter[name] !== undefined);
  const [opened, setOpened] = useState(further.length > 0);
  const [text, changeText] = useFieldText(filter.q, (q) => onChange({ q }));
  return (
    <div className="nz-filters" role="search" aria-label={t('events.filter.label')}>
      <Group gap="xs">
        <TextInput
          type="search"
          id="events-search"
          aria-label={t('events.filter.text')}
          placeholder={t('events.filter.text')}
          value={text}
          onChange={(event) => changeText(event.currentTarget.value)}
          leftSection={<IconSearch size={15} aria-hidden="true" />}
          w={{ base: '100%', xs: 240 }}
        />
        <SegmentedControl
          aria-label={t('events.filter.confirm')}
          value={filter.confirm ?? 'all'}
          onChange={(value) => onChange({ confirm: value === 'all' ? undefined : value })}
          data={(['all', 'unconfirmed', 'confirming', 'confirmed'] as const).map((value) => ({
            value,
            label: t(`events.confirmState.${value}`),
          }))}
          size="sm"
        />
        <MultiSelect
          aria-label={t('events.filter.priority')}
          placeholder={filter.priority === undefined ? t('events.filter.priority') : ''}
          value={[...(filter.priority ?? [])]}
          onChange={(value) => onChange({ priority: orNone(value) })}
          data={priorities.toReversed().map((value) => ({ value, label: t(`status.priority.${value}`) }))}
          clearable
          miw={150}
        />
        <Button
          variant="default"
          leftSection={<IconAdjustmentsHorizontal size={16} aria-hidden="true" />}
          rightSection={
            further.length > 0 && (
              <Badge size="sm" circle color="night.7">
                {further.length}
              </Badge>
            )
          }
          aria-expanded={opened}
          aria-controls="events-more-filters"
          onClick={() => setOpened(!opened)}
        >
          {t('events.filter.more')}
        </Button>
        {filter.trap !== undefined && (
          <Pill
            size="lg"
            withRemoveButton
            removeButtonProps={{ 'aria-label': t('events.filter.remove'), 'aria-hidden': false, tabIndex: 0 }}
            onRemove={() => onChange({ trap: undefined })}
          >
            {t('events.filter.ofTrap', { id: filter.trap })}
          </Pill>
        )}
        {filter.session !== undefined && (
          <Pill
            size="lg"
            withRemoveButton
            removeButtonProps={{ 'aria-label': t('events.filter.remove'), 'aria-hidden': false, tabIndex: 0 }}
            onRemove={() => onChange({ session: undefined })}
          >
            {t('events.ofSession', { id: filter.session })}
          </Pill>
        )}
      </Group>
      <Collapse expanded={opened} id="events-more-filters">
        {opened && <Further filter={filter} onChange={onChange} />}
      </Collapse>
    </div>
  );
};

const Further = ({ filter, onChange }: Props) => {
  const { t } = useTranslation();
  const [node, changeNode] = useFieldText(filter.node, (next) => onChange({ node: next }));
  const [monitor, changeMonitor] = useFieldText(filter.monitor, (next) => onChange({ monitor: next }));
  const [key, changeKey] = useFieldText(filter.key, (next) => onChange({ key: next }));
  return (
    <Group gap="xs" pt="xs" align="flex-end">
      <MultiSelect
        label={t('events.filter.code')}
        value={[...(filter.code ?? [])]}
        onChange={(value) => onChange({ code: orNone(value) })}
        data={eventCodes.map((value) => ({ value, label: t(`events.code.${value}`) }))}
        clearable
        searchable
        miw={200}
        maw={360}
      />
      <TextInput
        label={t('events.columns.node')}
        value={node}
        onChange={(event) => changeNode(event.currentTarget.value)}
        w={150}
      />
      <ScopeField value={filter.scope} onChange={(scope) => onChange({ scope })} />
      <TextInput
        label={t('events.filter.monitor')}
        value={monitor}
        onChange={(event) => changeMonitor(event.currentTarget.value)}
        w={150}
      />
      <TextInput
        label={t('events.filter.key')}
        value={key}
        onChange={(event) => changeKey(event.currentTarget.value)}
        w={130}
      />
      <Select
        label={t('events.filter.cleared')}
        value={filter.cleared ?? null}
        onChange={(value) => onChange({ cleared: clearedStates.find((each) => each === value) })}
        data={clearedStates.map((value) => ({ value, label: t(`events.filter.clearedState.${value}`) }))}
        clearable
        w={150}
      />
      <TagsInput
        label={t('events.filter.field')}
        placeholder={t('events.filter.fieldHint')}
        value={[...(filter.field ?? [])]}
        onChange={(values) => onChange({ field: orNone(values.filter((value) => /^[^=]+=/.test(value))) })}
        splitChars={[]}
        miw={170}
        maw={320}
      />
      <NumberInput
        label={t('events.filter.minCount')}
        value={filter.min_count ?? ''}
        onChange={(value) =>
          onChange({ min_count: typeof value === 'number' && value > 1 ? value : undefined })
        }
        min={1}
        max={1_000_000_000}
        allowDecimal={false}
        hideControls
        w={120}
      />
      <TimeField
        label={t('events.filter.from')}
        value={filter.from}
        onChange={(from) => onChange({ from })}
      />
      <TimeField label={t('events.filter.to')} value={filter.to} onChange={(to) => onChange({ to })} />
      <Group gap={4} role="group" aria-label={t('events.filter.since')}>
        {(['hour', 'day', 'week'] as const).map((range) => (
          <Button
            key={range}
            size="sm"
            variant="light"
            px="xs"
            onClick={() => onChange({ from: sinceOf(range), to: undefined })}
          >
            {t(`events.filter.${range}`)}
          </Button>
        ))}
      </Group>
      <Button size="sm" variant="subtle" onClick={() => onChange(noFurther)}>
        {t('events.filter.clear')}
      </Button>
    </Group>
  );
};

type ScopeFieldProps = {
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
};

/** Scopes by title; one of the address that may not be seen stands there by its name. */
const ScopeField = ({ value, onChange }: ScopeFieldProps) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data } = useInfiniteQuery(queries.scopes());
  const known = data?.pages.flatMap(({ items }) =>
    items.map(({ name, title }) => ({ value: String(name), label: title ?? name })),
  );
  const isUnknown = value !== undefined && known?.some((each) => each.value === value) !== true;
  return (
    <Select
      label={t('events.filter.scope')}
      value={value ?? null}
      onChange={(next) => onChange(next ?? undefined)}
      data={[...(isUnknown ? [{ value, label: value }] : []), ...(known ?? [])]}
      searchable
      clearable
      limit={100}
      w={160}
    />
  );
};

const sinceOf = (range: keyof typeof ranges): string => new Date(Date.now() - ranges[range]).toISOString();
