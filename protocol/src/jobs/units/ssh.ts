// Form of the unit type "ssh": a command on a host without an agent, by the ssh client of a node.
import * as z from 'zod';
import { definitionLimits } from '../definition-limits.ts';
import { absolutePathSchema, attemptUnitBase, exitCodesSchema } from './attempt-base.ts';
import { environmentNameSchema, textSchema } from './unit-base.ts';
import { unitOutputsSchema } from './unit-output.ts';
import { schemaText } from '../../sentences/schema-sentences.ts';

export const sshUnitSchema = z.strictObject({
  ...attemptUnitBase,
  type: z.literal('ssh'),
  /** Name or address. */
  host: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[A-Za-z0-9_.:{}-]+$/, schemaText('host_name'))
    .refine((text) => !text.startsWith('-'), schemaText('no_leading_dash')),
  port: z.int().min(1).max(65_535).default(22),
  /** Who it is there. */
  login: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.@\\-]{0,99}$/, schemaText('user_name')),
  /** A line for the `/bin/sh` of that host. Nothing is put into it; what it needs stands in `environment`. */
  command: z
    .string()
    .min(1)
    .max(definitionLimits.commandBytesMax)
    .refine((text) => !text.includes('\0'), schemaText('text_without_nul')),
  environment: z.record(environmentNameSchema, textSchema).optional(),
  /** Private key on the node, without a passphrase. */
  key_file: absolutePathSchema,
  /** Lines as of a known_hosts file. Either this or `known_hosts_file`: a host that is in neither is never connected to. */
  known_hosts: textSchema.optional(),
  known_hosts_file: absolutePathSchema.optional(),
  connect_timeout_s: z.int().min(1).max(600).default(15),
  exit_codes: exitCodesSchema.optional(),
  outputs: unitOutputsSchema.optional(),
});
export type SshUnit = z.infer<typeof sshUnitSchema>;
