/** The real core with the real model of its disk: what runs are normally about. */
import { decide, wakeAt } from '@nezuban/ha/decision/decide';
import { createState } from '@nezuban/ha/decision/state';
import type { Subject } from './core.ts';
import { RecordDisk } from './disk.ts';

export const realSubject: Subject = {
  decide,
  wakeAt,
  createState,
  createDisk: (ports) => new RecordDisk(ports),
};
