// Start conditions as canonical YAML values: defaults left out. Pure. Called by `formatJobNet`.
import type { StartConditions, StartWatcher } from '@nezuban/protocol/jobs/start-conditions';

type Plain = Readonly<Record<string, unknown>>;

export function plainStartConditions(conditions: StartConditions | undefined): Plain | undefined {
  if (conditions === undefined) return undefined;
  return pick({
    any: conditions.any?.map(plainWatcher),
    all: conditions.all?.map(plainWatcher),
    within_s: conditions.within_s,
    overlap: unless(conditions.overlap, 'wait'),
    after_abnormal: unless(conditions.after_abnormal, 'go_on'),
    starts_max: conditions.starts_max,
    valid_for_s: conditions.valid_for_s,
    valid_until: conditions.valid_until,
    enabled: unless(conditions.enabled, true),
  });
}

function plainWatcher(watcher: StartWatcher): Plain {
  return pick({ name: watcher.name, ...plainKind(watcher), parameters: watcher.parameters });
}

function plainKind(watcher: StartWatcher): Plain {
  if ('event' in watcher) return { event: pick(watcher.event) };
  if ('net' in watcher)
    return { net: watcher.net, on: watcher.on.join() === 'normal,warning' ? undefined : watcher.on };
  if ('time' in watcher) return { time: pick(watcher.time) };
  const { files } = watcher;
  return {
    files: pick({
      node: files.node,
      path: files.path.length === 1 ? files.path[0] : files.path,
      watch: unless(files.watch, 'created'),
      already_there: unless(files.already_there, 'ignored'),
      size_min: files.size_min,
      settle_s: unless(files.settle_s, 0),
      interval_s: unless(files.interval_s, 5),
      user: files.user,
    }),
  };
}

function unless<T>(value: T, standard: T): T | undefined {
  return value === standard ? undefined : value;
}

function pick(values: Plain): Plain {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
