// What passwords must be, and when wrong ones lock a user out.
import { SimpleGrid, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { SettingsView } from '@nezuban/protocol/api/settings-operations';
import type { Settings } from '@nezuban/protocol/settings/settings';
import { useMay } from '../../app/use-may.ts';
import { FormBar } from '../../components/form-bar.tsx';
import { NumberSetting, type Unit } from './number-setting.tsx';
import { SettingsFrame } from './settings-frame.tsx';
import { useSettingsForm } from './use-settings-form.ts';

type Field = keyof Settings['password_policy'];
const fields = [
  { key: 'length_min', unit: 'characters', none: false },
  { key: 'history', unit: 'passwords', none: false },
  { key: 'expires_days', unit: 'days', none: true },
  { key: 'lockout_failures', unit: 'times', none: true },
  { key: 'lockout_minutes', unit: 'minutes', none: false },
] as const satisfies readonly { readonly key: Field; readonly unit: Unit; readonly none: boolean }[];

export const PasswordPolicySection = () => {
  const { t } = useTranslation();
  return (
    <SettingsFrame section="password_policy" text={t('settings.password_policy.text')}>
      {(view) => <PolicyForm view={view} />}
    </SettingsFrame>
  );
};

const PolicyForm = ({ view }: { readonly view: SettingsView }) => {
  const { t } = useTranslation();
  const mayWrite = useMay('settings.write');
  const { form, errors } = useSettingsForm('password_policy', view);
  const idle = (key: Field) => key === 'lockout_minutes' && form.draft.lockout_failures === null;
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        {fields.map(({ key, unit, none }) => (
          <NumberSetting
            key={key}
            section="password_policy"
            path={key}
            unit={unit}
            label={t(`settings.password_policy.${key}.label`)}
            text={t(`settings.password_policy.${key}.text`)}
            {...(none ? { noneLabel: t(`settings.password_policy.${key}.none`) } : {})}
            value={form.draft[key]}
            onChange={(value) => form.change({ ...form.draft, [key]: value })}
            error={errors[key]}
            disabled={!mayWrite || idle(key)}
          />
        ))}
      </SimpleGrid>
      {mayWrite && (
        <FormBar form={form} changedBy={view.updatedBy} invalid={Object.keys(errors).length > 0} />
      )}
    </Stack>
  );
};
