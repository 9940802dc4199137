// The manual's pages of event codes, made from the protocol's list, its Japanese sentences and the meanings. Pure.
import { eventCodes, type EventCode } from '@nezuban/protocol/events/event';
import { eventSentencesJa } from '@nezuban/protocol/events/event-sentences-ja';
import { madeBy, table } from './markdown.ts';
import { eventMeanings } from './meanings-events.ts';

/** Facts that the sentences use; `node` stands beside the details. */
const detailsOf = (code: EventCode): readonly string[] => [
  ...new Set(
    eventSentencesJa[code].flatMap((sentence) =>
      [...sentence.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').filter((name) => name !== 'node'),
    ),
  ),
];

export const renderEventsReference = (): string =>
  [
    madeBy('protocol/src/events'),
    '',
    '# Events',
    '',
    '[日本語](../ja/reference/events.md)',
    '',
    'Codes are stable: notification rules and programs that read the API branch on them. `details` holds the facts behind the sentence; those of the table are there where they apply.',
    ...table(
      ['Code', 'Meaning', 'Details'],
      eventCodes.map((code) => [
        `\`${code}\``,
        eventMeanings[code],
        detailsOf(code)
          .map((name) => `\`${name}\``)
          .join(', '),
      ]),
    ),
    '',
  ].join('\n');

export const renderEventsReferenceJa = (): string =>
  [
    madeBy('protocol/src/events'),
    '',
    '# イベント',
    '',
    '[English](../../reference/events.md)',
    '',
    'コードは変わりません。通知ルールや API を読むプログラムは、コードで判別できます。`{名前}` にはイベントの `details` の値が入ります。',
    ...table(
      ['コード', '文'],
      eventCodes.map((code) => [`\`${code}\``, eventSentencesJa[code].join('<br>')]),
    ),
    '',
  ].join('\n');
