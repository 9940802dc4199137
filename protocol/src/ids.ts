// The vocabulary of identifiers: branded strings, so that one kind is never passed for another.
// Not responsible for making ids: the manager makes them when it commits.
import * as z from 'zod';
import { schemaText } from './sentences/schema-sentences.ts';

/**
 * A name that people type: letters (any script), digits, `_`, `-` and `.`; 1-100 characters; starts with a letter or digit. Composed (NFC):
 * some systems write `が` as two characters, and what looks the same must be the same, in a rule that denies above all.
 */
export const nameSchema = z
  .string()
  .normalize('NFC')
  .min(1)
  .max(100)
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}\p{M}_.-]*$/u, schemaText('plain_name'));

/** Name of a root job net: like a name, with `/` between folders (`night/settlement`). */
export const netNameSchema = z
  .string()
  .normalize('NFC')
  .min(1)
  .max(200)
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{N}\p{M}_.-]*(\/[\p{L}\p{N}][\p{L}\p{N}\p{M}_.-]*)*$/u,
    schemaText('plain_path'),
  );

/** Path of a unit inside its session: names joined by `/`, from the root net's child down (`loads/load-a`). */
export const unitPathSchema = z.string().min(1).max(1000).brand<'UnitPath'>();
export type UnitPath = z.infer<typeof unitPathSchema>;

/** Number of a session, unique in one manager, rising: short enough to be said on the telephone. */
export const sessionIdSchema = z.coerce
  .number()
  .int()
  .positive()
  .max(Number.MAX_SAFE_INTEGER)
  .brand<'SessionId'>();
export type SessionId = z.infer<typeof sessionIdSchema>;

/**
 * Id of one attempt: `<session>-<nonce>-<unit>.<run>.<node>.<try>`. The nonce is drawn anew for each session, so an id never
 * recurs, not even on a manager restored from a backup; agents refuse an id they have seen. Safe as a file name.
 */
export const attemptIdSchema = z
  .string()
  .regex(
    /^[0-9]{1,16}-[a-z0-9]{6,12}-[0-9]{1,7}\.[0-9]{1,5}\.[0-9]{1,5}\.[0-9]{1,5}$/,
    schemaText('attempt_id'),
  )
  .brand<'AttemptId'>();
export type AttemptId = z.infer<typeof attemptIdSchema>;

/** Id of an agent, made at enrolment; also the common name of its certificate. */
export const agentIdSchema = z
  .string()
  .regex(/^agt_[a-z0-9]{20}$/, schemaText('agent_id'))
  .brand<'AgentId'>();
export type AgentId = z.infer<typeof agentIdSchema>;

/** Term of a master (HA.md 1). A single manager raises it by one at each start. */
export const termSchema = z.number().int().nonnegative().brand<'Term'>();
export type Term = z.infer<typeof termSchema>;

/** Instant as RFC 3339 in UTC with milliseconds, the one form in which times travel. The database has no year 0. */
export const instantSchema = z.iso
  .datetime({ precision: 3 })
  .refine((text) => !text.startsWith('0000'), schemaText('not_year_zero'));
