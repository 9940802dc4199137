// Events about what lasts: told once, also by a manager that takes over while it lasts.
// Called by the watches of files.
import type { Database } from '../../database/database.ts';
import type { EventDraft, EventSink } from '../../ports.ts';

/** Writes the event unless one of its code, node, net and condition is there since then. */
export const createTellOnce =
  ({ database, events }: { readonly database: Database; readonly events: EventSink }) =>
  async (draft: EventDraft, since: Date): Promise<void> => {
    const { net, condition } = draft.details;
    const told = await database.query({
      text: `SELECT FROM event WHERE code = $1 AND node = $2 AND at >= $3 AND details ->> 'net' = $4 AND details ->> 'condition' = $5 LIMIT 1`,
      values: [draft.code, draft.node, since, net, condition],
    });
    if (told.length === 0) await events.appendNow([draft]);
  };
