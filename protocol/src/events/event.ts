// Events: what happened, for people.
import * as z from 'zod';
import { instantSchema } from '../ids.ts';
import { prioritySchema } from '../priority.ts';

/** What an event is about. `source` names the part that says it; the code is stable, for rules and translation. */
export const eventCodes = [
  'session_started',
  'session_ended',
  'session_stopped',
  'unit_ended',
  'unit_held',
  'attempt_unknown',
  'attempt_refused',
  'schedule_missed',
  'schedule_late',
  'schedule_failed',
  'agent_joined',
  'agent_connected',
  'agent_disconnected',
  'agent_removed',
  'agent_clock_differs',
  'manager_started',
  'manager_stopped',
  'process_restarted',
  'process_gave_up',
  'duty_taken',
  'redundancy_lost',
  'redundancy_restored',
  'pair_changed',
  'pair_alarm',
  'notification_failed',
  'definition_changed',
  'sign_in_failed',
  'user_locked',
  'work_frozen',
  'work_resumed',
  'maintenance_started',
  'maintenance_ended',
  'self_watch_raised',
  'self_watch_cleared',
  'data_removed',
  'data_removal_held',
  'data_removal_failed',
  'backup_made',
  'backup_failed',
  'backup_log_broken',
  'backup_restored',
  'trap_received',
  'trap_storm',
  'trap_dropped',
  'trap_journal_full',
  'intake_trouble',
  'intake_recovered',
] as const;
export const eventCodeSchema = z.enum(eventCodes);
export type EventCode = z.infer<typeof eventCodeSchema>;

export const confirmStates = ['unconfirmed', 'confirmed'] as const;

export const eventSchema = z.object({
  id: z.int(),
  at: instantSchema,
  priority: prioritySchema,
  code: eventCodeSchema,
  node: z.string().nullable(),
  /** Plain sentence in English. The console translates by code and details. */
  message: z.string(),
  /** Facts behind the sentence: session, unit, attempt, exit code ... Strings and numbers only. */
  details: z.record(z.string(), z.union([z.string(), z.number()])),
  confirm: z.enum(confirmStates),
  confirmedBy: z.string().nullable(),
  confirmedAt: instantSchema.nullable(),
  comment: z.string().nullable(),
});
export type EventView = z.infer<typeof eventSchema>;
