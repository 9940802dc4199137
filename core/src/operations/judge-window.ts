// Judges what the schema of a maintenance window cannot: its zone, its cron expression, that it ends after it starts, places named twice.
// Called for YAML files (definitions/parse-definition-value.ts) and by the routes for JSON.
import {
  maintenanceLimits,
  toPlace,
  type MaintenanceWindow,
} from '@nezuban/protocol/operations/maintenance-window';
import { placeWords } from '@nezuban/protocol/operations/place';
import { say } from '@nezuban/protocol/sentences/sentence';
import { judgeTimeZone } from '../definitions/judge-time-zone.ts';
import type { PathIssue } from '../definitions/path-issue.ts';
import { judgeCron } from '../schedules/cron.ts';
import { momentOf } from './window-times.ts';

export function judgeMaintenanceWindow(window: MaintenanceWindow): PathIssue[] {
  const zone = judgeTimeZone(window.timezone, ['timezone']);
  if (zone !== null) return [zone];
  return [...judgeTimes(window), ...judgePlaces(window)];
}

function judgeTimes({ cron, timezone, start, end }: MaintenanceWindow): PathIssue[] {
  if (cron !== undefined) {
    const wrong = judgeCron(cron, timezone);
    return wrong === null ? [] : [{ path: ['cron'], ...wrong }];
  }
  const from = momentOf(start ?? '', timezone);
  const to = momentOf(end ?? '', timezone);
  if (from === null) return [{ path: ['start'], ...say('no_moment') }];
  if (to === null) return [{ path: ['end'], ...say('no_moment') }];
  if (to <= from) return [{ path: ['end'], ...say('must_be_later') }];
  if (to - from > maintenanceLimits.durationMinutesMax * 60_000)
    return [{ path: ['end'], ...say('window_too_long') }];
  return [];
}

function judgePlaces({ places }: MaintenanceWindow): PathIssue[] {
  const seen = new Set<string>();
  return places.flatMap((place, index) => {
    const words = placeWords(toPlace(place));
    if (!seen.has(words)) {
      seen.add(words);
      return [];
    }
    return [{ path: ['places', index], ...say('place_twice', { place: words }) }];
  });
}
