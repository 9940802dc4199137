// Makes `t('...')` accept the keys that exist, and no others.
import 'i18next';
import type { Translations } from './en.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: Translations };
  }
}
