// The trap that an event came from, as it was heard: its text, what was parsed out of it, and its bytes. Loaded when it is shown.
import { Alert, Table, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { TrapDetail, TrapFacts } from '@nezuban/protocol/traps/trap';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { ErrorState } from '../../components/error-state.tsx';
import { Facts } from '../../components/facts.tsx';
import { hexLines } from '../../components/hex-lines.ts';
import { ListSkeleton } from '../../components/query-list.tsx';
import { Instant } from '../../components/times.tsx';
import { useFormat } from '../../components/use-format.ts';

export const EventTrap = ({ id }: { readonly id: number }) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const may = useMay('traps.read');
  const { data, error, refetch } = useQuery({ ...queries.trapOfEvent(id), enabled: may });
  return (
    <section aria-label={t('event.trap.title')} className="nz-event-part">
      <Text fw={600} size="sm" component="h2" mb={6}>
        {t('event.trap.title')}
      </Text>
      {!may && (
        <Text size="sm" c="dimmed">
          {t('event.trap.hidden')}
        </Text>
      )}
      {may &&
        data === undefined &&
        (error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />)}
      {data !== undefined && <Heard trap={data} />}
    </section>
  );
};

const Heard = ({ trap }: { readonly trap: TrapDetail }) => {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      {trap.malformed !== null && (
        <Alert color="yellow" mb="xs">
          {t('event.trap.malformed', { why: trap.malformed })}
        </Alert>
      )}
      <Facts
        facts={[
          [t('event.trap.from'), `${trap.address}:${trap.port}`],
          [t('event.trap.receivedAt'), <Instant key="at" at={trap.receivedAt} />],
          [
            t('event.trap.protocol'),
            `${trap.protocol} · ${t('event.trap.bytes', { count: format.number(trap.bytes) as never })}`,
          ],
          [t('event.trap.heardBy'), trap.heardBy],
        ]}
      />
      <Tabs defaultValue="text" mt="xs" keepMounted={false}>
        <Tabs.List>
          {(['text', 'fields', 'hex'] as const).map((tab) => (
            <Tabs.Tab key={tab} value={tab}>
              {t(`event.trap.${tab}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="text" pt="xs">
          <pre className="nz-trap-raw">{trap.text}</pre>
        </Tabs.Panel>
        <Tabs.Panel value="fields" pt="xs">
          {trap.facts.map((facts, index) => (
            // The messages of one body have no name of their own, and their order never changes.
            <Parsed key={index} facts={facts} />
          ))}
        </Tabs.Panel>
        <Tabs.Panel value="hex" pt="xs">
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
          <pre className="nz-trap-raw nz-trap-hex" tabIndex={0}>
            {hexLines(trap.raw).join('\n')}
          </pre>
        </Tabs.Panel>
      </Tabs>
    </>
  );
};

const Parsed = ({ facts }: { readonly facts: TrapFacts }) => {
  const { t } = useTranslation();
  const rows = rowsOf(facts);
  if (rows.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('event.trap.noFields')}
      </Text>
    );
  return (
    <Table withRowBorders={false} verticalSpacing={2} className="nz-trap-fields">
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{t('event.trap.field')}</Table.Th>
          <Table.Th scope="col">{t('event.trap.value')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Td className="nz-break">{name}</Table.Td>
            <Table.Td className="nz-break">{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
};

/** Names are those that rules of trap monitors use. */
const rowsOf = ({
  host,
  saidAt,
  syslog,
  snmp,
  fields,
}: TrapFacts): readonly (readonly [string, string])[] => [
  ...(
    [
      ['host', host],
      ['time', saidAt],
      ['facility', syslog?.facility],
      ['severity', syslog?.severity],
      ['app', syslog?.app],
      ['proc_id', syslog?.procId],
      ['msg_id', syslog?.msgId],
      ['trap_oid', snmp?.trapOid],
      ['kind', snmp?.kind],
    ] as const
  ).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [[name, String(value)] as const],
  ),
  ...(snmp?.varbinds.map(({ oid, type, value }) => [`${oid} (${type})`, value] as const) ?? []),
  ...Object.entries(fields),
];
