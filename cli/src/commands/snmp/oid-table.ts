// Entries of the tree of OIDs as a table. Called by the commands that list some.
import type { OidView } from '@nezuban/protocol/traps/snmp-names';
import type { Output } from '../../output/output.ts';

export const oidTable = (out: Output, items: readonly OidView[]): string[] =>
  out.table(
    [
      { title: 'OID' },
      { title: 'NAME', flexible: true },
      { title: 'KIND' },
      { title: 'TYPE', flexible: true },
    ],
    items.map((entry) => [
      entry.oid,
      `${entry.module}::${entry.name}`,
      entry.kind === 'node' ? (entry.hasChildren ? 'folder' : 'name') : entry.kind,
      typeText(entry),
    ]),
  );

const typeText = ({ type, labels }: OidView): string =>
  labels.length === 0
    ? (type ?? '')
    : `${type ?? ''} ${labels.map(({ number, label }) => `${label}(${number})`).join(' ')}`;
