// How long things are kept, beside what is stored now and what goes next.
import { Alert, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { SettingsView, StorageView } from '@nezuban/protocol/api/settings-operations';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { FormBar } from '../../components/form-bar.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { Instant } from '../../components/times.tsx';
import { useFormat } from '../../components/use-format.ts';
import { NumberSetting } from './number-setting.tsx';
import { SettingsFrame } from './settings-frame.tsx';
import { useSettingsForm } from './use-settings-form.ts';

const fields = [
  'events_days',
  'sessions_days',
  'output_days',
  'audit_days',
  'traps_days',
  'deliveries_days',
] as const;

export const RetentionSection = () => {
  const { t } = useTranslation();
  return (
    <Stack gap="lg">
      <SettingsFrame section="retention" text={t('settings.retention.text')}>
        {(view) => <RetentionForm view={view} />}
      </SettingsFrame>
      <Storage />
    </Stack>
  );
};

const RetentionForm = ({ view }: { readonly view: SettingsView }) => {
  const { t } = useTranslation();
  const mayWrite = useMay('settings.write');
  const { form, errors } = useSettingsForm('retention', view);
  const shorter = fields.some((field) => form.draft[field] < Number(view.values[field]));
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
        {fields.map((field) => (
          <NumberSetting
            key={field}
            section="retention"
            path={field}
            unit="days"
            label={t(`settings.retention.${field}`)}
            value={form.draft[field]}
            onChange={(value) => form.change({ ...form.draft, [field]: value ?? Number.NaN })}
            error={errors[field]}
            disabled={!mayWrite}
          />
        ))}
      </SimpleGrid>
      {shorter && Object.keys(errors).length === 0 && (
        <Alert color="yellow" icon={<IconAlertTriangle aria-hidden="true" />} p="sm">
          {t('settings.retention.shorter')}
        </Alert>
      )}
      {mayWrite && (
        <FormBar form={form} changedBy={view.updatedBy} invalid={Object.keys(errors).length > 0} />
      )}
    </Stack>
  );
};

type Kind = StorageView['kinds'][number];

const Storage = () => {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useBackend();
  const { data, error, refetch } = useQuery(queries.storage());
  const columns = useMemo(
    () =>
      defineColumns<Kind>([
        {
          id: 'kind',
          header: t('settings.storage.columns.kind'),
          cell: ({ kind }) => t(`settings.storage.kind.${kind}`),
        },
        {
          id: 'bytes',
          header: t('settings.storage.columns.bytes'),
          numeric: true,
          cell: ({ bytes }) => format.size(bytes),
        },
        {
          id: 'rows',
          header: t('settings.storage.columns.rows'),
          numeric: true,
          wide: true,
          cell: ({ rows }) => format.number(rows),
        },
        {
          id: 'oldest',
          header: t('settings.storage.columns.oldest'),
          wide: true,
          cell: ({ oldestAt }) => <Instant at={oldestAt} />,
        },
        {
          id: 'growth',
          header: t('settings.storage.columns.growth'),
          numeric: true,
          wide: true,
          cell: ({ bytesPerDay }) =>
            bytesPerDay === null ? '–' : t('settings.storage.perDay', { size: format.size(bytesPerDay) }),
        },
        {
          id: 'expected',
          header: t('settings.storage.columns.expected'),
          numeric: true,
          cell: ({ bytesExpected }) => (bytesExpected === null ? '–' : format.size(bytesExpected)),
        },
        {
          id: 'next',
          header: t('settings.storage.columns.next'),
          wide: true,
          cell: ({ nextRemoval }) =>
            nextRemoval === null ? (
              '–'
            ) : (
              <>
                <Instant at={nextRemoval.at} /> ({format.size(nextRemoval.bytes)})
              </>
            ),
        },
      ]),
    [t, format],
  );
  return (
    <Stack gap="sm">
      <Title order={2} size="h5">
        {t('settings.storage.title')}
      </Title>
      {data === undefined &&
        (error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />)}
      {data !== undefined && (
        <>
          <Text size="sm" c="dimmed">
            {t('settings.storage.total', { size: format.size(data.databaseBytes) })}
          </Text>
          {data.lastFailure !== null && (
            <Alert
              color="red"
              icon={<IconAlertTriangle aria-hidden="true" />}
              title={t('settings.storage.failed')}
              p="sm"
            >
              {data.lastFailure}
            </Alert>
          )}
          {data.heldUntil !== null && (
            <Alert color="yellow" icon={<IconAlertTriangle aria-hidden="true" />} p="sm">
              {t('settings.storage.held')} <Instant at={data.heldUntil} />
            </Alert>
          )}
          <DataTable
            label={t('settings.storage.title')}
            items={data.kinds}
            columns={columns}
            keyOf={({ kind }) => kind}
          />
        </>
      )}
    </Stack>
  );
};
