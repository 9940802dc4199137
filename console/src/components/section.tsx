// A part of a page with a heading of its own.
import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

type Props = {
  readonly title: string;
  readonly text?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
};

export const Section = ({ title, text, actions, children }: Props) => (
  <Paper withBorder p="md" component="section" aria-label={title}>
    <Stack gap="sm">
      <Group justify="space-between" gap="sm">
        <div>
          <Title order={2} size="h5">
            {title}
          </Title>
          {text !== undefined && (
            <Text size="sm" c="dimmed" component="div" mt={2}>
              {text}
            </Text>
          )}
        </div>
        {actions}
      </Group>
      {children}
    </Stack>
  </Paper>
);
