// How many file transfers run at the same time, how fast they go through the manager, and how large a file may be.
import { SimpleGrid, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { SettingsView } from '@nezuban/protocol/api/settings-operations';
import { useMay } from '../../app/use-may.ts';
import { FormBar } from '../../components/form-bar.tsx';
import { NumberSetting, type Unit } from './number-setting.tsx';
import { SettingsFrame } from './settings-frame.tsx';
import { useSettingsForm } from './use-settings-form.ts';

const fields = [
  { path: 'mb_per_second', unit: 'megabytesPerSecond' },
  { path: 'file_bytes_max', unit: 'gigabytes' },
  { path: 'parallel_max', unit: 'transfers' },
  { path: 'parallel_per_node_max', unit: 'transfers' },
] as const satisfies readonly { readonly path: string; readonly unit: Unit }[];

export const TransfersSection = () => {
  const { t } = useTranslation();
  return (
    <SettingsFrame section="transfers" text={t('settings.transfers.text')}>
      {(view) => <TransfersForm view={view} />}
    </SettingsFrame>
  );
};

const TransfersForm = ({ view }: { readonly view: SettingsView }) => {
  const { t } = useTranslation();
  const mayWrite = useMay('settings.write');
  const { form, errors } = useSettingsForm('transfers', view);
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        {fields.map(({ path, unit }) => (
          <NumberSetting
            key={path}
            section="transfers"
            path={path}
            unit={unit}
            label={t(`settings.transfers.${path}`)}
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
