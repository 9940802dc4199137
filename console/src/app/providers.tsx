// Everything that screens find by context, around the router.
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import type { i18n as I18n } from 'i18next';
import { useEffect, useState, type ReactNode } from 'react';
import { I18nextProvider, useTranslation } from 'react-i18next';
import { ConfirmProvider } from '../components/confirm.tsx';
import { HeadingFocusProvider } from '../components/heading-focus.tsx';
import { createTicker, TickerProvider } from '../components/ticker.tsx';
import { BackendProvider, type Backend } from './backend.tsx';
import { FocusKeeper } from './focus-keeper.tsx';
import { createColorSchemeManager } from './color-scheme.ts';
import { cssVariables, theme } from './theme.ts';

type Props = { readonly backend: Backend; readonly i18n: I18n; readonly children: ReactNode };

export const Providers = ({ backend, i18n, children }: Props) => {
  const [schemes] = useState(() => createColorSchemeManager(backend.settings));
  const [ticker] = useState(() => createTicker(1000));
  return (
    <I18nextProvider i18n={i18n}>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariables}
        colorSchemeManager={schemes}
        defaultColorScheme="auto"
      >
        <BackendProvider backend={backend}>
          <TickerProvider ticker={ticker}>
            <ConfirmProvider>
              <HeadingFocusProvider>
                <LanguageOfPage />
                <FocusKeeper />
                <Notifications position="bottom-right" limit={4} />
                {children}
              </HeadingFocusProvider>
            </ConfirmProvider>
          </TickerProvider>
        </BackendProvider>
      </MantineProvider>
    </I18nextProvider>
  );
};

const LanguageOfPage = () => {
  const { i18n } = useTranslation();
  const language = i18n.language;
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return null;
};
