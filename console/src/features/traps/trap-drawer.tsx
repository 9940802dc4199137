// One trap with all that is known of it: what it says, how it came, what it became, and the ways on: a rule, an alias.
import {
  ActionIcon,
  Alert,
  Button,
  Drawer,
  Group,
  SegmentedControl,
  Stack,
  Text,
  Title,
} from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconUserQuestion } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { TFunction } from 'i18next';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { EventView } from '@nezuban/protocol/events/event';
import { eventTextIn } from '../../i18n/event-said.ts';
import type { TrapDetail } from '@nezuban/protocol/traps/trap';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Facts } from '../../components/facts.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { priorityStatus } from '../../components/status.ts';
import { Instant, RelativeTime } from '../../components/times.tsx';
import { useFormat } from '../../components/use-format.ts';
import { AliasDialog } from './alias-dialog.tsx';
import { hexDump, textOfHex } from './hex.ts';
import { MakeRule } from './make-rule.tsx';
import { TrapFactsView } from './trap-facts.tsx';
import { TrapMarks } from './trap-marks.tsx';

type Props = {
  readonly id: number | undefined;
  readonly neighbours: { readonly next: number | undefined; readonly previous: number | undefined };
  readonly onOpen: (id: number) => void;
  readonly onClose: () => void;
};

export const TrapDrawer = ({ id, neighbours, onOpen, onClose }: Props) => {
  const { t } = useTranslation();
  const { next, previous } = neighbours;
  return (
    <Drawer
      opened={id !== undefined}
      onClose={onClose}
      position="right"
      size="lg"
      title={id === undefined ? '' : t('traps.detail.title', { id })}
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      {id !== undefined && (
        <Stack gap="md">
          <Group gap={4} justify="flex-end">
            <Step
              label={t('traps.detail.newer')}
              to={previous}
              onOpen={onOpen}
              icon={<IconChevronUp size={18} />}
            />
            <Step
              label={t('traps.detail.older')}
              to={next}
              onOpen={onOpen}
              icon={<IconChevronDown size={18} />}
            />
          </Group>
          <LoadedTrap key={id} id={id} />
        </Stack>
      )}
    </Drawer>
  );
};

type StepProps = {
  readonly label: string;
  readonly to: number | undefined;
  readonly onOpen: (id: number) => void;
  readonly icon: ReactNode;
};

const Step = ({ label, to, onOpen, icon }: StepProps) => (
  <ActionIcon
    variant="default"
    size="lg"
    aria-label={label}
    title={label}
    disabled={to === undefined}
    onClick={() => to !== undefined && onOpen(to)}
  >
    {icon}
  </ActionIcon>
);

const LoadedTrap = ({ id }: { readonly id: number }) => {
  const { queries } = useBackend();
  const { data: trap, error, refetch } = useQuery(queries.trap(id));
  if (trap === undefined)
    return error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />;
  return <TrapView trap={trap} />;
};

const TrapView = ({ trap }: { readonly trap: TrapDetail }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const mayWrite = useMay('traps.write');
  const [naming, setNaming] = useState(false);
  const several = trap.facts.length > 1;
  return (
    <>
      <Group gap="sm">
        <Text size="sm" fw={600}>
          {t(`traps.protocol.${trap.protocol}`)}
        </Text>
        <TrapMarks trap={trap} />
      </Group>
      <Text fw={600} className="nz-break nz-trap-said">
        {trap.text === '' ? '–' : trap.text}
      </Text>
      {trap.malformed !== null && (
        <Alert color="yellow" p="sm" title={t('traps.detail.malformed')}>
          {trap.malformed}
        </Alert>
      )}
      {trap.protocol !== 'control' && (
        <Group gap="xs">
          {mayWrite && <MakeRule trap={trap} />}
          {mayWrite && trap.node === null && (
            <Button
              variant="default"
              leftSection={<IconUserQuestion size={16} aria-hidden="true" />}
              onClick={() => setNaming(true)}
            >
              {t('traps.sources.thisIs')}
            </Button>
          )}
          <CopyButton value={trap.text} label={t('traps.detail.copyText')} />
        </Group>
      )}
      <Facts
        facts={[
          [
            t('traps.columns.at'),
            <>
              <Instant at={trap.receivedAt} /> (<RelativeTime at={trap.receivedAt} />)
            </>,
          ],
          [t('traps.detail.heardBy'), <HeardBy key="heard" trap={trap} />],
          [
            t('traps.detail.sender'),
            <span key="sender" className="nz-mono">
              {trap.address}:{trap.port}
            </span>,
          ],
          [t('traps.columns.node'), <NodeOf key="node" trap={trap} />],
          [t('traps.detail.stored'), <Instant key="stored" at={trap.recordedAt} />],
          [
            t('traps.detail.number'),
            t('traps.detail.numberOf', { seq: format.number(trap.seq), host: trap.heardBy }),
          ],
          ...(trap.flags.length === 0
            ? []
            : [[t('traps.detail.flags'), trap.flags.map((flag) => flagText(t, flag)).join(', ')] as const]),
          ...Object.entries(trap.extra).map(([name, value]) => [name, value] as const),
        ]}
      />
      <EventsOf events={trap.events} matched={trap.matched} />
      {trap.facts.map((facts, index) => (
        <TrapFactsView
          // Facts have no names; their order never changes.
          key={index}
          facts={facts}
          title={several ? t('traps.detail.message', { number: index + 1 }) : t('traps.detail.understood')}
          showText={several}
        />
      ))}
      <Raw trap={trap} />
      {naming && (
        <AliasDialog
          view={null}
          prefill={{ address: trap.address, host: trap.host }}
          onClose={() => setNaming(false)}
        />
      )}
    </>
  );
};

