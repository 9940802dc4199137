// Whom units of type `http` may call. What the lists mean is agent/src/tools/http/callee-rules.ts.
import { Stack, TagsInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { SettingsView } from '@nezuban/protocol/api/settings-operations';
import { useMay } from '../../app/use-may.ts';
import { FormBar } from '../../components/form-bar.tsx';
import { SettingsFrame } from './settings-frame.tsx';
import { useSettingsForm } from './use-settings-form.ts';

const lists = ['deny', 'allow'] as const;

export const HttpCallsSection = () => {
  const { t } = useTranslation();
  return (
    <SettingsFrame section="http_calls" text={t('settings.http_calls.text')}>
      {(view) => <HttpCallsForm view={view} />}
    </SettingsFrame>
  );
};

const HttpCallsForm = ({ view }: { readonly view: SettingsView }) => {
  const { t } = useTranslation();
  const mayWrite = useMay('settings.write');
  const { form, errors } = useSettingsForm('http_calls', view);
  const wrong = (key: string) =>
    Object.keys(errors).some((path) => path === key || path.startsWith(`${key}.`));
  return (
    <Stack gap="md">
      {lists.map((key) => (
        <TagsInput
          key={key}
          label={t(`settings.http_calls.${key}.label`)}
          description={t(`settings.http_calls.${key}.text`)}
          value={form.draft[key]}
          onChange={(callees) => form.change({ ...form.draft, [key]: callees })}
          error={wrong(key) ? t('settings.http_calls.wrong') : undefined}
          disabled={!mayWrite}
        />
      ))}
      {mayWrite && (
        <FormBar form={form} changedBy={view.updatedBy} invalid={Object.keys(errors).length > 0} />
      )}
    </Stack>
  );
};
