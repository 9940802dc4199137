// How often the manager compares what it believes of attempts with what agents know, and when a silent agent is told of.
import { SimpleGrid, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { SettingsView } from '@nezuban/protocol/api/settings-operations';
import { useMay } from '../../app/use-may.ts';
import { FormBar } from '../../components/form-bar.tsx';
import { NumberSetting } from './number-setting.tsx';
import { SettingsFrame } from './settings-frame.tsx';
import { useSettingsForm } from './use-settings-form.ts';

const fields = ['every_s', 'agent_silent_after_s'] as const;

export const ReconciliationSection = () => {
  const { t } = useTranslation();
  return (
    <SettingsFrame section="reconciliation" text={t('settings.reconciliation.text')}>
      {(view) => <ReconciliationForm view={view} />}
    </SettingsFrame>
  );
};

const ReconciliationForm = ({ view }: { readonly view: SettingsView }) => {
  const { t } = useTranslation();
  const mayWrite = useMay('settings.write');
  const { form, errors } = useSettingsForm('reconciliation', view);
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        {fields.map((path) => (
          <NumberSetting
            key={path}
            section="reconciliation"
            path={path}
            unit="seconds"
            label={t(`settings.reconciliation.${path}`)}
            value={form.draft[path]}
            onChange={(value) => form.change({ ...form.draft, [path]: value ?? Number.NaN })}
            error={errors[path]}
            disabled={!mayWrite}
          />
        ))}
      </SimpleGrid>
      {mayWrite && (
        <FormBar form={form} changedBy={view.updatedBy} invalid={Object.keys(errors).length > 0} />
      )}
    </Stack>
  );
};
