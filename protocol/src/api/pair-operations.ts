// Operations on the pair: who is on duty, and what an operator may ask for.
import * as z from 'zod';
import { commandResultSchema, operatorCommandSchema } from '../pair/pair-link.ts';
import { voterIdSchema } from '../pair/roster.ts';
import { pairStatusSchema } from '../pair/status.ts';
import { defineOperation } from './operation.ts';
import { noParams, noQuery } from './paging.ts';

export const pairOperations = {
  getPair: defineOperation({
    id: 'getPair',
    method: 'GET',
    path: '/pair',
    tag: 'pair',
    access: 'pair.read',
    status: 200,
    summary:
      'How the pair is: who is master, since when and why, what is missing for redundancy, and the history of switches',
    params: noParams,
    query: noQuery,
    body: undefined,
    response: pairStatusSchema,
  }),
  commandPair: defineOperation({
    id: 'commandPair',
    method: 'POST',
    path: '/pair/commands',
    tag: 'pair',
    access: 'pair.operate',
    status: 200,
    summary: 'Switch, recover, maintenance and the other commands of the pair',
    params: noParams,
    query: noQuery,
    body: z.strictObject({
      /** The host that shall carry it out; null: the one that has to. */
      host: voterIdSchema.nullable(),
      command: operatorCommandSchema,
    }),
    response: commandResultSchema,
    problems: ['pair_refused'],
  }),
} as const;
