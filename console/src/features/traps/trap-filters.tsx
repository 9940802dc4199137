// What the list of traps is narrowed to. All of it stands in the address.
import {
  Badge,
  Button,
  Checkbox,
  Collapse,
  Group,
  MultiSelect,
  SegmentedControl,
  TextInput,
} from '@mantine/core';
import { IconAdjustmentsHorizontal, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { trapProtocols } from '@nezuban/protocol/intake/record';
import type { TrapsSearch } from '../../app/search.ts';
import { TimeField } from '../../components/time-field.tsx';
import { useFieldText } from '../../components/use-field-text.ts';

const hourMs = 3_600_000;
const spans = { hour: hourMs, day: 24 * hourMs, week: 168 * hourMs } as const;

/** Half typed, it would be refused. */
export const isAddress = (text: string): boolean =>
  /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]+)(?:\/\d{1,3})?$/.test(text);

export type TrapsChange = { [Key in keyof TrapsSearch]?: TrapsSearch[Key] | undefined };
type Props = { readonly filter: TrapsSearch; readonly onChange: (change: TrapsChange) => void };

export const TrapFilters = ({ filter, onChange }: Props) => {
  const { t } = useTranslation();
  const further = [
    filter.node,
    filter.address,
    filter.from,
    filter.to,
    filter.malformed,
    filter.unknown,
  ].filter((part) => part !== undefined);
  const [opened, setOpened] = useState(further.length > 0);
  const [text, changeText] = useFieldText(filter.q, (q) => onChange({ q }));
  return (
    <div className="nz-filters" role="search" aria-label={t('traps.filter.label')}>
      <Group gap="xs">
        <TextInput
          type="search"
          aria-label={t('traps.filter.text')}
          placeholder={t('traps.filter.text')}
          value={text}
          onChange={(event) => changeText(event.currentTarget.value)}
          leftSection={<IconSearch size={15} aria-hidden="true" />}
          maxLength={200}
          w={{ base: '100%', xs: 240 }}
        />
        <SegmentedControl
          aria-label={t('traps.columns.became')}
          value={filter.matched ?? 'all'}
          onChange={(value) => onChange({ matched: value === 'all' ? undefined : value })}
          data={(['all', 'yes', 'no'] as const).map((value) => ({
            value,
            label: t(value === 'all' ? 'traps.filter.all' : `traps.matched.${value}`),
          }))}
          size="sm"
        />
        <MultiSelect
          aria-label={t('traps.columns.protocol')}
          placeholder={filter.protocol === undefined ? t('traps.columns.protocol') : ''}
          value={[...(filter.protocol ?? [])]}
          onChange={(value) =>
            onChange({
              protocol: value.length === 0 ? undefined : trapProtocols.filter((each) => value.includes(each)),
            })
          }
          data={trapProtocols.map((value) => ({ value, label: t(`traps.protocol.${value}`) }))}
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
          aria-controls="traps-more-filters"
          onClick={() => setOpened(!opened)}
        >
          {t('traps.filter.more')}
        </Button>
      </Group>
      <Collapse expanded={opened} id="traps-more-filters">
        <Further filter={filter} onChange={onChange} />
      </Collapse>
    </div>
  );
};

const Further = ({ filter, onChange }: Props) => {
  const { t } = useTranslation();
  const [node, changeNode] = useFieldText(filter.node, (next) => onChange({ node: next }));
  const [address, changeAddress] = useFieldText(filter.address, (next) => onChange({ address: next }));
  return (
    <Group gap="xs" pt="xs" align="flex-end">
      <TextInput
        label={t('traps.columns.node')}
        value={node}
        onChange={(event) => changeNode(event.currentTarget.value)}
        w={150}
      />
      <TextInput
        label={t('traps.filter.address')}
        placeholder="192.0.2.0/24"
        value={address}
        onChange={(event) => changeAddress(event.currentTarget.value)}
        error={address.trim() !== '' && !isAddress(address.trim())}
        w={170}
      />
      <TimeField label={t('traps.filter.from')} value={filter.from} onChange={(from) => onChange({ from })} />
      <TimeField label={t('traps.filter.to')} value={filter.to} onChange={(to) => onChange({ to })} />
      <Group gap={4} role="group" aria-label={t('traps.filter.since')}>
        {(['hour', 'day', 'week'] as const).map((span) => (
          <Button
            key={span}
            variant="light"
            px="xs"
            onClick={() =>
              onChange({ from: new Date(Date.now() - spans[span]).toISOString(), to: undefined })
            }
          >
            {t(`traps.filter.${span}`)}
          </Button>
        ))}
      </Group>
      <Checkbox
        label={t('traps.malformed')}
        checked={filter.malformed === 'yes'}
        onChange={(event) => onChange({ malformed: event.currentTarget.checked ? 'yes' : undefined })}
        mb={8}
      />
      <Checkbox
        label={t('traps.filter.unknown')}
        checked={filter.unknown === 'yes'}
        onChange={(event) => onChange({ unknown: event.currentTarget.checked ? 'yes' : undefined })}
        mb={8}
      />
    </Group>
  );
};
