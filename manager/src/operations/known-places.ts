// Whether a place that somebody names exists: a freeze or window on a name with a slip of the pen would protect nothing.
// Called before a freeze, and for windows in the transaction of their change, so that nets and scopes of the same file count.
import { placeText, type Place } from '@nezuban/protocol/operations/place';
import type { InventorySnapshot, Transaction } from '../ports.ts';

type Query = Pick<Transaction, 'query'>;

/** A sentence for the place if there is no such thing, else null. */
export const missingPlace = async (
  place: Place,
  { nodes }: Pick<InventorySnapshot, 'nodes'>,
  transaction: Query,
): Promise<string | null> => {
  switch (place.kind) {
    case 'manager':
      return null;
    case 'node':
      return nodes.has(place.name) ? null : `There is no ${placeText(place)}.`;
    // Not in memory: it may be made in this very transaction.
    case 'scope': {
      const { rows } = await transaction.query('SELECT FROM scope WHERE name = $1', [place.name]);
      return rows.length > 0 ? null : `There is no ${placeText(place)}.`;
    }
    case 'net': {
      const { rows } = await transaction.query('SELECT FROM net WHERE name = $1', [place.name]);
      return rows.length > 0 ? null : `There is no job net "${place.name}".`;
    }
    case 'folder': {
      const { rows } = await transaction.query("SELECT FROM net WHERE starts_with(name, $1 || '/') LIMIT 1", [
        place.name,
      ]);
      return rows.length > 0 ? null : `There is no job net in a folder "${place.name}".`;
    }
  }
};
