/** Where an intake keeps what it has below NEZUBAN_HOME. Pure; called by the intake and by its inspector. */
import path from 'node:path';

export type IntakePlaces = {
  readonly folder: string;
  readonly journal: string;
  readonly positions: string;
  readonly orders: string;
};

export function intakePlaces(home: string): IntakePlaces {
  const folder = path.join(home, 'intake');
  return {
    folder,
    journal: path.join(folder, 'journal'),
    positions: path.join(folder, 'positions.json'),
    orders: path.join(folder, 'orders.json'),
  };
}
