// A one-time password, shown once.
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { CommandLine } from '../../components/copy-button.tsx';

type Props = { readonly user: string; readonly password: string; readonly onClose: () => void };

export const OneTimePassword = ({ user, password, onClose }: Props) => {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      <Alert
        color="yellow"
        icon={<IconAlertTriangle aria-hidden="true" />}
        title={t('admin.users.passwordOnce')}
      />
      <Text size="sm">{t('admin.users.passwordText', { user })}</Text>
      <CommandLine command={password} />
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus>
          {t('actions.close')}
        </Button>
      </Group>
    </Stack>
  );
};
