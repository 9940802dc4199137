// The formats of the current language.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { createFormat, type Format } from './format.ts';

export const useFormat = (): Format => {
  const { i18n } = useTranslation();
  const language = i18n.language;
  return useMemo(() => createFormat(language), [language]);
};
