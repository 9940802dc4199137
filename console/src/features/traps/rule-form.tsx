// One rule as a form: when it fits, then what becomes of the trap.
import { Checkbox, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { rulePriorities } from '@nezuban/protocol/traps/trap-monitor';
import { isBadAt, type RuleFormProps } from './rule-form-props.ts';
import { RuleConditions } from './rule-conditions.tsx';
import { EventFields, KeyPart } from './rule-outcome.tsx';
import { TemplateInput } from './template-input.tsx';

export const RuleForm = (props: RuleFormProps) => {
  const { rule, source, issues, onChange } = props;
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      <TextInput
        label={t('traps.rules.name')}
        value={rule.name}
        onChange={(event) => onChange({ name: event.currentTarget.value }, 'name')}
        error={isBadAt(issues, 'name') && t('traps.rules.nameRule')}
        maxLength={100}
        maw={360}
      />
      <section className="nz-rule-part" aria-label={t('traps.rules.when')}>
        <Text className="nz-rule-part-name">{t('traps.rules.when')}</Text>
        <RuleConditions {...props} />
      </section>
      <section className="nz-rule-part" aria-label={t('traps.rules.outcome')}>
        <Text className="nz-rule-part-name">{t('traps.rules.outcome')}</Text>
        <Stack gap="sm">
          <SegmentedControl
            aria-label={t('traps.rules.do')}
            value={rule.do}
            onChange={(value) => onChange({ do: value }, null)}
            data={(['event', 'ignore'] as const).map((value) => ({
              value,
              label: t(`traps.rules.${value}`),
            }))}
            w="fit-content"
          />
          {rule.do === 'ignore' ? (
            <Text size="sm" c="dimmed">
              {t('traps.rules.ignoreText')}
            </Text>
          ) : (
            <Outcome {...props} source={source} />
          )}
        </Stack>
      </section>
    </Stack>
  );
};

const Outcome = ({ rule, source, issues, siblings, knownFields, onChange }: RuleFormProps) => {
  const { t } = useTranslation();
  const places = { source, knownFields, pattern: rule.matches };
  return (
    <>
      <Select
        label={t('traps.rules.priority')}
        description={rule.priority === 'as_sent' ? t(`traps.rules.asSent.${source}`) : undefined}
        value={rule.priority}
        onChange={(value) => value !== null && onChange({ priority: value }, null)}
        allowDeselect={false}
        data={rulePriorities.toReversed().map((value) => ({
          value,
          label: value === 'as_sent' ? t('traps.rules.asSent.label') : t(`status.priority.${value}`),
        }))}
        maw={360}
      />
      <TemplateInput
        label={t('traps.rules.message')}
        value={rule.message}
        onChange={(message) => onChange({ message }, 'message')}
        places={places}
        isBad={isBadAt(issues, 'message')}
        lines={2}
      />
      <KeyPart rule={rule} siblings={siblings} issues={issues} places={places} onChange={onChange} />
      <Collapsing rule={rule} issues={issues} onChange={onChange} />
      <EventFields rule={rule} issues={issues} places={places} onChange={onChange} />
    </>
  );
};

const offeredSeconds = '300';

const Collapsing = ({ rule, issues, onChange }: Pick<RuleFormProps, 'rule' | 'issues' | 'onChange'>) => {
  const { t } = useTranslation();
  const on = rule.collapseS !== '';
  return (
    <div className="nz-rule-collapse">
      <Checkbox
        label={t('traps.rules.collapse')}
        description={t(rule.key === '' ? 'traps.rules.collapseByMessage' : 'traps.rules.collapseByKey')}
        checked={on}
        onChange={(event) => onChange({ collapseS: event.currentTarget.checked ? offeredSeconds : '' }, null)}
      />
      {on && (
        <TextInput
          aria-label={t('traps.rules.collapseSeconds')}
          value={rule.collapseS}
          onChange={(event) => onChange({ collapseS: event.currentTarget.value }, 'collapseS')}
          error={isBadAt(issues, 'collapse_s') && t('traps.rules.collapseRule')}
          inputMode="numeric"
          rightSection={<Text size="xs">{t('traps.rules.seconds')}</Text>}
          rightSectionWidth={44}
          w={130}
        />
      )}
    </div>
  );
};
