// Sentences of the keeper in the user's language: advice by its code and facts, reasons by their fixed wording; what is not known stays in
// the keeper's English. Pure.
import type { Advice } from '@nezuban/protocol/pair/status';
import type { Format } from '../../components/format.ts';
import { adviceSentencesJa } from './advice-sentences-ja.ts';
import { reasonSentencesJa } from './reason-sentences-ja.ts';

export type Said = {
  readonly text: string;
  /** The language that it is in, for readers. */
  readonly lang: string;
};

export type TextOptions = { readonly language: string; readonly format: Format };

const placeholder = /\{(\w+)\}/g;

export const adviceText = (advice: Advice, { language, format }: TextOptions): Said => {
  const english = { text: advice.says, lang: 'en' };
  if (language !== 'ja') return english;
  for (const sentence of adviceSentencesJa[advice.code]) {
    const text = fill(sentence, (name) => factText(name, advice.facts[name], format));
    if (text !== null) return { text, lang: 'ja' };
  }
  return english;
};

const factText = (name: string, fact: string | number | undefined, format: Format): string | null => {
  if (fact === undefined || fact === '') return null;
  if (typeof fact === 'string') return name === 'why' ? fact.replace(/\.$/, '') : fact;
  return name.endsWith('Bytes') ? format.size(fact) : format.number(fact);
};

const fill = (sentence: string, valueOf: (name: string) => string | null): string | null => {
  let complete = true;
  const text = sentence.replaceAll(placeholder, (_, name: string) => {
    const value = valueOf(name);
    complete &&= value !== null;
    return value ?? '';
  });
  return complete ? text : null;
};

/** English sentence to what finds its facts, made once. */
const reasonPatterns = reasonSentencesJa.map(([english, japanese]) => ({
  pattern: new RegExp(
    `^${english
      .replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`)
      .replaceAll(placeholder, (_, name: string) =>
        name === 'term' ? `(?<${name}>\\d+)` : `(?<${name}>.+?)`,
      )}$`,
  ),
  japanese,
}));

export const reasonText = (reason: string, language: string): Said => {
  if (language === 'ja') {
    for (const { pattern, japanese } of reasonPatterns) {
      const groups = pattern.exec(reason)?.groups;
      const isFound = groups !== undefined || pattern.test(reason);
      const text = isFound ? fill(japanese, (name) => groups?.[name] ?? null) : null;
      if (text !== null) return { text, lang: 'ja' };
    }
  }
  return { text: reason, lang: 'en' };
};
