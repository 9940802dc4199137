// English texts, put together from one file for each feature. Their shape is the list of keys: Japanese has exactly the
// same (ja.ts, compared by a test). Glossary: DESIGN of the product; one word, one meaning. Counts are worded so that no
// plural is needed.
import { accessEn } from './en/access.ts';
import { adminEn } from './en/admin.ts';
import { backupEn } from './en/backup.ts';
import { calendarsEn } from './en/calendars.ts';
import { placesEn } from './en/places.ts';
import { commonEn } from './en/common.ts';
import { editorFieldsEn } from './en/editor-fields.ts';
import { editorStartsEn } from './en/editor-starts.ts';
import { editorEn } from './en/editor.ts';
import { eventDetailEn } from './en/event-detail.ts';
import { eventsEn } from './en/events.ts';
import { formsEn } from './en/forms.ts';
import { frameEn } from './en/frame.ts';
import { homeEn } from './en/home.ts';
import { inventoryEn } from './en/inventory.ts';
import { jobsEn } from './en/jobs.ts';
import { netMapEn } from './en/net-map.ts';
import { preparationsEn } from './en/preparations.ts';
import { netVersionsEn } from './en/net-versions.ts';
import { notifyEn } from './en/notify.ts';
import { operationsEn } from './en/operations.ts';
import { pairEn } from './en/pair.ts';
import { problemsEn } from './en/problems.ts';
import { variablesEn } from './en/variables.ts';
import { sessionOperationsEn } from './en/session-operations.ts';
import { statusPageEn } from './en/status-page.ts';
import { systemEn } from './en/system.ts';
import { trapsEn } from './en/traps.ts';
import { waitsEn } from './en/waits.ts';

export const en = {
  ...accessEn,
  ...adminEn,
  ...backupEn,
  ...calendarsEn,
  ...placesEn,
  ...commonEn,
  ...editorEn,
  ...editorFieldsEn,
  ...editorStartsEn,
  ...eventDetailEn,
  ...eventsEn,
  ...formsEn,
  ...frameEn,
  ...homeEn,
  ...inventoryEn,
  ...jobsEn,
  ...netMapEn,
  ...netVersionsEn,
  ...preparationsEn,
  ...notifyEn,
  ...operationsEn,
  ...pairEn,
  ...problemsEn,
  ...sessionOperationsEn,
  ...variablesEn,
  ...statusPageEn,
  ...systemEn,
  ...trapsEn,
  ...waitsEn,
};

export type Translations = typeof en;
