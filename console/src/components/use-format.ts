// The formats of the current language.
import { useTranslation } from 'react-i18next';
import { createFormat, type Format } from './format.ts';

/** One for each language: making them costs more than drawing a row, and every cell with a time wants them. */
const formats = new Map<string, Format>();

export const useFormat = (): Format => {
  const { language } = useTranslation().i18n;
  const known = formats.get(language);
  if (known !== undefined) return known;
  const made = createFormat(language);
  formats.set(language, made);
  return made;
};
