// Operations on saved filters of events: each user has his own; one for everybody is made by who may confirm events.
import { say } from '@nezuban/protocol/sentences/sentence';
import { CodedError } from '@nezuban/protocol/errors';
import { forbidden } from '../access/actor-permissions.ts';
import type { Database } from '../database/database.ts';
import type { AuditLog, Handlers } from '../ports.ts';
import {
  countFilters,
  deleteFilter,
  FILTERS_PER_USER_MAX,
  findFilter,
  loadFilters,
  saveFilter,
} from './filter-store.ts';

export const createFilterRoutes = ({
  database,
  audit,
}: {
  readonly database: Database;
  readonly audit: AuditLog;
}): Pick<Handlers, 'listEventFilters' | 'putEventFilter' | 'deleteEventFilter'> => ({
  async listEventFilters({ actor }) {
    return { body: { items: await loadFilters(database, actor.name) } };
  },

  async putEventFilter({ params: { name }, body, actor }) {
    if (body.shared && !actor.permissions.holds('events.confirm')) throw forbidden('events.confirm', null);
    const saved = await database.inTransaction(async (transaction) => {
      if ((await countFilters(transaction, actor.name)) >= FILTERS_PER_USER_MAX)
        throw new CodedError(
          'too_many_requests',
          say('problem_you_have_saved_filters_which_is_the', { max: FILTERS_PER_USER_MAX }),
        );
      const written = await saveFilter(transaction, { name, owner: actor.name, ...body });
      if (written === null)
        throw new CodedError(
          'already_exists',
          say('problem_somebody_else_has_a_filter_for_everybody', { name }),
        );
      await audit.record(transaction, { actor, action: 'putEventFilter', target: name, details: body });
      return written;
    });
    return { body: saved };
  },

  async deleteEventFilter({ params: { name }, actor }) {
    await database.inTransaction(async (transaction) => {
      const found = await findFilter(transaction, name, actor.name);
      if (found === null)
        throw new CodedError('not_found', say('problem_there_is_no_saved_filter', { name }));
      if (found.owner !== actor.name && !actor.permissions.holds('settings.write'))
        throw forbidden('settings.write', `to delete the filter of ${found.owner}`);
      await deleteFilter(transaction, name, found.owner);
      await audit.record(transaction, {
        actor,
        action: 'deleteEventFilter',
        target: name,
        details: { owner: found.owner },
      });
    });
    return { body: undefined };
  },
});
