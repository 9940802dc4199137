// How many file transfers run at the same time, how fast they go through the manager, and how large a file may be.
import { useTranslation } from 'react-i18next';
import type { SettingsView } from '@nezuban/protocol/api/settings-operations';
import type { Unit } from './number-setting.tsx';
import { NumbersForm } from './numbers-form.tsx';
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
  const { form, errors } = useSettingsForm('transfers', view);
  return (
    <NumbersForm
      section="transfers"
      view={view}
      form={form}
      errors={errors}
      fields={fields.map(({ path, unit }) => ({ path, unit, label: t(`settings.transfers.${path}`) }))}
      none={Number.NaN}
    />
  );
};
