// Japanese or English, remembered in this browser.
import { SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { languageNames, languages } from '../i18n/i18n.ts';
import { useBackend } from './backend.tsx';

export const LanguageSwitch = () => {
  const { t, i18n } = useTranslation();
  const { settings } = useBackend();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('frame.language')}
      value={i18n.language}
      onChange={(language) => {
        settings.write('language', language);
        void i18n.changeLanguage(language);
      }}
      data={languages.map((language) => ({ value: language, label: languageNames[language] }))}
    />
  );
};