const knownFlags = ['truncated', 'stream', 'tls', 'authentic'] as const;
const flagText = (t: TFunction, flag: string): string => {
  const known = knownFlags.find((each) => each === flag);
  return known === undefined ? flag : t(`traps.flag.${known}`);
};

const HeardBy = ({ trap }: { readonly trap: TrapDetail }) => {
  const { t } = useTranslation();
  if (trap.heardBoth) return <>{t('traps.detail.heardBoth', { host: trap.heardBy })}</>;
  return (
    <>
      {trap.heardBy}
      {trap.perhapsRepeat && (
        <Text size="xs" c="dimmed">
          {t('traps.perhapsRepeatText')}
        </Text>
      )}
    </>
  );
};

const NodeOf = ({ trap }: { readonly trap: TrapDetail }) => {
  const { t } = useTranslation();
  if (trap.node === null) return <>{t('traps.detail.noNode')}</>;
  return (
    <Link to="/nodes/$name" params={{ name: trap.node }} className="nz-trap-link">
      {trap.node}
    </Link>
  );
};

const EventsOf = ({
  events,
  matched,
}: {
  readonly events: readonly EventView[];
  readonly matched: boolean;
}) => {
  const { t, i18n } = useTranslation();
  return (
    <section aria-label={t('traps.detail.events')}>
      <Title order={3} size="h6" mb={4}>
        {t('traps.detail.events')}
      </Title>
      {events.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t(matched ? 'traps.detail.ignored' : 'traps.detail.noEvents')}
        </Text>
      ) : (
        <ul className="nz-rows">
          {events.map((event) => (
            <li key={event.id}>
              <Link to="/events" search={{ event: event.id }} className="nz-row">
                <StatusBadge status={priorityStatus(event.priority)} plain />
                <span className="nz-row-main">{eventTextIn(event, i18n.language)}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
};

const Raw = ({ trap }: { readonly trap: TrapDetail }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const [form, setForm] = useState<'text' | 'hex'>(trap.protocol === 'snmp' ? 'hex' : 'text');
  const shown = form === 'hex' ? hexDump(trap.raw) : textOfHex(trap.raw);
  return (
    <section aria-label={t('traps.detail.raw')}>
      <Group justify="space-between" mb={4}>
        <Title order={3} size="h6">
          {t('traps.detail.raw')}{' '}
          <Text span size="xs" c="dimmed">
            {format.bytes(trap.bytes)}
          </Text>
        </Title>
        <Group gap="xs">
          <SegmentedControl
            size="xs"
            aria-label={t('traps.detail.rawForm')}
            value={form}
            onChange={(value) => setForm(value)}
            data={[
              { value: 'text', label: t('traps.detail.text') },
              { value: 'hex', label: t('traps.detail.hex') },
            ]}
          />
          <CopyButton value={form === 'hex' ? trap.raw : shown} />
        </Group>
      </Group>
      {/* Long lines scroll; the keyboard must reach them. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className="nz-code nz-trap-raw" tabIndex={0} data-wrap={form === 'text' || undefined}>
        {shown}
      </pre>
    </section>
  );
};
