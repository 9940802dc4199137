// What an inhibition does, in a sentence. Pure. Called by the list and, while it is written, by the editor.
import { groupKeys } from '@nezuban/protocol/notifications/rule';
import type { EventMatch } from '@nezuban/protocol/notifications/event-match';
import { matchWords, type Wording } from './match-words.ts';

/** As far as it is written. */
export type InhibitionPart = {
  readonly while?: unknown;
  readonly keep_back?: unknown;
  readonly equal?: unknown;
  readonly behind?: unknown;
  readonly at_most_min?: unknown;
};

const hourMin = 60;
const dayMin = 24 * hourMin;

export const inhibitionWords = (wording: Wording, part: InhibitionPart): string => {
  const { t } = wording;
  const equal = Array.isArray(part.equal) ? part.equal.map(String) : [];
  const limits = [
    ...(typeof part.behind === 'string' && part.behind !== ''
      ? [t('notify.inhibitions.words.behind', { scope: part.behind })]
      : []),
    ...(equal.length > 0
      ? [
          t('notify.inhibitions.words.equal', {
            list: equal
              .map((name) => {
                const key = groupKeys.find((each) => each === name);
                return key === undefined ? name.replace(/^field:/, '') : t(`notify.group.key.${key}`);
              })
              .join(t('notify.words.comma')),
          }),
        ]
      : []),
  ];
  return t('notify.inhibitions.words.whole', {
    while: matchWords(wording, (part.while ?? {}) as EventMatch),
    keepBack: matchWords(wording, (part.keep_back ?? {}) as EventMatch),
    limits: limits.join(''),
    duration: durationWords(wording, Number(part.at_most_min ?? dayMin)),
  });
};

const durationWords = ({ t }: Wording, minutes: number): string =>
  minutes % hourMin === 0
    ? t('notify.words.hours', { count: minutes / hourMin })
    : t('notify.words.minutes', { count: minutes });
