// Places of what has fulfilled a start condition, in its parameters: `{{event.message}}`, `{{file.path}}` and the like. Pure.
import type { EventView } from '@nezuban/protocol/events/event';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';

const place = /\{\{\s*([^{}]*?)\s*\}\}/g;
const plain = ['id', 'at', 'code', 'priority', 'node', 'monitor', 'key', 'message'] as const;
type Plain = (typeof plain)[number];
const named = /^(field|detail|group)\.(\S+)$/;
/** Characters of a filled value. */
const filledMax = 10_000;

/** What is wrong with the places of a text; empty: nothing. `groups`: named groups of the condition's pattern. */
export const eventPlaceProblems = (text: string, groups: ReadonlySet<string>): Said[] =>
  [...text.matchAll(place)].flatMap(([whole, name = '']) => {
    const rest = name.startsWith('event.') ? name.slice('event.'.length) : null;
    if (rest !== null && isPlain(rest)) return [];
    const [, kind, which = ''] = named.exec(rest ?? '') ?? [];
    if (kind === undefined)
      return [say('event_place_unknown', { place: whole, known: plain.map((each) => `{{event.${each}}}`) })];
    return kind !== 'group' || groups.has(which)
      ? []
      : [say('event_place_no_group', { place: whole, group: which })];
  });

/** What a condition on files, or on times, says. */
export const namedPlaces = {
  file: ['path', 'name', 'folder', 'size', 'modified', 'change', 'node', 'at'],
  time: ['at'],
} as const;

/** As `eventPlaceProblems`, of a condition on files or times. */
export const namedPlaceProblems = (text: string, word: keyof typeof namedPlaces): Said[] =>
  [...text.matchAll(place)].flatMap(([whole, name = '']) =>
    namedPlaces[word].some((known) => name === `${word}.${known}`)
      ? []
      : [
          say('named_place_unknown', {
            place: whole,
            known: namedPlaces[word].map((known) => `{{${word}.${known}}}`),
          }),
        ],
  );

export const fillNamedPlaces = (
  text: string,
  word: keyof typeof namedPlaces,
  says: Readonly<Record<string, string>>,
): string =>
  storable(
    text.replaceAll(place, (_whole, name: string) => {
      const which = name.slice(word.length + 1);
      return Object.hasOwn(says, which) ? (says[which] ?? '') : '';
    }),
  );

export const fillEventPlaces = (
  text: string,
  event: EventView,
  groups: Readonly<Record<string, string>>,
): string =>
  storable(
    text.replaceAll(place, (_whole, name: string) => {
      const rest = name.slice('event.'.length);
      if (isPlain(rest)) return String(event[rest] ?? '');
      const [, kind, which = ''] = named.exec(rest) ?? [];
      const from = kind === 'field' ? event.fields : kind === 'detail' ? event.details : groups;
      return Object.hasOwn(from, which) ? String(from[which]) : '';
    }),
  );

const storable = (text: string): string => text.slice(0, filledMax).replaceAll('\0', '\ufffd').toWellFormed();

const isPlain = (name: string): name is Plain => (plain as readonly string[]).includes(name);
