// The sentence of an event in the user's language: by its code and the facts behind it where all are there, else as the manager wrote it.
import type { EventView } from '@nezuban/protocol/events/event';
import { eventSentencesJa } from './event-sentences-ja.ts';

type Said = Pick<EventView, 'code' | 'message' | 'details' | 'node'>;

const placeholder = /\{(\w+)\}/g;

export const eventText = (event: Said, language: string): string => {
  if (language !== 'ja') return event.message;
  const facts: Readonly<Record<string, string | number | null>> = { node: event.node, ...event.details };
  for (const sentence of eventSentencesJa[event.code]) {
    const filled = fill(sentence, facts);
    if (filled !== null) return filled;
  }
  return event.message;
};

/** Null where a fact is missing: a sentence with a hole says less than the English one. */
const fill = (sentence: string, facts: Readonly<Record<string, string | number | null>>): string | null => {
  let complete = true;
  const text = sentence.replaceAll(placeholder, (_, name: string) => {
    const fact = facts[name];
    if (fact === undefined || fact === null) {
      complete = false;
      return '';
    }
    return wordsJa[`${name}:${fact}`] ?? String(fact);
  });
  return complete ? text : null;
};

/** Facts that are words of ours. */
const wordsJa: Readonly<Record<string, string>> = {
  'endStatus:normal': '正常',
  'endStatus:warning': '警告',
  'endStatus:abnormal': '異常',
  'endStatus:unknown': '不明',
  'kind:jobnet': 'ジョブネット',
  'kind:notification': '通知ルール',
  'kind:scope': 'スコープ',
  'change:created': '作成',
  'change:updated': '変更',
  'change:deleted': '削除',
};
