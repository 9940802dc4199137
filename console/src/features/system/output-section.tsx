// What the output of commands may take on the managers, and how fast it is written.
import { SimpleGrid, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { SettingsView } from '@nezuban/protocol/api/settings-operations';
import { useMay } from '../../app/use-may.ts';
import { FormBar } from '../../components/form-bar.tsx';
import { NumberSetting, type Unit } from './number-setting.tsx';
import { SettingsFrame } from './settings-frame.tsx';
import { useSettingsForm } from './use-settings-form.ts';

const fields = [
  { path: 'net_mb_per_day', unit: 'megabytes' },
  { path: 'node_mb_per_day', unit: 'megabytes' },
  { path: 'total_mb', unit: 'megabytes' },
  { path: 'mb_per_second', unit: 'megabytesPerSecond' },
] as const satisfies readonly { readonly path: string; readonly unit: Unit }[];

export const OutputSection = () => {
  const { t } = useTranslation();
  return (
    <SettingsFrame section="output" text={t('settings.output.text')}>
      {(view) => <OutputForm view={view} />}
    </SettingsFrame>
  );
};

const OutputForm = ({ view }: { readonly view: SettingsView }) => {
  const { t } = useTranslation();
  const mayWrite = useMay('settings.write');
  const { form, errors } = useSettingsForm('output', view);
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        {fields.map(({ path, unit }) => (
          <NumberSetting
            key={path}
            section="output"
            path={path}
            unit={unit}
            label={t(`settings.output.${path}`)}
            noneLabel={t('settings.output.noBound')}
            value={form.draft[path]}
            onChange={(value) => form.change({ ...form.draft, [path]: value })}
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
