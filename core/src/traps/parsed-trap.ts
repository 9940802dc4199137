/**
 * A trap as it was understood: what rules look at, whatever protocol it came by.
 *
 * Responsible for the shape that the readers of each protocol (`syslog/`, `snmp/`, `custom/`) make and the rules (`rules/`) and the manager
 * use. What could not be understood is a trap too: `malformed` says why, and `text` holds what can be shown of it.
 */
import type { TrapProtocol } from '@nezuban/protocol/intake/record';

export type Varbind = {
  /** Dotted numbers. */
  readonly oid: string;
  /** ASN.1 or SMI name: `integer`, `octets`, `oid`, `ipaddress`, `counter32`, `gauge32`, `timeticks`, `counter64`, `opaque`, `null`. */
  readonly type: string;
  /** Text of the value: numbers as decimals, octets as text where they are printable, else `0x` and hexadecimal. */
  readonly value: string;
};

export type SnmpFacts = {
  readonly version: 1 | 2 | 3;
  readonly kind: 'trap' | 'inform';
  /** Community, or the user of SNMPv3. */
  readonly name: string;
  /** As snmpTrapOID.0, for v1 by the mapping of RFC 3584, 3.1. */
  readonly trapOid: string;
  /** v1 alone. */
  readonly v1: { readonly enterprise: string; readonly generic: number; readonly specific: number } | null;
  /** Without sysUpTime.0 and snmpTrapOID.0. */
  readonly varbinds: readonly Varbind[];
};

export type SyslogFacts = {
  /** Null: no priority was given. */
  readonly facility: number | null;
  readonly severity: number | null;
  readonly app: string | null;
  readonly procId: string | null;
  readonly msgId: string | null;
};

export type ParsedTrap = {
  readonly protocol: Exclude<TrapProtocol, 'control'>;
  readonly receivedMs: number;
  /** As the sender says; null: it does not, or not intelligibly. */
  readonly saidAtMs: number | null;
  /** Sender by the network, canonical text (IPv4 as such). */
  readonly address: string;
  /** Whom it says it is about: host name of the syslog header, agent address of SNMP, FacilityID of a custom trap. */
  readonly claimedHost: string | null;
  /** What rules on text look at, what people read: MSG of syslog, SNMP with its varbinds rendered, MSG of a custom trap. */
  readonly text: string;
  /** By name, for conditions and templates: structured data as `sdId.param`, varbinds as `symbol` or OID (and `symbol.index`), custom `KEY` and its fields. */
  readonly fields: Readonly<Record<string, string>>;
  readonly syslog: SyslogFacts | null;
  readonly snmp: SnmpFacts | null;
  readonly malformed: string | null;
};

/** With the place that the manager has found for it. */
export type PlacedTrap = ParsedTrap & {
  /** Managed node or a name given by an alias rule; null: nobody knows this sender. */
  readonly node: string | null;
  /** Scopes that the node lies in, parents included. */
  readonly scopes: ReadonlySet<string>;
};
