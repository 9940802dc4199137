// 日本語の文言を機能ごとのファイルから集める。キーは en.ts と同じ(型とテストが比べる)。用語は製品の用語集に従う。
import type { Translations } from './en.ts';
import { accessJa } from './ja/access.ts';
import { adminJa } from './ja/admin.ts';
import { backupJa } from './ja/backup.ts';
import { calendarsJa } from './ja/calendars.ts';
import { placesJa } from './ja/places.ts';
import { commonJa } from './ja/common.ts';
import { editorFieldsJa } from './ja/editor-fields.ts';
import { editorStartsJa } from './ja/editor-starts.ts';
import { editorJa } from './ja/editor.ts';
import { eventDetailJa } from './ja/event-detail.ts';
import { eventsJa } from './ja/events.ts';
import { formsJa } from './ja/forms.ts';
import { frameJa } from './ja/frame.ts';
import { homeJa } from './ja/home.ts';
import { inventoryJa } from './ja/inventory.ts';
import { jobsJa } from './ja/jobs.ts';
import { netMapJa } from './ja/net-map.ts';
import { preparationsJa } from './ja/preparations.ts';
import { netVersionsJa } from './ja/net-versions.ts';
import { notifyJa } from './ja/notify.ts';
import { operationsJa } from './ja/operations.ts';
import { pairJa } from './ja/pair.ts';
import { problemsJa } from './ja/problems.ts';
import { variablesJa } from './ja/variables.ts';
import { sessionOperationsJa } from './ja/session-operations.ts';
import { statusPageJa } from './ja/status-page.ts';
import { systemJa } from './ja/system.ts';
import { trapsJa } from './ja/traps.ts';
import { waitsJa } from './ja/waits.ts';

export const ja: Translations = {
  ...accessJa,
  ...adminJa,
  ...backupJa,
  ...calendarsJa,
  ...placesJa,
  ...commonJa,
  ...editorJa,
  ...editorFieldsJa,
  ...editorStartsJa,
  ...eventDetailJa,
  ...eventsJa,
  ...formsJa,
  ...frameJa,
  ...homeJa,
  ...inventoryJa,
  ...jobsJa,
  ...netMapJa,
  ...netVersionsJa,
  ...preparationsJa,
  ...notifyJa,
  ...operationsJa,
  ...pairJa,
  ...problemsJa,
  ...sessionOperationsJa,
  ...variablesJa,
  ...statusPageJa,
  ...systemJa,
  ...trapsJa,
  ...waitsJa,
};
