// A part of the overview: heading, link to its page, rows, or the word that all is well. As high while it loads as with a few rows.
import { Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconCircleCheck, IconCircleDashed } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorState } from '../../components/error-state.tsx';

/** Rows of one part; the rest is on its page. */
export const homeRowsMax = 6;
const rowHeight = 32;
const skeletonRows = 3;

type Props = {
  readonly title: string;
  readonly link: ReactNode;
  readonly loaded: boolean;
  readonly error: unknown;
  /** The sentence instead of rows. `good`: that there is none is what one wishes. */
  readonly empty: { readonly text: string; readonly good: boolean } | null;
  readonly across?: boolean;
  readonly children: ReactNode;
};

export const HomePart = ({ title, link, loaded, error, empty, across = false, children }: Props) => {
  const { t } = useTranslation();
  const Icon = empty?.good === true ? IconCircleCheck : IconCircleDashed;
  return (
    <Paper
      withBorder
      p="md"
      component="section"
      aria-label={title}
      className="nz-home-part"
      {...(across ? { style: { gridColumn: '1 / -1' } } : {})}
    >
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5">
          {title}
        </Title>
        {link}
      </Group>
      {!loaded &&
        (error === null ? (
          <Stack gap={8} role="status" aria-label={t('states.loading')}>
            {Array.from({ length: skeletonRows }, (_, index) => (
              <Skeleton key={index} height={rowHeight - 8} />
            ))}
          </Stack>
        ) : (
          <ErrorState error={error} />
        ))}
      {loaded &&
        (empty === null ? (
          <ul className="nz-rows">{children}</ul>
        ) : (
          <Text size="sm" c="dimmed" className="nz-fine" data-good={empty.good || undefined}>
            <Icon size={16} aria-hidden="true" /> {empty.text}
          </Text>
        ))}
    </Paper>
  );
};
