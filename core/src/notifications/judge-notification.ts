// What of a notification rule, an inhibition or a silence has the right shape and no sense: patterns, stars, zones. Pure.
// Called wherever such a definition comes in, by YAML or by the API.
import type { EventMatch } from '@nezuban/protocol/notifications/event-match';
import type { Escalation } from '@nezuban/protocol/notifications/escalation';
import type { Inhibition } from '@nezuban/protocol/notifications/inhibition';
import type { NotificationRule, TimeBand } from '@nezuban/protocol/notifications/rule';
import { say } from '@nezuban/protocol/sentences/sentence';
import { dayMinutes } from '../calendars/business-time.ts';
import { minutesOf } from '../calendars/calendar.ts';
import { quote, type PathIssue } from '../definitions/path-issue.ts';
import { isTimeZone } from '../schedules/time-zone.ts';
import { compilePattern } from '../traps/rules/bounded-pattern.ts';

export const judgeRule = (rule: NotificationRule): readonly PathIssue[] => {
  const zone = rule.times?.timezone;
  return [
    ...judgeMatch(rule),
    ...judgeBands(rule),
    ...(zone === undefined || isTimeZone(zone)
      ? []
      : [
          {
            path: ['times', 'timezone'],
            ...say('no_zone_such_as_tokyo', { zone: quote(zone) }),
          },
        ]),
  ];
};

/** Calendars that a rule names, each with its first place: whether they are there is asked by the one who stores the rule. */
export const calendarsOfRule = (rule: NotificationRule): ReadonlyMap<string, PathIssue['path']> => {
  const found = new Map<string, PathIssue['path']>();
  for (const list of ['only', 'except'] as const)
    for (const [index, { calendar }] of (rule.times?.[list] ?? []).entries())
      if (calendar !== undefined && !found.has(calendar))
        found.set(calendar, ['times', list, index, 'calendar']);
  return found;
};

const judgeBands = (rule: NotificationRule): readonly PathIssue[] =>
  (['only', 'except'] as const).flatMap((list) =>
    (rule.times?.[list] ?? []).flatMap((band, index) => {
      const path = ['times', list, index];
      return band.calendar === undefined ? judgeWallBand(band, path) : judgeBusinessBand(band, path);
    }),
  );

const judgeWallBand = (band: TimeBand, path: PathIssue['path']): readonly PathIssue[] => [
  ...(band.on === undefined ? [] : [{ path: [...path, 'on'], atKey: true, ...say('needs_calendar') }]),
  ...(['from', 'to'] as const)
    .filter((key) => minutesOf(band[key]) > dayMinutes)
    .map((key) => ({
      path: [...path, key],
      ...say('band_time_needs_calendar', { time: band[key] }),
    })),
];

const judgeBusinessBand = (band: TimeBand, path: PathIssue['path']): readonly PathIssue[] => {
  const from = minutesOf(band.from);
  const length = minutesOf(band.to) - from;
  if (from >= 2 * dayMinutes) return [{ path: [...path, 'from'], ...say('band_before_48') }];
  if (length > dayMinutes) return [{ path: [...path, 'to'], ...say('band_too_long') }];
  return length < -dayMinutes
    ? [{ path: [...path, 'to'], ...say('band_before_from', { from: band.from }) }]
    : [];
};

export const judgeInhibition = (inhibition: Inhibition): readonly PathIssue[] => [
  ...judgeMatch(inhibition.while, ['while']),
  ...judgeMatch(inhibition.keep_back, ['keep_back']),
];

export const judgeEscalation = (escalation: Escalation): readonly PathIssue[] =>
  escalation.rounds > 1 && escalation.steps.every((step) => step.after_min === 0)
    ? [
        {
          path: ['steps', 0, 'after_min'],
          ...say('rounds_need_minutes'),
        },
      ]
    : [];

export const judgeMatch = (match: EventMatch, at: PathIssue['path'] = []): readonly PathIssue[] => [
  ...(['nets', 'monitors', 'nodes', 'keys'] as const).flatMap((list) =>
    (match[list] ?? []).flatMap((pattern, index) => judgeStar(pattern, [...at, list, index])),
  ),
  ...judgePattern(match.text, [...at, 'text', 'matches']),
  ...(match.fields ?? []).flatMap((field, index) => judgePattern(field, [...at, 'fields', index, 'matches'])),
];

/** `*` stands for any rest, so it may only stand at the end. */
const judgeStar = (pattern: string, path: PathIssue['path']): readonly PathIssue[] => {
  const star = pattern.indexOf('*');
  return star === -1 || star === pattern.length - 1
    ? []
    : [{ path, ...say('inner_star', { pattern: quote(pattern) }) }];
};

const judgePattern = (
  text: { readonly matches?: string | undefined; readonly ignore_case?: boolean | undefined } | undefined,
  path: PathIssue['path'],
): readonly PathIssue[] => {
  if (text?.matches === undefined) return [];
  const compiled = compilePattern(text.matches, text.ignore_case ?? false);
  return compiled.ok ? [] : [{ path, ...compiled.problem }];
};
