// Events: what happened, for people.
import * as z from 'zod';
import { instantSchema } from '../ids.ts';
import { prioritySchema } from '../priority.ts';

/** What an event is about. `source` names the part that says it; the code is stable, for rules and translation. */
export const eventCodes = [
  'session_started',
  'session_ended',
  'session_stopped',
  'session_suspended',
  'session_interrupted',
  'session_released',
  'session_redefined',
  'unit_ended',
  'unit_slow',
  'unit_held',
  'unit_status_set',
  'job_event',
  'start_condition_failed',
  'start_condition_dropped',
  'starts_held',
  'monitoring_ended',
  'file_watch_failed',
  'file_watch_silent',
  'approval_asked',
  'approval_decided',
  'attempt_unknown',
  'attempt_leftovers',
  'attempt_stray',
  'agent_silent',
  'agent_forgot',
  'output_quota_full',
  'transfer_waits',
  'attempt_refused',
  'attempt_reported_late',
  'input_refused',
  'waiting_circle',
  'report_put_aside',
  'reports_aside_full',
  'session_put_off',
  'session_stands',
  'places_stand',
  'schedule_missed',
  'schedule_late',
  'schedule_failed',
  'schedule_skipped',
  'start_prepared',
  'start_preparation_unfit',
  'start_preparation_refused',
  'start_preparation_lost',
  'start_delayed',
  'end_delayed',
  'attempt_moved',
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
  'escalation_exhausted',
  'definition_changed',
  'calendar_ending',
  'net_released',
  'net_release_refused',
  'rules_refuse_units',
  'rights_stop_start',
  'rights_stop_release',
  'rights_stop_preparation',
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

/** `confirming`: somebody is on it. */
export const confirmStates = ['unconfirmed', 'confirming', 'confirmed'] as const;
export type ConfirmState = (typeof confirmStates)[number];

/** Fields of the user, by name: from rules of trap monitors, or written by people (settings section `events`). */
export const eventFieldsSchema = z.record(z.string(), z.string());

/** What was added after the first release has a default: a delivery or a manager of an older one does not name it. */
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
  /** Who has said that he is on it; stays when it is confirmed. */
  confirmingBy: z.string().nullable().default(null),
  confirmingAt: instantSchema.nullable().default(null),
  /** The last one; earlier ones are in the audit log. */
  comment: z.string().nullable(),
  commentBy: z.string().nullable().default(null),
  commentAt: instantSchema.nullable().default(null),
  /** The monitor that says it; null: Nezuban itself. */
  monitor: z.string().nullable().default(null),
  /** What state it is about, within node and monitor: what raises and what clears meet by it. */
  key: z.string().nullable().default(null),
  /** How often it happened: repeats that were counted instead of stored. */
  count: z.int().default(1),
  /** When it was last repeated; null: it was not. */
  lastAt: instantSchema.nullable().default(null),
  /** When what it raised ended, and the event that said so; without one, a person did. */
  clearedAt: instantSchema.nullable().default(null),
  clearedBy: z.int().nullable().default(null),
  /** The trap that it came from. */
  trapId: z.int().nullable().default(null),
  fields: eventFieldsSchema.default({}),
});
export type EventView = z.infer<typeof eventSchema>;

/** A new event has nothing of this yet. */
export const newEvent = {
  confirm: 'unconfirmed',
  confirmedBy: null,
  confirmedAt: null,
  confirmingBy: null,
  confirmingAt: null,
  comment: null,
  commentBy: null,
  commentAt: null,
  monitor: null,
  key: null,
  count: 1,
  lastAt: null,
  clearedAt: null,
  clearedBy: null,
  trapId: null,
  fields: {},
} as const satisfies Partial<EventView>;
