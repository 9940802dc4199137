// Form of the unit type "container": runs a container by the engine (docker or podman) of a node.
import * as z from 'zod';
import { absolutePathSchema, attemptUnitBase, exitCodesSchema } from './attempt-base.ts';
import { unitLimitsSchema } from './limits.ts';
import { environmentNameSchema, textSchema } from './unit-base.ts';
import { unitOutputsSchema } from './unit-output.ts';
import { schemaText } from '../../sentences/schema-sentences.ts';

export const containerLimits = { wordsMax: 1000, volumesMax: 50 } as const;

const plain = (text: string): boolean => !text.startsWith('-') && !/[\s\0]/.test(text);
const wordSchema = textSchema;

export const containerUnitSchema = z.strictObject({
  ...attemptUnitBase,
  type: z.literal('container'),
  engine: z.enum(['auto', 'docker', 'podman']).default('auto'),
  image: z.string().min(1).max(500).refine(plain, schemaText('image_name')),
  /** Arguments for the image's entry point; a text is run by its `/bin/sh -c`. */
  command: z
    .union(
      [textSchema.min(1), z.array(wordSchema).min(1).max(containerLimits.wordsMax)],
      schemaText('command_line'),
    )
    .optional(),
  entrypoint: textSchema.min(1).optional(),
  environment: z.record(environmentNameSchema, textSchema).optional(),
  volumes: z
    .array(
      z
        .string()
        .max(8_200)
        .regex(/^[^-:\s][^:\0\n]*:\/[^:\0\n]*(:(ro|rw|z|Z)(,(ro|rw|z|Z))*)?$/, schemaText('mount')),
    )
    .min(1)
    .max(containerLimits.volumesMax)
    .optional(),
  network: z.string().min(1).max(200).refine(plain, schemaText('network_name')).optional(),
  /** Who it is inside: name or number, with or without a group behind a colon. */
  run_as: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$/, schemaText('container_user'))
    .optional(),
  workdir: absolutePathSchema.optional(),
  /** Such as `512m` or `2g`. */
  memory: z
    .string()
    .regex(/^\d{1,12}[bkmg]?$/i, schemaText('memory_size'))
    .optional(),
  cpus: z.number().positive().max(1024).optional(),
  /** What it may use beyond `memory` and `cpus`, which may stand here, too. */
  limits: unitLimitsSchema.optional(),
  pull: z.enum(['missing', 'always', 'never']).default('missing'),
  exit_codes: exitCodesSchema.optional(),
  outputs: unitOutputsSchema.optional(),
});
export type ContainerUnit = z.infer<typeof containerUnitSchema>;
