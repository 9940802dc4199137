// The frame around every page of a signed-in user: navigation, header, banner of the connection, skip link.
import { ActionIcon, AppShell, Burger, Group, Menu, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconLogout, IconUserCircle } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useAction } from '../components/use-action.ts';
import { OperationsBanner } from '../features/operations/operations-banner.tsx';
import { PairBadge } from '../features/pair/pair-badge.tsx';
import { useBackend, useLiveStream } from './backend.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { Navigation } from './navigation.tsx';
import { LanguageSwitch } from './language-switch.tsx';
import { Logo } from './logo.tsx';
import { SchemeSwitch } from './scheme-switch.tsx';

export const Shell = ({ user, children }: { readonly user: string; readonly children: ReactNode }) => {
  const { t } = useTranslation();
  const [opened, { toggle, close }] = useDisclosure(false);
  const { pathname } = useLocation();
  useLiveStream();
  useEffect(close, [pathname, close]);
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 208, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="md"
    >
      <a className="nz-skip" href="#main">
        {t('frame.skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px={{ base: 'xs', sm: 'md' }} justify="space-between" wrap="nowrap" gap="xs">
          <Group gap="xs" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t('frame.menu')}
              aria-expanded={opened}
            />
            <Link to="/" className="nz-brand" aria-label={t('frame.homeLink')}>
              <Logo />
              <span className="nz-brand-name">Nezuban</span>
            </Link>
          </Group>
          <Group gap={6} wrap="nowrap">
            <PairBadge />
            <LanguageSwitch />
            <SchemeSwitch />
            <UserMenu user={user} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t('frame.navigation')}>
        <Navigation />
        <ManagerLine />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <ConnectionBanner />
        <OperationsBanner />
        {children}
      </AppShell.Main>
    </AppShell>
  );
};

const ManagerLine = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data } = useQuery(queries.system());
  if (data === undefined) return null;
  return (
    <Text size="xs" c="dimmed" mt="auto" p="xs">
      {t('frame.version', { version: data.version })}
    </Text>
  );
};

const UserMenu = ({ user }: { readonly user: string }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const { run } = useAction();
  const signOut = () =>
    run(async () => {
      await api.call('signOut');
      client.setQueryData(['me'], null);
      // What the next user may not see.
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' });
    });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t('frame.user', { user })}
          title={t('frame.user', { user })}
        >
          <IconUserCircle size={20} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('frame.user', { user })}</Menu.Label>
        <Menu.Item
          leftSection={<IconUserCircle size={16} aria-hidden="true" />}
          renderRoot={(props: object) => <Link to="/account" {...props} />}
        >
          {t('account.title')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden="true" />} onClick={() => void signOut()}>
          {t('frame.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
};
