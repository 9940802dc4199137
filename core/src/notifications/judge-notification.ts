// What of a notification rule, an inhibition or a silence has the right shape and no sense: patterns, stars, zones. Pure.
// Called wherever such a definition comes in, by YAML or by the API.
import type { EventMatch } from '@nezuban/protocol/notifications/event-match';
import type { Escalation } from '@nezuban/protocol/notifications/escalation';
import type { Inhibition } from '@nezuban/protocol/notifications/inhibition';
import type { NotificationRule } from '@nezuban/protocol/notifications/rule';
import { quote, type PathIssue } from '../definitions/path-issue.ts';
import { isTimeZone } from '../schedules/time-zone.ts';
import { compilePattern } from '../traps/rules/bounded-pattern.ts';

export const judgeRule = (rule: NotificationRule): readonly PathIssue[] => {
  const zone = rule.times?.timezone;
  return [
    ...judgeMatch(rule),
    ...(zone === undefined || isTimeZone(zone)
      ? []
      : [
          {
            path: ['times', 'timezone'],
            message: `there is no time zone ${quote(zone)}; write one such as "Asia/Tokyo"`,
          },
        ]),
  ];
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
          message: 'must be at least 1 in some step: with "rounds", all would be told again at once',
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
    : [{ path, message: `"*" may stand only once, at the end of ${quote(pattern)}` }];
};

const judgePattern = (
  text: { readonly matches?: string | undefined; readonly ignore_case?: boolean | undefined } | undefined,
  path: PathIssue['path'],
): readonly PathIssue[] => {
  if (text?.matches === undefined) return [];
  const compiled = compilePattern(text.matches, text.ignore_case ?? false);
  return compiled.ok ? [] : [{ path, message: compiled.problem.message }];
};
