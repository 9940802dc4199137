// The wording of conditions in the current language.
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { createWording, type Wording } from './match-words.ts';

export const useWording = (): Wording => {
  const { t, i18n } = useTranslation();
  return useMemo(() => createWording(t, i18n.language), [t, i18n.language]);
};
