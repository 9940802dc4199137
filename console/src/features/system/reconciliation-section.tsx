// How often the manager compares what it believes of attempts with what agents know, and when a silent agent is told of.
import { useTranslation } from 'react-i18next';
import type { SettingsView } from '@nezuban/protocol/api/settings-operations';
import { NumbersForm } from './numbers-form.tsx';
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
  const { form, errors } = useSettingsForm('reconciliation', view);
  return (
    <NumbersForm
      section="reconciliation"
      view={view}
      form={form}
      errors={errors}
      fields={fields.map((path) => ({ path, unit: 'seconds', label: t(`settings.reconciliation.${path}`) }))}
      none={Number.NaN}
    />
  );
};
