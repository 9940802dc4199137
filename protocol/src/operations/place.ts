// Places at which operators freeze work or plan maintenance: the manager as a whole, a folder of job nets or one net, a scope or one node.
// Of manager, folder and net no session starts; of scope and node no command does.
import * as z from 'zod';
import { nameSchema, netNameSchema } from '../ids.ts';

export const placeKinds = ['manager', 'folder', 'net', 'scope', 'node'] as const;
export type PlaceKind = (typeof placeKinds)[number];

/** `name` is null for the manager alone. A folder is named without a `/` at its end: `night` holds `night/settlement`. */
export const placeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('manager'), name: z.null().default(null) }),
  z.strictObject({ kind: z.literal('folder'), name: netNameSchema }),
  z.strictObject({ kind: z.literal('net'), name: netNameSchema }),
  z.strictObject({ kind: z.literal('scope'), name: nameSchema }),
  z.strictObject({ kind: z.literal('node'), name: nameSchema }),
]);
export type Place = z.infer<typeof placeSchema>;

/** `node web-1`, `the manager`: as it stands in sentences. */
export const placeText = (place: Place): string =>
  place.kind === 'manager' ? 'the manager' : `${place.kind} "${place.name}"`;

/** What to type behind `nezuban freeze` and its like. */
export const placeWords = (place: Place): string =>
  place.kind === 'manager' ? 'manager' : `${place.kind} ${place.name}`;
