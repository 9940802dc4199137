/**
 * What the keeper and its link process say to each other over IPC.
 *
 * Responsible for the shapes. Both sides check what arrives; a socket travels beside a `bulk` message.
 */
import * as z from 'zod';
import { bulkServiceSchema } from '@nezuban/protocol/pair/pair-link';
import { MEMBERS_MAX, voterIdSchema } from '@nezuban/protocol/pair/roster';
import { CLIENT_HELLO_BYTES_MAX } from './client-hello.ts';

const socketPathSchema = z.string().min(1).max(107);

export const linkCredentialsSchema = z.strictObject({
  certificate: z.string(),
  privateKey: z.string(),
  ca: z.string(),
});

/** A local Unix socket; each connection to it is carried to the peer's service. */
export const linkDoorSchema = z.strictObject({
  service: bulkServiceSchema,
  path: socketPathSchema,
  /** Who may connect beside ourselves, such as PostgreSQL's own user; null: nobody. */
  owner: z.strictObject({ uid: z.int().min(0), gid: z.int().min(0) }).nullable(),
});
export type LinkDoor = z.infer<typeof linkDoorSchema>;

export const linkTargetsSchema = z.strictObject({
  /** Whose bulk connections are taken: the other member. Witnesses never. */
  allowed: z.array(voterIdSchema).max(MEMBERS_MAX),
  /** Unix sockets of this host that the peer may reach, by service. */
  services: z.partialRecord(bulkServiceSchema, socketPathSchema),
  doors: z.array(linkDoorSchema).max(8),
  /** Where the doors lead; null: nowhere, whoever knocks is closed at once. */
  peer: z.strictObject({ id: voterIdSchema, address: z.string().max(300) }).nullable(),
});
export type LinkTargets = z.infer<typeof linkTargetsSchema>;

export const toLinkSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('credentials'), credentials: linkCredentialsSchema }),
  z.strictObject({ type: z.literal('targets'), targets: linkTargetsSchema }),
  /** Beside it comes the socket of a bulk connection; `bytes`, base64, were read from it already. */
  z.strictObject({
    type: z.literal('bulk'),
    bytes: z.base64().max(2 * CLIENT_HELLO_BYTES_MAX + 64 * 1024),
  }),
  /** That host is dead or cut off: what is still open to it is closed. */
  z.strictObject({ type: z.literal('drop'), id: voterIdSchema }),
  /** Do you still turn? */
  z.strictObject({ type: z.literal('pulse') }),
  z.strictObject({ type: z.literal('stop') }),
]);
export type ToLink = z.infer<typeof toLinkSchema>;

export const fromLinkSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('pulse') }),
  /** What hinders a service, in one sentence; null: nothing any more. */
  z.strictObject({ type: z.literal('trouble'), service: bulkServiceSchema, says: z.string().nullable() }),
]);
export type FromLink = z.infer<typeof fromLinkSchema>;
