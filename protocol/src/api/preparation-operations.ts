// Operations on starts that have not come yet: what an operator says beforehand of one of them.
import * as z from 'zod';
import { instantSchema, netNameSchema } from '../ids.ts';
import { startPreparationSchema, startWishSchema } from '../jobs/start-preparation.ts';
import { defineOperation } from './operation.ts';
import { noQuery } from './paging.ts';

const netParams = z.strictObject({ name: netNameSchema });
const startShape = {
  schedule: z.string().max(100),
  /** Which one: its time by the schedule; or the time that it was moved to, where the schedule has no other start then. */
  at: instantSchema.optional(),
};

export const preparationOperations = {
  listStartPreparations: defineOperation({
    id: 'listStartPreparations',
    method: 'GET',
    path: '/nets/{name}/start-preparations',
    tag: 'jobs',
    access: 'nets.read',
    status: 200,
    summary: 'Starts of a job net that operators have prepared or left out beforehand, by their time',
    params: netParams,
    query: noQuery,
    body: undefined,
    response: z.object({ items: z.array(startPreparationSchema) }),
    problems: ['not_found'],
  }),
  prepareStart: defineOperation({
    id: 'prepareStart',
    method: 'PUT',
    path: '/nets/{name}/start-preparations',
    tag: 'jobs',
    access: 'nets.run',
    status: 200,
    summary:
      'Prepare one coming start of a schedule: begin suspended, hold, release or skip units, other parameters, priority',
    params: netParams,
    query: noQuery,
    body: startWishSchema.extend({
      ...startShape,
      /** Refused unless the start has this preparation, or with null none. Left out: whatever it has is replaced. */
      replaces: z.int().nullable().optional(),
    }),
    response: startPreparationSchema,
    problems: [
      'not_found',
      'missing_parameter',
      'invalid_request',
      'invalid_definition',
      'precondition_failed',
    ],
  }),
  withdrawStartPreparation: defineOperation({
    id: 'withdrawStartPreparation',
    method: 'DELETE',
    path: '/nets/{name}/start-preparations',
    tag: 'jobs',
    access: 'nets.run',
    status: 204,
    summary:
      'Take back what was said of a coming start: it comes as its schedule has it; a moved one stays moved',
    params: netParams,
    query: z.strictObject(startShape),
    body: undefined,
    response: undefined,
    problems: ['not_found', 'precondition_failed'],
  }),
} as const;
