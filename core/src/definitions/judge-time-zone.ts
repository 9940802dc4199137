// Judges the name of a time zone by the zone data of the runtime.
import { say } from '@nezuban/protocol/sentences/sentence';
import { nearest } from '../text/did-you-mean.ts';
import { isTimeZone } from '../schedules/time-zone.ts';
import type { PathIssue, PathSegment } from './path-issue.ts';

export function judgeTimeZone(zone: string, path: readonly PathSegment[]): PathIssue | null {
  if (isTimeZone(zone)) return null;
  const suggestion = nearest(zone, Intl.supportedValuesOf('timeZone')) ?? 'Asia/Tokyo';
  return { path, ...say('no_time_zone', { zone, near: suggestion }) };
}
