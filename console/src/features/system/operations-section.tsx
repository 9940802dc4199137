// Whether operations on sessions must be given a reason, and where messages lead those who shall decide or look.
import { Checkbox, Stack, TagsInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { SettingsView } from '@nezuban/protocol/api/settings-operations';
import { useMay } from '../../app/use-may.ts';
import { FormBar } from '../../components/form-bar.tsx';
import { SettingsFrame } from './settings-frame.tsx';
import { useSettingsForm } from './use-settings-form.ts';

export const OperationsSection = () => {
  const { t } = useTranslation();
  return (
    <SettingsFrame section="operations" text={t('settings.operations.text')}>
      {(view) => <OperationsForm view={view} />}
    </SettingsFrame>
  );
};

const OperationsForm = ({ view }: { readonly view: SettingsView }) => {
  const { t } = useTranslation();
  const mayWrite = useMay('settings.write');
  const { form, errors } = useSettingsForm('operations', view);
  const isWrong = Object.keys(errors).some((path) => path.startsWith('console_urls'));
  return (
    <Stack gap="md">
      <Checkbox
        label={t('settings.operations.reason.label')}
        description={t('settings.operations.reason.text')}
        checked={form.draft.reason === 'required'}
        disabled={!mayWrite}
        onChange={(event) =>
          form.change({ ...form.draft, reason: event.currentTarget.checked ? 'required' : 'optional' })
        }
      />
      <TagsInput
        label={t('settings.operations.console_urls.label')}
        description={t('settings.operations.console_urls.text')}
        value={form.draft.console_urls}
        onChange={(urls) => form.change({ ...form.draft, console_urls: urls })}
        error={isWrong ? t('settings.operations.console_urls.wrong') : undefined}
        disabled={!mayWrite}
      />
      {mayWrite && <FormBar form={form} changedBy={view.updatedBy} invalid={isWrong} />}
    </Stack>
  );
};
