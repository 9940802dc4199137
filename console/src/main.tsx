// Entry of the console: makes what the screens work with, and shows the router. The only file with side effects at import.
import '@fontsource-variable/noto-sans-jp/index.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app/base.css';
import './app/status.css';
import './components/components.css';
import './components/working-pages.css';
import './components/bars.css';
import './components/events.css';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import * as z from 'zod';
import { createSettings } from './api/settings.ts';
import { createBackend } from './app/backend.tsx';
import { Providers } from './app/providers.tsx';
import { createConsoleRouter } from './app/router.tsx';
import { createI18n, languages, loadTexts, pickLanguage } from './i18n/i18n.ts';

// The content security policy forbids making code from text, which the schema library would try first.
z.config({ jitless: true });

const settings = createSettings(() => localStorage);
const language = settings.read('language', languages) ?? pickLanguage(navigator.languages);
const i18n = createI18n(language, await loadTexts(language));
const backend = createBackend({
  fetch: (input, init) => fetch(input, init),
  openStream: (url) => new EventSource(url),
  settings,
});
const router = createConsoleRouter(backend);

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <Providers backend={backend} i18n={i18n}>
      <RouterProvider router={router} />
    </Providers>
  </StrictMode>,
);
