// What a change of users or roles does to what people have left behind: found in its transaction, to look at before it is made and to tell when it is.
// Responsible for whose standing changes, users who were deleted included, and for both standings. What they have left behind is the port's
// (StandingOrders, jobs/rights-outlook). Called by the changes of users and roles, and by the operation previewAccess.
import { say } from '@nezuban/protocol/sentences/sentence';
import type { AccessChange } from '@nezuban/protocol/access/outlook';
import { CodedError } from '@nezuban/protocol/errors';
import type { Database } from '../database/database.ts';
import type {
  Handlers,
  RequestActor,
  ScopePlaces,
  Standing,
  StandingChanges,
  StandingOrders,
  Transaction,
} from '../ports.ts';
import { createActorPermissions } from './actor-permissions.ts';
import { openGiving, type Giving } from './giving.ts';
import type { RoleBook, RoleChange } from './role-book.ts';
import { findStandingRoles, findWithRole } from './user-store.ts';

export type StandingChangePorts = {
  readonly database: Database;
  readonly book: RoleBook;
  readonly places: () => ScopePlaces;
  /** Made later; asked once requests are answered. */
  readonly orders: () => StandingOrders;
};
type Roles = readonly string[] | null;
type OfUser = { readonly name: string; readonly before: Roles; readonly after: Roles };
type Tell<Change> = (
  transaction: Transaction,
  giving: Giving,
  change: Change & { readonly actor: RequestActor },
) => Promise<() => void>;

/** Each in the transaction of the change, before or after it is written; call what they give after the commit. */
export type StandingTold = { readonly ofUser: Tell<OfUser>; readonly ofRole: Tell<RoleChange> };
export type StandingWatch = {
  readonly told: StandingTold;
  readonly routes: Pick<Handlers, 'previewAccess'>;
};

export const createStandingWatch = ({
  database,
  book,
  places,
  orders,
}: StandingChangePorts): StandingWatch => {
  const standingOf = (giving: Giving, roles: Roles, change?: RoleChange): Standing | null =>
    roles === null
      ? null
      : { roles, permissions: createActorPermissions(giving.decide(roles, change), places) };
  const changesOfUser = (giving: Giving, { name, before, after }: OfUser): StandingChanges =>
    new Map([[name, { before: standingOf(giving, before), after: standingOf(giving, after) }]]);
  const changesOfRole = async (
    transaction: Transaction,
    giving: Giving,
    change: RoleChange,
  ): Promise<StandingChanges> => {
    const current: RoleChange = { name: change.name, grants: giving.role(change.name)?.grants ?? null };
    const users = await findWithRole(transaction, change.name);
    return new Map(
      users.map(({ name, roles }) => [
        name,
        { before: standingOf(giving, roles, current), after: standingOf(giving, roles, change) },
      ]),
    );
  };
  /** What is looked at need not be allowed; what is not there cannot be. */
  const changesOf = async (
    transaction: Transaction,
    giving: Giving,
    asked: AccessChange,
  ): Promise<StandingChanges> => {
    if (asked.kind === 'role') return await changesOfRole(transaction, giving, asked);
    const missing = asked.roles?.find((role) => !book.exists(role));
    if (missing !== undefined)
      throw new CodedError('invalid_request', say('later_no_role', { name: missing }));
    const before = await findStandingRoles(transaction, asked.name);
    return changesOfUser(giving, { name: asked.name, before, after: asked.roles ?? before });
  };

  return {
    told: {
      ofUser: async (transaction, giving, user) =>
        await orders().tell(transaction, changesOfUser(giving, user), user.actor),
      ofRole: async (transaction, giving, change) =>
        await orders().tell(transaction, await changesOfRole(transaction, giving, change), change.actor),
    },
    routes: {
      async previewAccess({ body, actor }) {
        return {
          body: await database.inTransaction(async (transaction) => {
            const giving = await openGiving(transaction, places);
            const changes = await changesOf(transaction, giving, body);
            const kept = body.kind === 'user' && body.roles === null;
            return await orders().look(transaction, changes, { actor, kept });
          }),
        };
      },
    },
  };
};
