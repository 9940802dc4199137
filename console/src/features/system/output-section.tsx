// What the output of commands may take on the managers, and how fast it is written.
import { useTranslation } from 'react-i18next';
import type { SettingsView } from '@nezuban/protocol/api/settings-operations';
import type { Unit } from './number-setting.tsx';
import { NumbersForm } from './numbers-form.tsx';
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
  const { form, errors } = useSettingsForm('output', view);
  return (
    <NumbersForm
      section="output"
      view={view}
      form={form}
      errors={errors}
      fields={fields.map(({ path, unit }) => ({ path, unit, label: t(`settings.output.${path}`) }))}
      none={null}
      noneLabel={t('settings.output.noBound')}
    />
  );
};
