// As which users of the operating system units may run, where: the rules, one beside the other. What they mean is core/src/access/run-as.ts.
import {
  ActionIcon,
  Button,
  Fieldset,
  Group,
  SimpleGrid,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { SettingsView } from '@nezuban/protocol/api/settings-operations';
import { agentUser, jobBoundsLimits, type RunAsRule } from '@nezuban/protocol/settings/job-bounds';
import { useMay } from '../../app/use-may.ts';
import { FormBar } from '../../components/form-bar.tsx';
import { RunAsOutlook, useRunAsOutlook } from './run-as-outlook.tsx';
import { SettingsFrame } from './settings-frame.tsx';
import { useSettingsForm } from './use-settings-form.ts';

const places = ['folder', 'scope', 'node'] as const;
const lists = ['users', 'groups', 'roles'] as const;
/** A rule as it begins: somebody has to be named. */
const newRule: RunAsRule = { users: [] };

export const RunAsSection = () => {
  const { t } = useTranslation();
  return (
    <SettingsFrame section="run_as" text={t('settings.run_as.text')}>
      {(view) => <RunAsForm view={view} />}
    </SettingsFrame>
  );
};

const RunAsForm = ({ view }: { readonly view: SettingsView }) => {
  const { t } = useTranslation();
  const mayWrite = useMay('settings.write');
  const { form, errors } = useSettingsForm('run_as', view);
  const { rules } = form.draft;
  const isWrong = Object.keys(errors).length > 0;
  const outlook = useRunAsOutlook(mayWrite && form.changed && !isWrong ? form.draft : null);
  const change = (next: readonly RunAsRule[]) => form.change({ ...form.draft, rules: [...next] });
  return (
    <Stack gap="md">
      {rules.length === 0 && (
        <Text size="sm" c="red">
          {t('settings.run_as.noRules')}
        </Text>
      )}
      {rules.map((rule, index) => (
        <RuleFields
          // The place is the identity: everything else changes while it is typed.
          key={index}
          index={index}
          rule={rule}
          errors={errors}
          disabled={!mayWrite}
          onChange={(next) => change(rules.with(index, next))}
          onRemove={() => change(rules.toSpliced(index, 1))}
        />
      ))}
      {mayWrite && (
        <Group>
          <Button
            variant="default"
            leftSection={<IconPlus size={16} aria-hidden="true" />}
            disabled={rules.length >= jobBoundsLimits.runAsRulesMax}
            onClick={() => change([...rules, newRule])}
          >
            {t('settings.run_as.add')}
          </Button>
        </Group>
      )}
      <RunAsOutlook {...outlook} />
      {mayWrite && <FormBar form={form} changedBy={view.updatedBy} invalid={isWrong || !outlook.isShown} />}
    </Stack>
  );
};

type RuleProps = {
  readonly index: number;
  readonly rule: RunAsRule;
  readonly errors: Readonly<Record<string, string>>;
  readonly disabled: boolean;
  readonly onChange: (rule: RunAsRule) => void;
  readonly onRemove: () => void;
};

const RuleFields = ({ index, rule, errors, disabled, onChange, onRemove }: RuleProps) => {
  const { t } = useTranslation();
  const legend = t('settings.run_as.rule', { number: index + 1 });
  const errorOf = (key: string): string | undefined => {
    const path = `rules.${index}.${key}`;
    const at = Object.keys(errors).find((each) => each === path || each.startsWith(`${path}.`));
    return at === undefined ? undefined : errors[at];
  };
  return (
    <Fieldset legend={legend} p="sm" disabled={disabled}>
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="md">
          {places.map((key) => (
            <TextInput
              key={key}
              label={t(`settings.run_as.${key}`)}
              placeholder={t(`settings.run_as.any.${key}`)}
              value={rule[key] ?? ''}
              onChange={(event) => onChange(withPlace(rule, key, event.currentTarget.value))}
              error={errorOf(key)}
              autoComplete="off"
              spellCheck={false}
            />
          ))}
          {lists.map((key) => (
            <TagsInput
              key={key}
              label={t(`settings.run_as.${key}`)}
              description={t(`settings.run_as.hint.${key}`)}
              // Hints of different lengths: below, so that the fields stand in one line.
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              data={key === 'users' ? [agentUser] : []}
              value={[...(rule[key] ?? [])]}
              onChange={(names) => onChange(withNames(rule, key, names))}
              error={errorOf(key)}
              disabled={disabled}
              required={key === 'users'}
              clearable={false}
            />
          ))}
        </SimpleGrid>
        {!disabled && (
          <Group justify="flex-end">
            <ActionIcon
              variant="subtle"
              color="red"
              aria-label={t('settings.run_as.remove', { rule: legend })}
              onClick={onRemove}
            >
              <IconTrash aria-hidden="true" />
            </ActionIcon>
          </Group>
        )}
      </Stack>
    </Fieldset>
  );
};

/** A key without a value is no key. */
const withPlace = (rule: RunAsRule, key: (typeof places)[number], value: string): RunAsRule => {
  const { [key]: _before, ...others } = rule;
  return value.trim() === '' ? others : { ...others, [key]: value.trim() };
};
const withNames = (rule: RunAsRule, key: (typeof lists)[number], names: string[]): RunAsRule => {
  if (key === 'users') return { ...rule, users: names };
  const { [key]: _before, ...others } = rule;
  return names.length === 0 ? others : { ...others, [key]: names };
};
