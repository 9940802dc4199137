// How the hearing goes: the intakes of both hosts with their receivers and journals, how far all is read; what they listen to; who may speak
// SNMPv3 and post by HTTP.
import { Alert, Group, Progress, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { IntakeStatus, ReceiverStatus } from '@nezuban/protocol/intake/hand-over';
import type { IntakeView, TrapProcessing } from '@nezuban/protocol/traps/trap';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Facts } from '../../components/facts.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { Section } from '../../components/section.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import type { Status } from '../../components/status.ts';
import { useFormat } from '../../components/use-format.ts';
import { SettingsFrame } from '../system/settings-frame.tsx';
import { IntakeForm } from './intake-form.tsx';
import { SnmpUsers } from './snmp-users.tsx';
import { TrapTokens } from './trap-tokens.tsx';
import { useIntakeName } from './use-intake-name.ts';

/** Of the journal; beyond it there may soon be no room. */
const fillWarningPercent = 70;

export const ReceiversSection = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const maySettings = useMay('settings.read');
  const { data, error, refetch } = useQuery(queries.intake());
  return (
    <Stack gap="lg">
      {data === undefined &&
        (error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />)}
      {data !== undefined && (
        <>
          {data.intakes.map((intake) => (
            <Intake key={intake.role} intake={intake} />
          ))}
          <Processing processing={data.processing} />
        </>
      )}
      {maySettings && (
        <Section title={t('traps.intake.title')}>
          <SettingsFrame section="intake" text={t('traps.intake.text')}>
            {(view) => <IntakeForm view={view} />}
          </SettingsFrame>
        </Section>
      )}
      <SnmpUsers />
      <TrapTokens />
    </Stack>
  );
};

const stateOf: Readonly<Record<ReceiverStatus['state'], Status>> = {
  listening: { tone: 'normal', icon: 'normal', label: 'traps.receivers.state.listening' },
  off: { tone: 'muted', icon: 'notRun', label: 'traps.receivers.state.off' },
  failed: { tone: 'critical', icon: 'abnormal', label: 'traps.receivers.state.failed' },
};

const Intake = ({ intake }: { readonly intake: IntakeView }) => {
  const { t } = useTranslation();
  const nameOf = useIntakeName();
  const { connected, says, status, role } = intake;
  return (
    <Section
      title={t('traps.receivers.of', { host: nameOf(intake) })}
      text={t(`traps.receivers.roleText.${role}`)}
      actions={
        <StatusBadge
          status={
            connected
              ? { tone: 'normal', icon: 'connected', label: 'traps.receivers.connected' }
              : { tone: 'critical', icon: 'disconnected', label: 'traps.receivers.disconnected' }
          }
        />
      }
    >
      {says !== null && (
        <Alert color={connected ? 'yellow' : 'red'} icon={<IconAlertTriangle aria-hidden="true" />} p="sm">
          {says}
        </Alert>
      )}
      {status === null ? (
        <Text size="sm" c="dimmed">
          {t('traps.receivers.neverTold')}
        </Text>
      ) : (
        <>
          <Receivers receivers={status.receivers} host={nameOf(intake)} />
          <Journal status={status} storedSeq={intake.storedSeq} />
        </>
      )}
    </Section>
  );
};

const named = ['syslog_udp', 'syslog_tcp', 'syslog_tls', 'snmp', 'http', 'https'] as const;
/** As the settings call it; one of a newer release keeps its own name. */
const receiverName = (t: TFunction, name: string): string => {
  const known = named.find((each) => each === name.replace('-', '_'));
  return known === undefined ? name : t(`traps.intake.receiver.${known}`);
};

const keyOf = ({ name, listen }: ReceiverStatus) => `${name} ${listen}`;

const Receivers = ({
  receivers,
  host,
}: {
  readonly receivers: readonly ReceiverStatus[];
  readonly host: string;
}) => {
  const { t } = useTranslation();
  const format = useFormat();
  const columns = useMemo(() => {
    const count = (id: 'received' | 'refused' | 'malformed' | 'kernelDrops', wide: boolean) => ({
      id,
      header: t(`traps.receivers.columns.${id}`),
      cell: (receiver: ReceiverStatus) => format.number(receiver[id]),
      numeric: true,
      wide,
    });
    return defineColumns<ReceiverStatus>([
      {
        id: 'name',
        header: t('traps.receivers.columns.name'),
        cell: ({ name, listen }) => (
          <>
            <strong>{receiverName(t, name)}</strong>
            <Text size="xs" c="dimmed" className="nz-mono">
              {listen}
            </Text>
          </>
        ),
      },
      {
        id: 'state',
        header: t('traps.receivers.columns.state'),
        cell: ({ state, says }) => (
          <>
            <StatusBadge status={stateOf[state]} plain />
            {says !== null && (
              <Text size="xs" className="nz-break" maw={420}>
                {says}
              </Text>
            )}
          </>
        ),
      },
      count('received', false),
      count('refused', true),
      count('malformed', true),
      count('kernelDrops', true),
    ]);
  }, [t, format]);
  return (
    <DataTable
      label={t('traps.listOf', { title: t('traps.receivers.of', { host }) })}
      items={receivers}
      columns={columns}
      keyOf={keyOf}
    />
  );
};

const Journal = ({
  status,
  storedSeq,
}: {
  readonly status: IntakeStatus;
  readonly storedSeq: number | null;
}) => {
  const { t } = useTranslation();
  const format = useFormat();
  const { journalBytes, journalBytesMax, nextSeq, processedSeq, refusedFull, summarised } = status;
  const fill = journalBytesMax === 0 ? 0 : (journalBytes / journalBytesMax) * 100;
  const backlog = Math.max(0, nextSeq - 1 - (storedSeq ?? processedSeq));
  return (
    <Stack gap={6}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={600}>
          {t('traps.receivers.journal')}
        </Text>
        <Text size="sm">
          {t('traps.receivers.fill', {
            used: format.size(journalBytes),
            all: format.size(journalBytesMax),
            percent: format.number(fill),
          })}
        </Text>
      </Group>
      <Progress
        value={fill}
        color={fill >= fillWarningPercent ? 'red' : 'night'}
        aria-label={t('traps.receivers.journal')}
      />
      <Facts
        facts={[
          [t('traps.receivers.backlog'), format.number(backlog)],
          [t('traps.receivers.summarised'), format.number(summarised)],
          [t('traps.receivers.refusedFull'), format.number(refusedFull)],
        ]}
      />
    </Stack>
  );
};

const shownCounts = [
  'traps',
  'copies',
  'unmatched',
  'malformed',
  'perhapsRepeats',
  'unpaired',
  'failures',
] as const;

const Processing = ({ processing }: { readonly processing: TrapProcessing }) => {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Section title={t('traps.processing.title')} text={t('traps.processing.text')}>
      <Facts
        facts={[
          [t('traps.processing.lag'), format.duration(Math.round(processing.lagSeconds * 1000))],
          [t('traps.processing.backlog'), format.number(processing.backlog)],
          ...shownCounts.map(
            (name) => [t(`traps.processing.${name}`), format.number(processing[name])] as const,
          ),
        ]}
      />
    </Section>
  );
};
