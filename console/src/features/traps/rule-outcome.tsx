// What state an event is about: its key, whether it ends what an earlier one has raised, in words; and own fields of the event.
import { ActionIcon, Alert, Button, Group, Stack, Switch, Text, TextInput } from '@mantine/core';
import { IconInfoCircle, IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { RuleDraft, TrapSource } from './monitor-draft.ts';
import { isBadAt, type RuleFormProps } from './rule-form-props.ts';
import { TemplateInput } from './template-input.tsx';
import type { TemplatePlaces } from './template-places.ts';

type Places = { readonly places: TemplatePlaces & { readonly source: TrapSource } };

export const KeyPart = ({
  rule,
  siblings,
  issues,
  places,
  onChange,
}: Pick<RuleFormProps, 'rule' | 'siblings' | 'issues' | 'onChange'> & Places) => {
  const { t } = useTranslation();
  return (
    <Stack gap={6}>
      <TemplateInput
        label={t('traps.key.label')}
        description={t('traps.key.hint')}
        value={rule.key}
        onChange={(key) => onChange({ key: key.replaceAll('\n', ' ') }, 'key')}
        places={places}
        isBad={isBadAt(issues, 'key')}
      />
      <Switch
        label={t('traps.key.clears')}
        checked={rule.clears}
        onChange={(event) => onChange({ clears: event.currentTarget.checked }, null)}
        error={isBadAt(issues, 'clears') && t('traps.key.clearsNeedsKey')}
      />
      <Alert color="gray" p="xs" icon={<IconInfoCircle size={16} aria-hidden="true" />}>
        <KeyWords rule={rule} siblings={siblings} />
      </Alert>
    </Stack>
  );
};

const KeyWords = ({ rule, siblings }: Pick<RuleFormProps, 'rule' | 'siblings'>) => {
  const { t } = useTranslation();
  const others = siblings.filter(
    ({ id, key, clears, do: act }) =>
      id !== rule.id && act === 'event' && key === rule.key && clears !== rule.clears,
  );
  const names = others.map(({ name }: RuleDraft) => name).join(', ');
  return (
    <Text size="sm">
      {rule.key === ''
        ? t(rule.clears ? 'traps.key.words.clearsNothing' : 'traps.key.words.none')
        : rule.clears
          ? others.length === 0
            ? t('traps.key.words.clearsNobody', { key: rule.key })
            : t('traps.key.words.clears', { key: rule.key, names })
          : others.length === 0
            ? t('traps.key.words.raisesForever', { key: rule.key })
            : t('traps.key.words.raises', { key: rule.key, names })}
    </Text>
  );
};

export const EventFields = ({
  rule,
  issues,
  places,
  onChange,
}: Pick<RuleFormProps, 'rule' | 'issues' | 'onChange'> & Places) => {
  const { t } = useTranslation();
  const { eventFields } = rule;
  const set = (index: number, change: Partial<RuleDraft['eventFields'][number]>, field: string) =>
    onChange(
      { eventFields: eventFields.map((each, at) => (at === index ? { ...each, ...change } : each)) },
      `${field}-${index}`,
    );
  return (
    <Stack gap={6} role="group" aria-label={t('traps.rules.eventFields')}>
      {eventFields.length > 0 && (
        <Text size="sm" fw={500}>
          {t('traps.rules.eventFields')}
        </Text>
      )}
      {eventFields.map((field, index) => (
        // Rows have no names of their own, and are only added and removed.
        <div className="nz-event-field-row" key={index}>
          <TextInput
            label={t('traps.rules.eventFieldName')}
            value={field.name}
            onChange={(event) => set(index, { name: event.currentTarget.value }, 'event-field-name')}
            error={isBadAt(issues, 'fields') && field.name.trim() === ''}
            maxLength={100}
          />
          <TemplateInput
            label={t('traps.rules.eventFieldValue')}
            value={field.template}
            onChange={(template) => set(index, { template }, 'event-field-value')}
            places={places}
            isBad={isBadAt(issues, `fields.${field.name}`)}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={t('traps.rules.removeEventField', { name: field.name })}
            onClick={() => onChange({ eventFields: eventFields.toSpliced(index, 1) }, null)}
          >
            <IconX size={16} aria-hidden="true" />
          </ActionIcon>
        </div>
      ))}
      <Group>
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={14} aria-hidden="true" />}
          onClick={() => onChange({ eventFields: [...eventFields, { name: '', template: '' }] }, null)}
        >
          {t('traps.rules.addEventField')}
        </Button>
      </Group>
    </Stack>
  );
};
