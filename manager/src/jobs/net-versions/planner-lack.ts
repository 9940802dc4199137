// What whoever has planned a release may not do any more of all that the net does. Asked when its time comes (releases.ts), and when his rights
// change (rights-outlook/order-outlook.ts).
import { CodedError } from '@nezuban/protocol/errors';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { Standing, Transaction } from '../../ports.ts';
import type { AuthorRights } from '../author-rights.ts';

export type PlannedBy = {
  readonly name: string;
  readonly standing: Standing;
  readonly definition: JobNetDefinition;
};

/** A sentence; null: he may do all of it. */
export const lackOfPlanner = async (
  authors: AuthorRights,
  transaction: Transaction,
  { name, standing, definition }: PlannedBy,
): Promise<string | null> => {
  const { name: net } = definition;
  if (!standing.permissions.onNet('nets.write', net))
    return `${name} may not change the job net "${net}" any more.`;
  const nobody = { key: null, until: null, mustChangePassword: false, address: null } as const;
  try {
    await authors.assertMayDefine(transaction, { ...standing, ...nobody, name, by: 'schedule' }, definition);
    return null;
  } catch (error) {
    if (error instanceof CodedError && (error.code === 'forbidden' || error.code === 'not_found'))
      return error.message;
    throw error;
  }
};
