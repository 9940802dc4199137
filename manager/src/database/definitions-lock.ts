// The one lock under which definitions change that name each other: job nets, calendars, files of many definitions.
// Held until the end of the transaction; taking it twice in one is no harm.
import type { Transaction } from '../ports.ts';

/** Changes of definitions go one after the other: they are rare, and nothing can cross. */
const DEFINITIONS_LOCK = 7_302_610;

export const lockDefinitions = async (transaction: Transaction): Promise<void> => {
  await transaction.query('SELECT pg_advisory_xact_lock($1)', [DEFINITIONS_LOCK]);
};
