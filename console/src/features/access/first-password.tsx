// The one-time password must be replaced before anything else is shown.
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { AuthFrame } from './auth-frame.tsx';
import { PasswordForm } from './password-form.tsx';

export const FirstPassword = () => {
  const { t } = useTranslation();
  const client = useQueryClient();
  return (
    <AuthFrame title={t('access.first.title')} text={t('access.first.text')}>
      <PasswordForm
        currentLabel={t('access.first.current')}
        onChanged={() => client.invalidateQueries({ queryKey: ['me'] })}
      />
    </AuthFrame>
  );
};
