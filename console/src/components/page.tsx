// The frame of every page: heading, actions, document title. The heading takes the focus when the address leads to another page, so that
// keyboard and screen reader start there.
import { Group, Stack, Text, Title } from '@mantine/core';
import { useRouterState } from '@tanstack/react-router';
import { useEffect, type ReactNode } from 'react';
import { useHeadingFocus } from './heading-focus.tsx';

export const useDocumentTitle = (title: string): void => {
  useEffect(() => {
    document.title = title === '' ? 'Nezuban' : `${title} · Nezuban`;
  }, [title]);
};

type Props = {
  readonly title: string;
  /** Shown beside the heading: state and the like. */
  readonly aside?: ReactNode;
  readonly description?: ReactNode;
  /** Facts in place of a description, more than fit beside the actions: below both. */
  readonly line?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** Takes the height of the window; its content scrolls by itself. */
  readonly fill?: boolean;
};

export const Page = (props: Props) => {
  const { title, aside, description, line, actions, children, fill = false } = props;
  // Of the page that is shown, not of the one that is on its way.
  const pathname = useRouterState({ select: (state) => state.resolvedLocation?.pathname ?? null });
  const heading = useHeadingFocus(pathname);
  useDocumentTitle(title);
  return (
    <Stack gap="md" className={fill ? 'nz-page nz-page-fill' : 'nz-page'}>
      <Group justify="space-between" gap="sm" align="flex-start" className="nz-page-header">
        <div className="nz-page-heading">
          <Group gap="sm">
            <Title order={1} size="h3" ref={heading} tabIndex={-1} className="nz-heading">
              {title}
            </Title>
            {aside}
          </Group>
          {description !== undefined && (
            <Text component="div" size="sm" c="dimmed" mt={2}>
              {description}
            </Text>
          )}
        </div>
        {actions !== undefined && <Group gap={8}>{actions}</Group>}
      </Group>
      {line !== undefined && (
        <Text component="div" size="sm" c="dimmed" className="nz-page-line">
          {line}
        </Text>
      )}
      {children}
    </Stack>
  );
};
