/**
 * What an intake listens to: written by people as the settings section `intake`, told to the intakes of both hosts by the manager on duty,
 * and kept by each in a file of its own, so that it hears before any manager or database is there.
 *
 * Responsible for the shapes and their defaults. Secrets of SNMPv3 users and of HTTP tokens are no settings: they are separate rows, sealed,
 * and are added to the orders.
 */
import * as z from 'zod';

/** An address, or a network in CIDR notation. */
const networkSchema = z
  .string()
  .max(64)
  .regex(/^[0-9a-fA-F:.]+(?:\/\d{1,3})?$/, 'must be an IP address or a network such as 192.0.2.0/24');
const hostSchema = z.string().min(1).max(255);

const receiver = (port: number, on: boolean) => ({
  enabled: z.boolean().default(on),
  host: hostSchema.default('127.0.0.1'),
  port: z.int().min(1).max(65535).default(port),
});

/** Settings section `intake`. The defaults listen on loopback and on ports that need no privilege; 514 and 162 need a capability or a redirect. */
export const intakeSettingsSchema = z.strictObject({
  syslog_udp: z.strictObject(receiver(5514, true)).prefault({}),
  syslog_tcp: z.strictObject(receiver(5514, true)).prefault({}),
  /** RFC 5425, with the certificate of this host's manager. `client_certificates`: only senders with a certificate of `client_ca_file`. */
  syslog_tls: z
    .strictObject({ ...receiver(6514, false), client_ca_file: z.string().max(1000).nullable().default(null) })
    .prefault({}),
  snmp: z
    .strictObject({
      ...receiver(5162, true),
      /** v1 and v2c only with one of these; empty: any. */
      communities: z.array(z.string().min(1).max(255)).max(100).default([]),
    })
    .prefault({}),
  http: z.strictObject(receiver(7383, true)).prefault({}),
  https: z.strictObject(receiver(7384, false)).prefault({}),
  /** Who may send at all; empty: anybody who reaches the port. */
  allowed: z.array(networkSchema).max(10_000).default([]),
  denied: z.array(networkSchema).max(10_000).default([]),
  /** One source may say this much for long; what is above is counted, summarised and shown. */
  source_per_second_max: z.int().min(1).max(1_000_000).default(50_000),
  journal_bytes_max: z
    .int()
    .min(64 * 1024 * 1024)
    .max(1_000_000_000_000)
    .default(4 * 1024 * 1024 * 1024),
});
export type IntakeSettings = z.output<typeof intakeSettingsSchema>;

export const snmpAuthProtocols = ['none', 'md5', 'sha', 'sha224', 'sha256', 'sha384', 'sha512'] as const;
export const snmpPrivProtocols = ['none', 'des', 'aes', 'aes256', 'aes256c'] as const;

/** One who may send SNMPv3. In orders with its secrets; the API shows none. */
export const snmpUserSchema = z.strictObject({
  name: z.string().min(1).max(32),
  auth: z.enum(snmpAuthProtocols).default('sha256'),
  auth_password: z.string().min(8).max(255).optional(),
  priv: z.enum(snmpPrivProtocols).default('aes'),
  priv_password: z.string().min(8).max(255).optional(),
  /** Of traps the sender's engine is the authority: hexadecimal; left out: any engine that authenticates. */
  engine_id: z
    .string()
    .regex(/^(?:[0-9a-fA-F]{2}){5,32}$/)
    .optional(),
});
export type SnmpUser = z.output<typeof snmpUserSchema>;

export const intakeOrdersSchema = z.object({
  /** Rises with each change. */
  revision: z.int().min(0),
  settings: intakeSettingsSchema,
  snmpUsers: z.array(snmpUserSchema).max(1_000),
  /** SHA-256 (hexadecimal) of tokens that may post custom traps; empty: the address lists alone decide. */
  httpTokenHashes: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(1_000),
  /** PEM files of this host's server certificate. */
  tls: z.object({ certificateFile: z.string(), keyFile: z.string() }).nullable(),
});
export type IntakeOrders = z.output<typeof intakeOrdersSchema>;
