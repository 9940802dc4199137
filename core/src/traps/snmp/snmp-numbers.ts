/**
 * Numbers of the SNMP standards that several files here need, with where they come from.
 */

/** Tags of PDUs: RFC 1157, 4; RFC 3416, 3. */
export const pduTags = {
  get: 0xa0,
  getNext: 0xa1,
  response: 0xa2,
  set: 0xa3,
  trapV1: 0xa4,
  getBulk: 0xa5,
  inform: 0xa6,
  trap: 0xa7,
  report: 0xa8,
} as const;

/** What stands in a message for the version. */
export const messageVersions = { v1: 0, v2c: 1, v3: 3 } as const;

export const knownOids = {
  /** RFC 3418. */
  sysUpTime: '1.3.6.1.2.1.1.3.0',
  snmpTrapOid: '1.3.6.1.6.3.1.1.4.1.0',
  /** coldStart is `.1`: generic traps of v1 plus one (RFC 3584, 3.1). */
  snmpTraps: '1.3.6.1.6.3.1.1.5',
  /** RFC 3584, 3.1: a proxy says here who the agent was. */
  snmpTrapAddress: '1.3.6.1.6.3.18.1.3.0',
} as const;

/** `enterpriseSpecific`, RFC 1157, 4.1.6. */
export const GENERIC_ENTERPRISE = 6;

/** A datagram holds no more than that many of the smallest varbinds; a message with more is no trap that a device sent. */
export const VARBINDS_MAX = 4_000;
