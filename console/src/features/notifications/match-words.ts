// What a condition means, in a sentence of the user's language. Pure. Called by lists, by the inhibition's sentence, by the silence dialog.
import type { TFunction } from 'i18next';
import type { EventMatch, FieldMatch, TextMatch } from '@nezuban/protocol/notifications/event-match';
import type { RuleTimes, TimeBand } from '@nezuban/protocol/notifications/rule';

/** Longer lists are counted, not read. */
const listedMax = 4;

export type Wording = {
  readonly t: TFunction;
  /** "a, b or c". */
  readonly either: (items: readonly string[]) => string;
};

export const createWording = (t: TFunction, language: string): Wording => {
  const format = new Intl.ListFormat(language, { type: 'disjunction' });
  return {
    t,
    either: (items) =>
      items.length <= listedMax
        ? format.format(items)
        : t('notify.words.andMore', {
            list: items.slice(0, listedMax).join(t('notify.words.comma')),
            count: items.length - listedMax,
          }),
  };
};

const named = <Value>(list: readonly Value[] | undefined): list is readonly Value[] =>
  list !== undefined && list.length > 0;

/** Which events are meant; those of no condition are all. */
export const matchWords = (wording: Wording, match: Readonly<EventMatch>): string => {
  const { t, either } = wording;
  const { priorities, codes, nets, monitors, scopes, nodes, text, keys, fields, state } = match;
  const parts = [
    ...(named(priorities)
      ? [
          t('notify.words.priorities', {
            list: either(priorities.map((each) => t(`status.priority.${each}`))),
          }),
        ]
      : []),
    ...(named(codes)
      ? [t('notify.words.codes', { list: either(codes.map((each) => t(`events.code.${each}`))) })]
      : []),
    ...(named(scopes) ? [t('notify.words.scopes', { list: either(scopes) })] : []),
    ...(named(nodes) ? [t('notify.words.nodes', { list: either(nodes) })] : []),
    ...(named(monitors) ? [t('notify.words.monitors', { list: either(monitors) })] : []),
    ...(named(nets) ? [t('notify.words.nets', { list: either(nets) })] : []),
    ...(named(keys) ? [t('notify.words.keys', { list: either(keys) })] : []),
    ...(text === undefined ? [] : [t('notify.words.text', { what: textWords(t, text) })]),
    ...(fields ?? []).map((field) =>
      t('notify.words.field', { name: field.name ?? '', what: fieldWords(t, field) }),
    ),
    ...(state === undefined ? [] : [t(`notify.words.state.${state}`)]),
  ];
  return parts.length === 0 ? t('notify.words.all') : parts.join(t('notify.words.and'));
};

const textWords = (t: TFunction, { contains, matches }: TextMatch): string =>
  [
    ...(contains === undefined ? [] : [t('notify.words.contains', { text: contains })]),
    ...(matches === undefined ? [] : [t('notify.words.matches', { text: matches })]),
  ].join(t('notify.words.and'));

const fieldWords = (t: TFunction, field: FieldMatch): string =>
  [
    ...(field.equals === undefined ? [] : [t('notify.words.equals', { text: field.equals })]),
    ...(field.contains === undefined && field.matches === undefined ? [] : [textWords(t, field)]),
  ].join(t('notify.words.and'));

/** When a rule may tell. */
export const timesWords = (wording: Wording, times: Readonly<Partial<RuleTimes>>): string => {
  const { t } = wording;
  const bands = (list: readonly TimeBand[]) =>
    list.map((band) => bandWords(wording, band)).join(t('notify.words.comma'));
  const parts = [
    ...(named(times.only) ? [t('notify.words.only', { bands: bands(times.only) })] : []),
    ...(named(times.except) ? [t('notify.words.except', { bands: bands(times.except) })] : []),
  ];
  return parts.length === 0 ? '' : `${parts.join(t('notify.words.and'))} (${times.timezone ?? 'UTC'})`;
};

const bandWords = ({ t }: Wording, band: Readonly<Partial<TimeBand>>): string =>
  [
    ...(band.calendar === undefined
      ? []
      : [t(`calendars.band.words.${band.on ?? 'open'}`, { name: band.calendar })]),
    ...(named(band.weekdays)
      ? [band.weekdays.map((day) => t(`notify.weekday.${day}`)).join(t('notify.words.dot'))]
      : []),
    // Without times it is the whole business day, whenever that begins.
    ...(band.calendar !== undefined && band.from === undefined && band.to === undefined
      ? []
      : [`${band.from ?? '00:00'}–${band.to ?? '24:00'}`]),
  ].join(' ');
