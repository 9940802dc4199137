// Which preparation belongs to a start that is shown: by the time of its schedule, or the one that it was moved to.
import type { StartPreparation } from '@nezuban/protocol/jobs/start-preparation';

export const isMeant = (
  { schedule, at, movedTo }: StartPreparation,
  start: { readonly schedule: string; readonly at: string },
): boolean => schedule === start.schedule && (at === start.at || movedTo === start.at);
