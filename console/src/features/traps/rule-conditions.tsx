// When a rule fits: what usually matters is in sight, the rest is opened. All that is filled in must hold.
import {
  ActionIcon,
  Autocomplete,
  Button,
  Checkbox,
  Collapse,
  Group,
  MultiSelect,
  Select,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { syslogFacilities, syslogSeverities } from '@nezuban/protocol/traps/trap-monitor';
import { fieldOperators, type FieldDraft } from './monitor-draft.ts';
import { OidTags } from './oid-tags.tsx';
import { isBadAt, type RuleFormProps } from './rule-form-props.ts';

export const RuleConditions = (props: RuleFormProps) => {
  const { rule, source, issues, onChange } = props;
  const { t } = useTranslation();
  const further = [
    source !== 'custom' && rule.fields.length > 0,
    rule.hosts.length > 0,
    source === 'snmp' && (rule.enterprise !== '' || rule.generic !== '' || rule.specific !== ''),
    source === 'syslog' && rule.facilities.length > 0,
  ].filter(Boolean).length;
  const [more, setMore] = useState(further > 0);
  const moreId = `rule-more-${rule.id}`;
  return (
    <Stack gap="sm">
      {source === 'snmp' && (
        <OidTags
          label={t('traps.when.trapOids')}
          description={t('traps.when.trapOidsHint')}
          value={rule.trapOids}
          onChange={(trapOids) => onChange({ trapOids }, null)}
          isBad={isBadAt(issues, 'when.trap_oids')}
        />
      )}
      {source === 'custom' && <Fields {...props} />}
      <div className="nz-form-grid">
        <TextInput
          label={t('traps.when.contains')}
          value={rule.contains}
          onChange={(event) => onChange({ contains: event.currentTarget.value }, 'contains')}
          maxLength={2_000}
        />
        <TextInput
          label={t('traps.when.matches')}
          description={t('traps.when.matchesHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          classNames={{ input: 'nz-mono' }}
          value={rule.matches}
          onChange={(event) => onChange({ matches: event.currentTarget.value }, 'matches')}
          error={isBadAt(issues, 'when.text')}
          maxLength={2_000}
          spellCheck={false}
          autoCapitalize="off"
        />
      </div>
      {(rule.contains !== '' || rule.matches !== '') && (
        <Checkbox
          label={t('traps.when.ignoreCase')}
          checked={rule.ignoreCase}
          onChange={(event) => onChange({ ignoreCase: event.currentTarget.checked }, null)}
        />
      )}
      {source === 'syslog' && (
        <div className="nz-form-grid">
          <MultiSelect
            label={t('traps.when.severities')}
            placeholder={rule.severities.length === 0 ? t('traps.when.any') : ''}
            value={[...rule.severities]}
            onChange={(value) =>
              onChange({ severities: syslogSeverities.filter((each) => value.includes(each)) }, null)
            }
            data={[...syslogSeverities]}
            error={isBadAt(issues, 'when.severities')}
          />
          <TagsInput
            label={t('traps.when.apps')}
            placeholder={rule.apps.length === 0 ? t('traps.when.any') : ''}
            value={[...rule.apps]}
            onChange={(apps) => onChange({ apps }, null)}
            error={isBadAt(issues, 'when.apps')}
          />
        </div>
      )}
      <Group>
        <Button
          size="compact-sm"
          variant="subtle"
          aria-expanded={more}
          aria-controls={moreId}
          onClick={() => setMore(!more)}
        >
          {further === 0 || more ? t('traps.when.more') : t('traps.when.moreSet', { count: further })}
        </Button>
      </Group>
      <Collapse expanded={more} id={moreId}>
        {more && <Further {...props} />}
      </Collapse>
    </Stack>
  );
};

const Further = (props: RuleFormProps) => {
  const { rule, source, issues, onChange } = props;
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <div className="nz-form-grid">
        <TagsInput
          label={t('traps.when.hosts')}
          description={t('traps.when.hostsHint')}
          placeholder={rule.hosts.length === 0 ? t('traps.when.any') : ''}
          value={[...rule.hosts]}
          onChange={(hosts) => onChange({ hosts }, null)}
          error={isBadAt(issues, 'when.hosts')}
        />
        {source === 'syslog' && (
          <MultiSelect
            label={t('traps.when.facilities')}
            placeholder={rule.facilities.length === 0 ? t('traps.when.any') : ''}
            value={[...rule.facilities]}
            onChange={(value) =>
              onChange({ facilities: syslogFacilities.filter((each) => value.includes(each)) }, null)
            }
            data={[...syslogFacilities]}
            searchable
            error={isBadAt(issues, 'when.facilities')}
          />
        )}
      </div>
      {source === 'snmp' && <OldSnmp {...props} />}
      {source !== 'custom' && <Fields {...props} />}
    </Stack>
  );
};

const OldSnmp = ({ rule, issues, onChange }: RuleFormProps) => {
  const { t } = useTranslation();
  const numbers = ['generic', 'specific'] as const;
  return (
    <div className="nz-form-grid" role="group" aria-label={t('traps.when.v1')}>
      <TextInput
        label={t('traps.when.enterprise')}
        description={t('traps.when.v1Hint')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        value={rule.enterprise}
        onChange={(event) => onChange({ enterprise: event.currentTarget.value }, 'enterprise')}
        error={isBadAt(issues, 'when.enterprise')}
      />
      <Group gap="xs" wrap="nowrap" align="flex-start">
        {numbers.map((name) => (
          <TextInput
            key={name}
            label={t(`traps.when.${name}`)}
            value={rule[name]}
            onChange={(event) => onChange({ [name]: event.currentTarget.value.replaceAll(/\D/g, '') }, name)}
            error={isBadAt(issues, `when.${name}`)}
            inputMode="numeric"
          />
        ))}
      </Group>
    </div>
  );
};

const Fields = ({ rule, source, issues, knownFields, onChange }: RuleFormProps) => {
  const { t } = useTranslation();
  const { fields } = rule;
  const set = (index: number, change: Partial<FieldDraft>, field: string | null) =>
    onChange({ fields: fields.map((each, at) => (at === index ? { ...each, ...change } : each)) }, field);
  return (
    <Stack gap={6} role="group" aria-label={t(`traps.when.fields.${source}`)}>
      <Text size="sm" fw={500}>
        {t(`traps.when.fields.${source}`)}
      </Text>
      {fields.map((field, index) => (
        // Rows have no names of their own, and are only added and removed.
        <div className="nz-field-row" key={index}>
          <Autocomplete
            aria-label={t('traps.when.fieldName')}
            placeholder={t('traps.when.fieldName')}
            value={field.name}
            onChange={(name) => set(index, { name }, `field-name-${index}`)}
            data={[...knownFields]}
            error={isBadAt(issues, `when.fields[${index}].name`)}
            maxLength={500}
          />
          <Select
            aria-label={t('traps.when.operator')}
            value={field.operator}
            onChange={(value) => value !== null && set(index, { operator: value }, null)}
            allowDeselect={false}
            data={fieldOperators.map((value) => ({ value, label: t(`traps.when.operators.${value}`) }))}
          />
          <TextInput
            aria-label={t('traps.when.fieldValue')}
            placeholder={t('traps.when.fieldValue')}
            value={field.value}
            onChange={(event) => set(index, { value: event.currentTarget.value }, `field-value-${index}`)}
            error={isBadAt(issues, `when.fields[${index}].${field.operator}`)}
            maxLength={2_000}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={t('traps.when.removeField', { name: field.name })}
            onClick={() => onChange({ fields: fields.toSpliced(index, 1) }, null)}
          >
            <IconX size={16} aria-hidden="true" />
          </ActionIcon>
          {(field.operator === 'equals' || field.operator === 'matches') && (
            <Checkbox
              className="nz-field-case"
              size="xs"
              label={t('traps.when.ignoreCase')}
              checked={field.ignoreCase}
              onChange={(event) => set(index, { ignoreCase: event.currentTarget.checked }, null)}
            />
          )}
        </div>
      ))}
      <Group>
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={14} aria-hidden="true" />}
          onClick={() =>
            onChange(
              {
                fields: [
                  ...fields,
                  {
                    name: source === 'custom' && fields.length === 0 ? 'key' : '',
                    operator: 'equals',
                    value: '',
                    ignoreCase: false,
                  },
                ],
              },
              null,
            )
          }
        >
          {t('traps.when.addField')}
        </Button>
      </Group>
    </Stack>
  );
};
