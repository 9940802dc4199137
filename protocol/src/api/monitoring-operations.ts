// Operations on the monitoring of start conditions.
import * as z from 'zod';
import { netNameSchema } from '../ids.ts';
import { monitoringOperationSchema, netMonitoringSchema } from '../jobs/start-conditions.ts';
import { defineOperation } from './operation.ts';

const netParams = z.strictObject({ name: netNameSchema });
const noQuery = z.strictObject({});

export const monitoringOperations = {
  getNetMonitoring: defineOperation({
    id: 'getNetMonitoring',
    method: 'GET',
    path: '/nets/{name}/monitoring',
    tag: 'jobs',
    access: 'nets.read',
    status: 200,
    summary:
      'How the start conditions of a job net stand: what is fulfilled, what waits, what was started last',
    params: netParams,
    query: noQuery,
    body: undefined,
    response: netMonitoringSchema,
    problems: ['not_found'],
  }),
  operateNetMonitoring: defineOperation({
    id: 'operateNetMonitoring',
    method: 'POST',
    path: '/nets/{name}/monitoring',
    tag: 'jobs',
    access: 'nets.run',
    status: 200,
    summary: 'Begin, end, release or clear the monitoring of start conditions',
    params: netParams,
    query: noQuery,
    body: z.strictObject({ operation: monitoringOperationSchema }),
    response: netMonitoringSchema,
    problems: ['not_found', 'operation_refused', 'forbidden'],
  }),
} as const;
