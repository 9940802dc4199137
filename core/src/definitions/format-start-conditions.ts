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
    enabled: unless(conditions.enabled, true),
  });
}

function plainWatcher(watcher: StartWatcher): Plain {
  return 'event' in watcher
    ? pick({ name: watcher.name, event: pick(watcher.event), parameters: watcher.parameters })
    : pick({
        name: watcher.name,
        net: watcher.net,
        on: watcher.on.join() === 'normal,warning' ? undefined : watcher.on,
        parameters: watcher.parameters,
      });
}

function unless<T>(value: T, standard: T): T | undefined {
  return value === standard ? undefined : value;
}

function pick(values: Plain): Plain {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
