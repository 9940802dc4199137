// What changes of rules and rights would stop, put together: shown before they are saved, and told by events when they are. Made by jobs.ts.
// Not responsible for users and roles: access/ asks through the port StandingOrders.
import type { Clock } from '@nezuban/platform/clock';
import type { Database } from '../../database/database.ts';
import type { EventSink, Handlers, StandingOrders } from '../../ports.ts';
import type { SettingsPort } from '../../settings/settings.ts';
import type { AuthorRights } from '../author-rights.ts';
import type { RunAsPlaces } from '../run-as-guard.ts';
import { runAsEvents } from './outlook-events.ts';
import { lookAtRunAs, refusedRuns } from './run-as-outlook.ts';
import { createStandingOrders } from './standing-orders.ts';

export type RightsOutlookPorts = {
  readonly database: Pick<Database, 'query'>;
  readonly inventory: RunAsPlaces;
  readonly settings: Pick<SettingsPort, 'of' | 'onSaving'>;
  readonly authors: AuthorRights;
  readonly events: Pick<EventSink, 'append'>;
  readonly clock: Clock;
};
export type RightsOutlook = {
  readonly orders: StandingOrders;
  readonly routes: Pick<Handlers, 'previewRunAs'>;
};

export const createRightsOutlook = (ports: RightsOutlookPorts): RightsOutlook => {
  const { database, inventory, settings, authors, events, clock } = ports;
  // Asked in the transaction of the change itself, and by its connection: others may wait for the rules with all that there are.
  settings.onSaving('run_as', async (transaction, { before, after, actor }) => {
    const runs = refusedRuns(
      {
        inventory,
        database: {
          query: async ({ text, values }) => (await transaction.query(text, [...(values ?? [])])).rows,
        },
      },
      { before: before.rules, after: after.rules },
    );
    const drafts = await runAsEvents(runs, { actor: actor.name, at: new Date(clock.epochMs()) });
    return drafts.length === 0 ? () => undefined : await events.append(transaction, drafts);
  });
  return {
    orders: createStandingOrders({ authors, events, clock }),
    routes: {
      async previewRunAs({ body, actor }) {
        const change = { before: settings.of('run_as').rules, after: body.rules };
        const sees = (net: string): boolean => actor.permissions.onNet('nets.read', net);
        return { body: await lookAtRunAs({ database, inventory }, change, sees) };
      },
    },
  };
};
