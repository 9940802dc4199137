// Operations on traps as they were heard, on who spoke, and on the intakes of both hosts.
import * as z from 'zod';
import { instantSchema, nameSchema } from '../ids.ts';
import {
  intakeViewSchema,
  trapDetailSchema,
  trapProcessingSchema,
  trapProtocolSchema,
  trapSourceSchema,
  trapSummarySchema,
} from '../traps/trap.ts';
import { defineOperation } from './operation.ts';
import { many, noParams, noQuery, pageOf, pageQuery } from './paging.ts';

const yesOrNo = z.stringbool();

export const trapsOperations = {
  listTraps: defineOperation({
    id: 'listTraps',
    method: 'GET',
    path: '/traps',
    tag: 'traps',
    access: 'traps.read',
    status: 200,
    summary: 'Traps as they were heard, newest first, whether they became events or not',
    params: noParams,
    query: z.strictObject({
      ...pageQuery,
      node: nameSchema.optional(),
      /** Of the sender: an address or a network such as 192.0.2.0/24. */
      address: z
        .string()
        .max(64)
        .regex(/^[0-9a-fA-F:.]+(?:\/\d{1,3})?$/, 'must be an IP address or a network such as 192.0.2.0/24')
        .optional(),
      protocol: many(trapProtocolSchema),
      matched: yesOrNo.optional(),
      malformed: yesOrNo.optional(),
      /** No node is known for the sender. */
      unknown: yesOrNo.optional(),
      /** In the message as it came; letters of ASCII in upper or lower case. */
      q: z.string().min(1).max(200).optional(),
      from: instantSchema.optional(),
      to: instantSchema.optional(),
    }),
    body: undefined,
    response: pageOf(trapSummarySchema),
    problems: ['search_too_slow'],
  }),
  getTrap: defineOperation({
    id: 'getTrap',
    method: 'GET',
    path: '/traps/{id}',
    tag: 'traps',
    access: 'traps.read',
    status: 200,
    summary: 'One trap: as it came, what was understood, and the events that it became',
    params: z.strictObject({ id: z.coerce.number().int().positive() }),
    query: noQuery,
    body: undefined,
    response: trapDetailSchema,
    problems: ['not_found'],
  }),
  listTrapSources: defineOperation({
    id: 'listTrapSources',
    method: 'GET',
    path: '/trap-sources',
    tag: 'traps',
    access: 'traps.read',
    status: 200,
    summary: 'Who has spoken since the manager is on duty, the latest first',
    params: noParams,
    query: z.strictObject({ unknown: yesOrNo.optional() }),
    body: undefined,
    response: z.object({ items: z.array(trapSourceSchema) }),
  }),
  getIntake: defineOperation({
    id: 'getIntake',
    method: 'GET',
    path: '/intake',
    tag: 'traps',
    access: 'traps.read',
    status: 200,
    summary: 'The intakes of both hosts: what they listen to, what they hold, how far they are read',
    params: noParams,
    query: noQuery,
    body: undefined,
    response: z.object({ intakes: z.array(intakeViewSchema), processing: trapProcessingSchema }),
  }),
} as const;
