// The commands on saved filters of events.
import type { CommandSpec, PositionalSpec } from '../command.ts';
import { eventFilterOptions } from './event-filter.ts';

const group = 'events';
const filter: PositionalSpec = { name: 'FILTER', description: 'name of a saved filter' };

export const filterCommands: readonly CommandSpec[] = [
  {
    name: 'events filter list',
    aliases: ['events filter'],
    group,
    summary: 'List saved filters of events: your own and those for everybody',
    positionals: [],
    options: {},
    examples: ['nezuban events filter list'],
    load: () => import('./filter-list.ts'),
  },
  {
    name: 'events filter save',
    group,
    summary: 'Save what events are narrowed by under a name',
    positionals: [filter],
    options: { shared: { type: 'flag', description: 'For everybody' }, ...eventFilterOptions },
    examples: ['nezuban events filter save night --priority critical --scope batch --shared'],
    load: () => import('./filter-save.ts'),
  },
  {
    name: 'events filter delete',
    group,
    summary: 'Delete a saved filter',
    positionals: [filter],
    options: {},
    examples: ['nezuban events filter delete night'],
    load: () => import('./filter-delete.ts'),
  },
];
