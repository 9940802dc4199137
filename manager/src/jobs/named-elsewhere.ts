// What a job net lets happen beyond itself: which nets it starts and runs, which secrets it names, by which channels it tells, whose ends and
// events it waits for, and that it starts by itself.
// Responsible for asking whether the one who changes it may do all of that himself: whoever runs the net later, and its schedules, do it in his
// place. So a net is changed by those alone who hold what the whole of it needs, and the author of a revision stands for all that it does.
// To wait is only to see: what stood there before is left to him. Pure but for the permissions. Called by author-rights.ts.
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import { isDeepStrictEqual } from 'node:util';
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { Right } from '@nezuban/protocol/access/rights';
import { CodedError } from '@nezuban/protocol/errors';
import type { RequestActor } from '../ports.ts';
import { secretsNamedIn } from '../secrets/secret-uses.ts';

type Uses = {
  /** Nets that it starts, and nets that it refers to. */
  readonly runs: ReadonlySet<string>;
  readonly waitsFor: ReadonlySet<string>;
  readonly channels: ReadonlySet<string>;
  readonly events: boolean;
};
export type NetChange = { readonly before: JobNetDefinition | null; readonly after: JobNetDefinition };

/** As it comes back from the database: keys without a value are no keys. */
export const isSameNet = ({ before, after }: NetChange): boolean =>
  before !== null && isDeepStrictEqual(plain(before), plain(after));
const plain = (definition: JobNetDefinition): unknown => JSON.parse(JSON.stringify(definition));

export const assertMayUseElsewhere = ({ permissions }: RequestActor, { before, after }: NetChange): void => {
  const old = before === null ? null : usesOf(before);
  const uses = usesOf(after);
  const missing = (net: string): Said => say('problem_there_is_no_job_net', { net });
  for (const net of uses.runs)
    if (net !== after.name) permissions.requireOnNet('nets.run', net, missing(net));
  const starts = startsItself(after, uses);
  if (starts !== null && !permissions.onNet('nets.run', after.name)) throw lacks(after, starts, 'nets.run');
  const [secret] = secretsNamedIn(after);
  if (secret !== undefined && !permissions.holds('secrets.use'))
    throw lacks(after, `names the secret "${secret}"`, 'secrets.use');
  const [channel] = uses.channels;
  if (channel !== undefined && !permissions.holds('notifications.use'))
    throw lacks(after, `sends by the channel "${channel}"`, 'notifications.use');
  for (const net of uses.waitsFor)
    if (old?.waitsFor.has(net) !== true) permissions.requireOnNet('nets.read', net, missing(net));
  if (uses.events && old?.events !== true) permissions.require('events.read');
};

export const lacks = (net: JobNetDefinition, does: string, right: Right): CodedError =>
  new CodedError(
    'forbidden',
    `The job net "${net.name}" ${does}: whoever changes it needs the right "${right}"${right === 'nets.run' ? ' on it' : ''}.`,
  );

/** How it starts without anybody, as the rest of a sentence. */
const startsItself = (
  { name, schedules, start_conditions: conditions }: JobNetDefinition,
  { runs }: Uses,
) => {
  if (schedules.length > 0) return 'starts by schedules';
  if (conditions !== undefined) return 'starts by start conditions';
  return runs.has(name) ? 'starts itself' : null;
};

const usesOf = (definition: JobNetDefinition): Uses => {
  const runs = new Set<string>();
  const waitsFor = new Set<string>();
  const channels = new Set<string>();
  let events = false;
  const look = (unit: UnitDefinition): void => {
    switch (unit.type) {
      case 'net':
        unit.units.forEach(look);
        return;
      case 'net_start':
      case 'net_ref':
        runs.add(unit.net);
        return;
      case 'net_wait':
        for (const { net } of 'any' in unit.nets ? unit.nets.any : unit.nets.all) waitsFor.add(net);
        return;
      case 'event_wait':
        events = true;
        return;
      case 'approval':
        if (unit.channel !== undefined) channels.add(unit.channel);
        return;
      case 'mail_send':
        channels.add(unit.channel);
        return;
      default:
    }
  };
  definition.units.forEach(look);
  const { any, all } = definition.start_conditions ?? {};
  for (const watcher of any ?? all ?? [])
    if ('event' in watcher) events = true;
    else if ('net' in watcher) waitsFor.add(watcher.net);
  return { runs, waitsFor, channels, events };
};
