// What would this command be: the order of a unit for people to read, before anything runs. Called by the routes. Reads only.
import { say } from '@nezuban/protocol/sentences/sentence';
import { previewOrder } from '@nezuban/core/jobs/variables/preview-order';
import type { Clock } from '@nezuban/platform/clock';
import { CodedError } from '@nezuban/protocol/errors';
import type { Database } from '../database/database.ts';
import type { Calendars, Handlers, Inventory } from '../ports.ts';
import { withBusinessDate } from './business-date.ts';
import type { DefinitionCache } from './definition-cache.ts';

export type OrderPreviewServices = {
  readonly database: Database;
  readonly definitions: DefinitionCache;
  readonly inventory: Pick<Inventory, 'snapshot'>;
  readonly calendars: Pick<Calendars, 'book'>;
  readonly clock: Clock;
};

export const createOrderPreviewRoute = ({
  database,
  definitions,
  inventory,
  calendars,
  clock,
}: OrderPreviewServices): Pick<Handlers, 'previewOrder'> => ({
  async previewOrder({ params: { name }, body, actor }) {
    const missing = say('problem_there_is_no_job_net', { net: name });
    actor.permissions.requireOnNet('nets.read', name, missing);
    const [current] = await database.query<{ revision: number }>({
      name: 'net_revision_now',
      text: 'SELECT revision FROM net WHERE name = $1',
      values: [name],
    });
    if (current === undefined) throw new CodedError('not_found', missing);
    const plan = await definitions.loadPlan({ net: name, revision: current.revision });
    const now = clock.epochMs();
    const trigger = withBusinessDate({ plan, trigger: { type: 'manual', user: '' } }, calendars, now);
    const preview = previewOrder(
      { plan, unit: body.unit, given: body.parameters, trigger },
      { now, inventory: inventory.snapshot() },
    );
    if (preview === null)
      throw new CodedError(
        'not_found',
        plan.indexByPath.has(body.unit)
          ? `The unit "${body.unit}" of ${name} runs nothing on a node.`
          : `The job net "${name}" has no unit "${body.unit}".`,
      );
    return { body: preview };
  },
});
