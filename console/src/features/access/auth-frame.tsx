// The quiet page around sign-in and the first change of password.
import { Box, Center, Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LanguageSwitch } from '../../app/language-switch.tsx';
import { Logo } from '../../app/logo.tsx';
import { SchemeSwitch } from '../../app/scheme-switch.tsx';
import { useDocumentTitle } from '../../components/page.tsx';

export const AuthFrame = ({
  title,
  text,
  children,
}: {
  readonly title: string;
  readonly text?: string;
  readonly children: ReactNode;
}) => {
  const { t } = useTranslation();
  useDocumentTitle(title);
  return (
    <Box className="nz-auth">
      <Group component="header" justify="flex-end" p="sm" gap="xs">
        <LanguageSwitch />
        <SchemeSwitch />
      </Group>
      <Center component="main" px="md" pb={80} flex={1}>
        <Stack w="100%" maw={400} gap="lg">
          <Stack gap={6} align="center">
            <Logo size={52} />
            <Text fw={700} size="xl">
              Nezuban
            </Text>
            <Text size="sm" c="dimmed" ta="center">
              {t('access.tagline')}
            </Text>
          </Stack>
          <Paper withBorder p="lg" shadow="xs">
            <Stack gap="md">
              <Title order={1} size="h4">
                {title}
              </Title>
              {text !== undefined && <Text size="sm">{text}</Text>}
              {children}
            </Stack>
          </Paper>
        </Stack>
      </Center>
    </Box>
  );
};
