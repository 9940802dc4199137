// The words of a channel's messages: their language, and whether they are the owner's own. Shared by the kinds of channel.
import { useTranslation } from 'react-i18next';
import { valueAt } from './draft.ts';
import { useDraftForm } from './draft-form.tsx';
import { ChoiceAt } from './fields.tsx';

export const LanguageAt = ({ at }: { readonly at: string }) => {
  const { t } = useTranslation();
  return (
    <ChoiceAt
      path={`${at}language`}
      label={t('notify.channel.language')}
      orElse="en"
      data={[
        { value: 'en', label: 'English' },
        { value: 'ja', label: '日本語' },
      ]}
    />
  );
};

/** Whether a template is set, for the summary of what is folded away. */
export const useSetWord = (): ((path: string) => string) => {
  const { t } = useTranslation();
  const { draft } = useDraftForm();
  return (path) => (valueAt(draft, path) === undefined ? t('notify.standard') : t('notify.own'));
};
