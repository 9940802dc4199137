// Around the form of one section of the settings: loading, who changed it last, who may not change it.
import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SettingsView } from '@nezuban/protocol/api/settings-operations';
import type { SettingsSection } from '@nezuban/protocol/settings/settings';
import { useBackend } from '../../app/backend.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { LookOnly } from '../../components/look-only.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { Instant } from '../../components/times.tsx';

type Props = {
  readonly section: SettingsSection;
  readonly text: string;
  readonly children: (view: SettingsView) => ReactNode;
};

export const SettingsFrame = ({ section, text, children }: Props) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data: view, error, refetch } = useQuery(queries.settings(section));
  if (view === undefined)
    return error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <Stack gap="md" maw={900}>
      <div>
        <Text size="sm">{text}</Text>
        <Text size="sm" c="dimmed" component="div">
          {view.updatedAt === null ? (
            t('settings.neverChanged')
          ) : (
            <>
              {t('settings.changedBy', { user: view.updatedBy ?? '–' })} <Instant at={view.updatedAt} />
            </>
          )}
        </Text>
      </div>
      <LookOnly right="settings.write" />
      {children(view)}
    </Stack>
  );
};
