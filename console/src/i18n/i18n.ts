// The two languages of the console, and the instance that translates. Called by main.tsx; screens use `useTranslation`.
import { createInstance, type BackendModule, type i18n as I18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Translations } from './en.ts';
import { loadSentences } from './said.ts';

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

/** Each language is a file of its own: nobody waits for texts that he does not read. */
export const loadTexts = async (language: Language): Promise<Translations> =>
  language === 'ja'
    ? (await Promise.all([import('./ja.ts'), loadSentences()]))[0].ja
    : (await import('./en.ts')).en;

/** Begins with the texts of one language; those of the other come when it is switched to. */
export const createI18n = (language: Language, texts: Translations): I18n => {
  const backend: BackendModule = {
    type: 'backend',
    init: () => undefined,
    read: (wanted, _namespace, answer) => {
      const known = languages.find((each) => each === wanted) ?? 'en';
      loadTexts(known).then(
        (loaded) => answer(null, loaded),
        (error: unknown) => answer(error instanceof Error ? error : String(error), null),
      );
    },
  };
  const instance = createInstance({
    lng: language,
    // Both have the same keys, which a test guards.
    fallbackLng: false,
    supportedLngs: [...languages],
    resources: { [language]: { translation: texts } },
    partialBundledLanguages: true,
    // React escapes.
    interpolation: { escapeValue: false },
    initAsync: false,
    react: { useSuspense: false },
  });
  void instance.use(backend).use(initReactI18next).init();
  return instance;
};
