// Which events a matcher means, in one line. Pure.
import type { EventMatch } from '@nezuban/protocol/notifications/event-match';

export const matchText = (match: EventMatch): string => {
  const { priorities, codes, nets, monitors, scopes, nodes, keys, text, fields, state } = match;
  const lists: readonly (readonly [string, readonly string[] | undefined])[] = [
    ['priority', priorities],
    ['code', codes],
    ['node', nodes],
    ['scope', scopes],
    ['monitor', monitors],
    ['key', keys],
    ['net', nets],
    ['field', fields?.map(({ name }) => name)],
  ];
  const parts = lists.flatMap(([name, list]) =>
    list === undefined || list.length === 0 ? [] : [`${name} ${list.join(', ')}`],
  );
  if (text !== undefined) parts.push(`text "${text.contains ?? text.matches ?? ''}"`);
  if (state !== undefined) parts.push(state);
  return parts.length === 0 ? 'all events' : parts.join('; ');
};
