// What was understood of one message of a trap: of syslog, of SNMP with its varbinds, and its fields.
import { Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TrapFacts } from '@nezuban/protocol/traps/trap';
import { syslogFacilities, syslogSeverities } from '@nezuban/protocol/traps/trap-monitor';
import { Facts } from '../../components/facts.tsx';
import { Instant } from '../../components/times.tsx';

type Fact = readonly [label: string, value: ReactNode];
type Props = { readonly facts: TrapFacts; readonly title: string; readonly showText: boolean };

export const TrapFactsView = ({ facts, title, showText }: Props) => {
  const { t } = useTranslation();
  const { syslog, snmp } = facts;
  const fact = (label: string, value: string | number | null): readonly Fact[] =>
    value === null || value === '' ? [] : [[label, value]];
  const shown: readonly Fact[] = [
    ...(showText ? fact(t('traps.columns.text'), facts.text) : []),
    ...fact(t('traps.detail.host'), facts.host),
    ...(facts.saidAt === null
      ? []
      : [[t('traps.detail.saidAt'), <Instant key="said" at={facts.saidAt} />] as const]),
    ...(showText ? fact(t('traps.malformed'), facts.malformed) : []),
    ...(syslog === null
      ? []
      : [
          ...fact(t('traps.fact.facility'), named(syslog.facility, syslogFacilities)),
          ...fact(t('traps.fact.severity'), named(syslog.severity, syslogSeverities)),
          ...fact(t('traps.fact.app'), syslog.app),
          ...fact(t('traps.fact.procId'), syslog.procId),
          ...fact(t('traps.fact.msgId'), syslog.msgId),
        ]),
    ...(snmp === null
      ? []
      : [
          ...fact(
            t('traps.fact.kind'),
            t(`traps.fact.${snmp.kind}`, {
              version: { 1: 'v1', 2: 'v2c', 3: 'v3' }[snmp.version] ?? snmp.version,
            }),
          ),
          ...fact(t('traps.fact.trapOid'), snmp.trapOid),
          ...(snmp.v1 === null
            ? []
            : [
                ...fact(t('traps.fact.enterprise'), snmp.v1.enterprise),
                ...fact(t('traps.fact.generic'), snmp.v1.generic),
                ...fact(t('traps.fact.specific'), snmp.v1.specific),
              ]),
        ]),
  ];
  const fields = Object.entries(facts.fields);
  return (
    <section aria-label={title}>
      <Title order={3} size="h6" mb={4}>
        {title}
      </Title>
      <Facts facts={shown} />
      {snmp !== null && snmp.varbinds.length > 0 && (
        <Pairs
          title={t('traps.fact.varbinds')}
          headers={[t('traps.fact.oid'), t('traps.fact.type'), t('traps.fact.value')]}
          rows={snmp.varbinds.map(({ oid, type, value }) => [oid, type, value])}
        />
      )}
      {fields.length > 0 && (
        <Pairs
          title={t('traps.fact.fields')}
          headers={[t('traps.fact.name'), t('traps.fact.value')]}
          rows={fields.map(([name, value]) => [name, value])}
        />
      )}
      {shown.length === 0 && fields.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('traps.detail.nothing')}
        </Text>
      )}
    </section>
  );
};

const named = (number: number | null, names: readonly string[]): string | null =>
  number === null ? null : `${names[number] ?? '?'} (${number})`;

type PairsProps = {
  readonly title: string;
  readonly headers: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

const Pairs = ({ title, headers, rows }: PairsProps) => (
  <>
    <Text size="xs" c="dimmed" fw={600} mt="xs">
      {title}
    </Text>
    {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable by keyboard */}
    <div className="nz-scroll-x" tabIndex={0} role="region" aria-label={title}>
      <table className="nz-table nz-table-small">
        <thead>
          <tr>
            {headers.map((header) => (
              <th key={header} scope="col">
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // A trap may name the same varbind twice.
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={headers[column]} className="nz-mono nz-break">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  </>
);
