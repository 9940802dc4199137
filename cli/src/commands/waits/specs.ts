// The commands on approvals and on the monitoring of start conditions.
import { monitoringOperations } from '@nezuban/protocol/jobs/start-conditions';
import type { CommandSpec, OptionSpec, PositionalSpec } from '../command.ts';

const session: PositionalSpec = {
  name: 'SESSION',
  description: 'number of a session',
  integer: true,
  completes: 'sessions',
};
const unit: PositionalSpec = { name: 'UNIT', description: 'path of a unit that waits for approval' };
const commentOption: OptionSpec = {
  type: 'text',
  value: 'TEXT',
  description: 'Kept with the decision',
};
const group = 'jobs';

export const waitCommands: readonly CommandSpec[] = [
  {
    name: 'approvals',
    aliases: ['approvals list'],
    group,
    summary: 'List units that wait for people to approve them',
    positionals: [],
    options: { mine: { type: 'flag', description: 'Only those that you may decide' } },
    examples: ['nezuban approvals', 'nezuban approvals --mine'],
    load: () => import('./approvals.ts'),
  },
  {
    name: 'approve',
    group,
    summary: 'Approve a unit that waits for people',
    positionals: [session, unit],
    options: { comment: commentOption },
    examples: ['nezuban approve 12 ask --comment "figures checked"'],
    load: () => import('./decide.ts'),
  },
  {
    name: 'refuse',
    group,
    summary: 'Refuse a unit that waits for people: it answers false',
    positionals: [session, unit],
    options: { comment: commentOption },
    examples: ['nezuban refuse 12 ask --comment "wrong day"'],
    load: () => import('./decide.ts'),
  },
  {
    name: 'net monitoring',
    group,
    summary: 'Show how the start conditions of a job net stand, or begin, end, release or clear them',
    positionals: [
      {
        name: 'NET',
        description: 'name of a job net, such as night/settlement',
        completes: 'nets',
      },
      {
        name: 'OPERATION',
        description:
          'begin or end to watch; release: go on after an abnormal end; clear: forget what is fulfilled and what waits',
        optional: true,
        choices: monitoringOperations,
      },
    ],
    options: {},
    examples: ['nezuban net monitoring loads', 'nezuban net monitoring loads end'],
    load: () => import('./monitoring.ts'),
  },
];
