// Which preparation belongs to a start that is shown: by the time of its schedule, for another may be moved to that of this one.
import type { StartPreparation } from '@nezuban/protocol/jobs/start-preparation';

export const isMeant = (
  { schedule, at }: StartPreparation,
  start: { readonly schedule: string; readonly at: string },
): boolean => schedule === start.schedule && at === start.at;
