// Nothing to show, and what to do about it.
import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

type Props = {
  readonly icon: ReactNode;
  readonly title: string;
  readonly text?: string;
  readonly children?: ReactNode;
};

export const EmptyState = ({ icon, title, text, children }: Props) => (
  <Stack align="center" gap="sm" py={48} px="md" className="nz-empty">
    <span className="nz-empty-icon" aria-hidden="true">
      {icon}
    </span>
    <Title order={2} size="h4" ta="center">
      {title}
    </Title>
    {text !== undefined && (
      <Text c="dimmed" ta="center" maw={520}>
        {text}
      </Text>
    )}
    {children}
  </Stack>
);
