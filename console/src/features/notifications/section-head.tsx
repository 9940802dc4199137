// The head of a section of notifications: what it is for, and the way to a new one for those who may make one.
import { Button, Group, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useMay } from '../../app/use-may.ts';

type Props = { readonly text: string; readonly children?: ReactNode };

export const SectionHead = ({ text, children }: Props) => (
  <Group justify="space-between" gap="sm">
    <Text size="sm" c="dimmed" maw={760}>
      {text}
    </Text>
    {children}
  </Group>
);

export const NewButton = ({ kind, label }: { readonly kind: string; readonly label: string }) => {
  const mayWrite = useMay('notifications.write');
  if (!mayWrite) return null;
  return (
    <Button
      leftSection={<IconPlus size={15} aria-hidden="true" />}
      renderRoot={(props: object) => <Link to="/notifications/new/$kind" params={{ kind }} {...props} />}
    >
      {label}
    </Button>
  );
};
