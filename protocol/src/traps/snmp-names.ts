/**
 * MIB modules, OIDs, users of SNMPv3 and tokens for custom traps, as the API shows them.
 *
 * Responsible for shapes and bounds. Reading modules is `core/src/traps/mib`.
 */
import * as z from 'zod';
import { instantSchema, nameSchema } from '../ids.ts';
import { snmpAuthProtocols, snmpPrivProtocols, snmpUserSchema } from '../intake/orders.ts';

export const mibUploadLimits = {
  /** Characters of one file; the largest modules of vendors have some hundred thousand. */
  fileCharsMax: 5 * 1024 * 1024,
  /** Of all files of one upload; more are sent in several. */
  uploadCharsMax: 20 * 1024 * 1024,
  filesMax: 200,
  /** What one manager keeps. All of it is read at its start. */
  modulesMax: 2_000,
  keptCharsMax: 64 * 1024 * 1024,
} as const;

export const mibNameSchema = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[A-Za-z][\w-]*$/, 'must be the name of a MIB module, such as IF-MIB');

export const mibProblemSchema = z.object({
  /** Of the uploaded file; null: it concerns the module as a whole. */
  line: z.int().nullable(),
  message: z.string(),
});

export const mibViewSchema = z.object({
  name: z.string(),
  /** Null: one of the table that Nezuban brings along. */
  fileName: z.string().nullable(),
  uploadedAt: instantSchema.nullable(),
  uploadedBy: z.string().nullable(),
  definitions: z.int(),
  problems: z.array(mibProblemSchema),
});
export type MibView = z.infer<typeof mibViewSchema>;

export const oidViewSchema = z.object({
  oid: z.string(),
  module: z.string(),
  name: z.string(),
  kind: z.enum(['node', 'object', 'notification']),
  /** Of an object: base type or textual convention. */
  type: z.string().nullable(),
  labels: z.array(z.object({ number: z.int(), label: z.string() })),
  displayHint: z.string().nullable(),
  description: z.string().nullable(),
  hasChildren: z.boolean(),
});
export type OidView = z.infer<typeof oidViewSchema>;

export const translationSchema = z.object({
  oid: z.string(),
  /** `IF-MIB::ifDescr.3`; the dotted numbers where nobody has named it. */
  symbol: z.string(),
  /** The deepest object that it is or lies below. */
  entry: oidViewSchema.nullable(),
});

/** Passwords that are left out stay as they are, while the protocols do. */
export const snmpUserPutSchema = snmpUserSchema.omit({ name: true });
export const snmpUserNameSchema = snmpUserSchema.shape.name.regex(
  /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/,
  'must be printable ASCII, as devices write it',
);
export const snmpUserViewSchema = z.object({
  name: z.string(),
  auth: z.enum(snmpAuthProtocols),
  priv: z.enum(snmpPrivProtocols),
  engineId: z.string().nullable(),
  updatedAt: instantSchema,
  updatedBy: z.string(),
  /** Its passwords do not open with the secret key of this manager: they must be entered again. */
  secretsLost: z.boolean(),
});
export type SnmpUserView = z.infer<typeof snmpUserViewSchema>;

export const trapTokenViewSchema = z.object({
  name: nameSchema,
  createdAt: instantSchema,
  createdBy: z.string(),
});
