// The two languages of the console, and the instance that translates. Called by main.tsx; screens use `useTranslation`.
import { createInstance, type i18n as I18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en.ts';
import { ja } from './ja.ts';

export const languages = ['en', 'ja'] as const;
export type Language = (typeof languages)[number];

export const languageNames: Readonly<Record<Language, string>> = { en: 'English', ja: '日本語' };

/** The first of the browser's languages that the console speaks. */
export const pickLanguage = (preferred: readonly string[]): Language => {
  for (const tag of preferred) {
    const found = languages.find(
      (language) => tag.toLowerCase() === language || tag.toLowerCase().startsWith(`${language}-`),
    );
    if (found !== undefined) return found;
  }
  return 'en';
};

export const createI18n = (language: Language): I18n => {
  const instance = createInstance({
    lng: language,
    fallbackLng: 'en',
    supportedLngs: [...languages],
    resources: { en: { translation: en }, ja: { translation: ja } },
    // React escapes.
    interpolation: { escapeValue: false },
    initAsync: false,
    react: { useSuspense: false },
  });
  void instance.use(initReactI18next).init();
  return instance;
};
