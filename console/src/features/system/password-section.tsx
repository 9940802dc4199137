// The change of the own password.
import { notifications } from '@mantine/notifications';
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { PasswordForm } from '../access/password-form.tsx';

export const PasswordSection = () => {
  const { t } = useTranslation();
  return (
    <>
      <Text size="sm" c="dimmed" mb="md">
        {t('settings.password.text')}
      </Text>
      <PasswordForm
        currentLabel={t('access.password.current')}
        onChanged={() => {
          notifications.show({ message: t('settings.password.done'), color: 'green' });
        }}
      />
    </>
  );
};
