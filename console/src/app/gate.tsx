// Lets signed-in users through, sends others to sign in, and asks for a new password where the one-time password is still in use.
import { Center, Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Outlet, useLocation } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { ErrorState } from '../components/error-state.tsx';
import { FirstPassword } from '../features/access/first-password.tsx';
import { useBackend } from './backend.tsx';
import { SendTo } from './send-to.tsx';
import { Shell } from './shell.tsx';

export const Gate = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data: me, error, refetch, isFetching } = useQuery(queries.me());
  const { href } = useLocation();
  if (me === undefined && (error === null || isFetching)) {
    return (
      <Center h="100vh">
        <Loader aria-label={t('states.loading')} />
      </Center>
    );
  }
  if (me === undefined) {
    return (
      <Center component="main" mih="100vh" p="md">
        <ErrorState error={error} onRetry={() => void refetch()} />
      </Center>
    );
  }
  if (me === null)
    return <SendTo href={href === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(href)}`} />;
  if (me.mustChangePassword) return <FirstPassword />;
  return (
    <Shell user={me.user}>
      <Outlet />
    </Shell>
  );
};
