// Backups: how they are, what is there, one made now, and the schedule. Restoring is done on the host, never from here.
import { Alert, Button, Progress, SimpleGrid, Stack, Switch, Text, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconDatabaseExport } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { BackupStatus } from '@nezuban/protocol/api/backup-operations';
import type { SettingsView } from '@nezuban/protocol/api/settings-operations';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { ErrorState } from '../../components/error-state.tsx';
import { Facts } from '../../components/facts.tsx';
import { FormBar } from '../../components/form-bar.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { Section } from '../../components/section.tsx';
import { Instant, RelativeTime } from '../../components/times.tsx';
import { useAction } from '../../components/use-action.ts';
import { useFormat } from '../../components/use-format.ts';
import { BackupList } from './backup-list.tsx';
import { NumberSetting } from './number-setting.tsx';
import { SettingsFrame } from './settings-frame.tsx';
import { useSettingsForm } from './use-settings-form.ts';

const DEFAULT_TIME = '02:00';

export const BackupSection = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const maySettings = useMay('settings.read');
  const { data: status, error, refetch } = useQuery(queries.backupStatus());
  if (status === undefined)
    return error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <Stack gap="lg">
      <State status={status} />
      {status.directory !== null && (
        <BackupList directory={status.directory} lastRun={status.last?.id ?? 0} />
      )}
      {maySettings && (
        <Section title={t('backup.form.title')}>
          <SettingsFrame section="backup" text={t('backup.form.text')}>
            {(view) => <ScheduleForm view={view} />}
          </SettingsFrame>
        </Section>
      )}
    </Stack>
  );
};

const State = ({ status }: { readonly status: BackupStatus }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const { lastMade, lastFailed, nextAt, archive, running } = status;
  const failedLast = lastFailed !== null && (lastMade === null || lastFailed.endedAt > lastMade.endedAt);
  const next = nextAt === null ? t('backup.state.noNext') : <Instant at={nextAt} />;
  const log = archive === null ? t('backup.state.logOff') : <Instant at={archive.until} />;
  return (
    <Section title={t('backup.state.title')} actions={<MakeNow status={status} />}>
      {failedLast && (
        <Alert
          color="red"
          icon={<IconAlertTriangle aria-hidden="true" />}
          title={
            <>
              {t('backup.state.failed')} (<Instant at={lastFailed.endedAt} />)
            </>
          }
          p="sm"
        >
          {lastFailed.says}
        </Alert>
      )}
      {archive !== null && archive.state !== 'streaming' && (
        <Alert
          color="yellow"
          icon={<IconAlertTriangle aria-hidden="true" />}
          title={t('backup.state.logTrouble')}
          p="sm"
        >
          {archive.says}
        </Alert>
      )}
      {status.directory === null && <Text size="sm">{t('backup.now.noFolder')}</Text>}
      {running !== null && <RunningBackup running={running} />}
      <Facts
        facts={[
          [
            t('backup.state.lastMade'),
            lastMade === null ? (
              t('backup.state.never')
            ) : (
              <>
                <RelativeTime at={lastMade.endedAt} /> (<Instant at={lastMade.endedAt} />
                ), {format.size(lastMade.bytes ?? 0)}, {t('backup.state.verified')},{' '}
                {t('backup.state.by', { host: lastMade.host })}
              </>
            ),
          ],
          [t('backup.state.next'), next],
          [t('backup.state.log'), log],
        ]}
      />
    </Section>
  );
};

const MakeNow = ({ status }: { readonly status: BackupStatus }) => {
  const { t } = useTranslation();
  const { api, queries } = useBackend();
  const client = useQueryClient();
  const mayOperate = useMay('backup.operate');
  const { busy, run } = useAction();
  if (!mayOperate) return null;
  const make = async () => {
    client.setQueryData(queries.backupStatus().queryKey, await api.call('createBackup'));
  };
  return (
    <Button
      size="xs"
      leftSection={<IconDatabaseExport size={16} aria-hidden="true" />}
      loading={busy}
      disabled={status.directory === null || status.running !== null}
      onClick={() => void run(make, t('backup.now.begun'))}
    >
      {t('backup.now.action')}
    </Button>
  );
};

const RunningBackup = ({ running }: { readonly running: NonNullable<BackupStatus['running']> }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const { phase, bytes, totalBytes } = running;
  const percent = totalBytes === null || totalBytes === 0 ? 0 : Math.min(100, (bytes / totalBytes) * 100);
  const amount =
    totalBytes === null || totalBytes === 0
      ? ''
      : ` ${t('backup.now.of', { bytes: format.size(bytes), total: format.size(totalBytes) })}`;
  return (
    <Stack gap={4}>
      <Text size="sm" role="status">
        {t(`backup.now.phase.${phase}`)}
        {amount}
      </Text>
      <Progress.Root>
        <Progress.Section value={percent} animated aria-label={t('backup.now.progress')} />
      </Progress.Root>
    </Stack>
  );
};

const ScheduleForm = ({ view }: { readonly view: SettingsView }) => {
  const { t } = useTranslation();
  const mayWrite = useMay('settings.write');
  const { form, errors } = useSettingsForm('backup', view);
  const { draft } = form;
  const change = (part: Partial<typeof draft>) => form.change({ ...draft, ...part });
  return (
    <Stack gap="md">
      <TextInput
        label={t('backup.form.directory')}
        description={t('backup.form.directoryText')}
        placeholder="/backup/nezuban"
        value={draft.directory ?? ''}
        onChange={(event) => change({ directory: orNull(event.currentTarget.value) })}
        error={errors['directory']}
        disabled={!mayWrite}
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        <Stack gap={6}>
          <TextInput
            type="time"
            label={t('backup.form.dailyAt')}
            description={t('backup.form.dailyText')}
            value={draft.daily_at ?? ''}
            onChange={(event) => change({ daily_at: orNull(event.currentTarget.value) })}
            error={errors['daily_at']}
            disabled={!mayWrite || draft.daily_at === null}
          />
          <Switch
            size="xs"
            label={t('backup.form.daily')}
            checked={draft.daily_at !== null}
            onChange={(event) => change({ daily_at: event.currentTarget.checked ? DEFAULT_TIME : null })}
            disabled={!mayWrite}
          />
        </Stack>
        <NumberSetting
          section="backup"
          path="keep"
          unit="backups"
          label={t('backup.form.keep')}
          text={t('backup.form.keepText')}
          value={draft.keep}
          onChange={(value) => change({ keep: value ?? Number.NaN })}
          error={errors['keep']}
          disabled={!mayWrite}
        />
      </SimpleGrid>
      <TextInput
        label={t('backup.form.passphraseFile')}
        description={t('backup.form.passphraseText')}
        placeholder="/etc/nezuban/backup-passphrase"
        value={draft.passphrase_file ?? ''}
        onChange={(event) => change({ passphrase_file: orNull(event.currentTarget.value) })}
        error={errors['passphrase_file']}
        disabled={!mayWrite}
      />
      <Switch
        label={t('backup.form.archive')}
        description={t('backup.form.archiveText')}
        checked={draft.archive_log}
        onChange={(event) => change({ archive_log: event.currentTarget.checked })}
        disabled={!mayWrite}
      />
      {mayWrite && (
        <FormBar form={form} changedBy={view.updatedBy} invalid={Object.keys(errors).length > 0} />
      )}
    </Stack>
  );
};

const orNull = (text: string): string | null => (text === '' ? null : text);
