// Sign-in by user name and password.
import { Alert, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../app/backend.tsx';
import { SendTo } from '../../app/send-to.tsx';
import { describeError } from '../../components/describe-error.ts';
import { AuthFrame } from './auth-frame.tsx';

export const SignInPage = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { next } = useSearch({ from: '/sign-in' });
  const { data: me } = useQuery(queries.me());
  if (me !== undefined && me !== null) return <SendTo href={next ?? '/'} />;
  return (
    <AuthFrame title={t('access.signIn.title')}>
      <SignInForm />
      <Text size="xs" c="dimmed">
        {t('access.signIn.firstTime')}
      </Text>
    </AuthFrame>
  );
};

const SignInForm = () => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const [user, setUser] = useState('admin');
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      client.setQueryData(['me'], await api.call('signIn', { body: { user, password } }));
    } catch (failure) {
      setError(failure);
      setPassword('');
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {error !== null && <SignInError error={error} />}
        <TextInput
          label={t('access.signIn.user')}
          value={user}
          onChange={(event) => setUser(event.currentTarget.value)}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          withAsterisk={false}
        />
        <PasswordInput
          label={t('access.signIn.password')}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="current-password"
          visibilityToggleButtonProps={{
            'aria-label': t('access.showPassword'),
            tabIndex: 0,
            'aria-hidden': false,
          }}
          required
          withAsterisk={false}
          data-autofocus
        />
        <Button type="submit" loading={busy} fullWidth mt="xs">
          {t('access.signIn.submit')}
        </Button>
      </Stack>
    </form>
  );
};

const SignInError = ({ error }: { readonly error: unknown }) => {
  const { t, i18n } = useTranslation();
  const { title, remedy } = describeError(t, error, i18n.language);
  return (
    <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden="true" />} title={title} p="sm">
      {remedy}
    </Alert>
  );
};
