// What a definition makes use of beyond its own net: whose ends and events it waits for, which nets it starts, by which channels it tells.
// Responsible for asking whether the one who saves it may: whoever may run the net later lets all this happen. What stood there before is
// left to him. Pure but for the permissions. Called when a definition is saved.
import type { JobNetDefinition, UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { RequestActor } from '../ports.ts';

type Uses = {
  readonly starts: ReadonlySet<string>;
  readonly waitsFor: ReadonlySet<string>;
  readonly channels: ReadonlySet<string>;
  readonly events: boolean;
};

export const assertMayUseElsewhere = (
  { permissions }: RequestActor,
  { before, after }: { readonly before: JobNetDefinition | null; readonly after: JobNetDefinition },
): void => {
  const old = before === null ? null : usesOf(before);
  const uses = usesOf(after);
  const missing = (net: string): string => `There is no job net "${net}".`;
  for (const net of uses.starts)
    if (old?.starts.has(net) !== true && net !== after.name)
      permissions.requireOnNet('nets.run', net, missing(net));
  for (const net of uses.waitsFor)
    if (old?.waitsFor.has(net) !== true) permissions.requireOnNet('nets.read', net, missing(net));
  if (uses.events && old?.events !== true) permissions.require('events.read');
  for (const channel of uses.channels)
    if (old?.channels.has(channel) !== true) permissions.require('notifications.read');
};

const usesOf = (definition: JobNetDefinition): Uses => {
  const starts = new Set<string>();
  const waitsFor = new Set<string>();
  const channels = new Set<string>();
  let events = false;
  const look = (unit: UnitDefinition): void => {
    switch (unit.type) {
      case 'net':
        unit.units.forEach(look);
        return;
      case 'net_start':
        starts.add(unit.net);
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
  return { starts, waitsFor, channels, events };
};
