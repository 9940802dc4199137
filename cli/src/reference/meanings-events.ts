// What each event says, in one sentence: for the manual's page of events. The compiler demands one for every code.
import type { EventCode } from '@nezuban/protocol/events/event';

export const eventMeanings: Readonly<Record<EventCode, string>> = {
  session_started: 'A session was started, by a schedule or a person, or an ended one runs again.',
  session_ended:
    'A session has ended. Its priority follows the end status: normal info, warning warning, abnormal critical, unknown unknown.',
  session_stopped: 'A session was stopped by an operator.',
  session_suspended:
    'An operator has suspended a session or a net in it: nothing new starts in it until it is released.',
  session_interrupted:
    'An operator has interrupted a session: it ends as stopped once what runs has ended, unless it is released before.',
  session_released: 'A suspended or interrupted session, or a suspended net, goes on.',
  session_redefined:
    'An operator has given a suspended session another revision of its definition: units that had not begun were added, removed or changed.',
  unit_ended: 'A unit has ended with a warning, abnormally, or in a way that nobody knows.',
  unit_status_set: 'An operator has set the result of a unit by hand. Its priority follows the new result.',
  unit_held: 'A unit waits for a release by an operator.',
  unit_slow: 'A unit runs longer than its definition finds usual (`warn_after_s`); it goes on.',
  start_condition_failed: 'Start conditions of a net were fulfilled, and it could not start.',
  start_condition_dropped:
    'Start conditions of a net were fulfilled, and no session was started: an earlier one still ran, or too many waited.',
  starts_held:
    'Start conditions with `after_abnormal: hold`: something would start the net, and its last session ended abnormally. Further starts wait until somebody releases them. Told once for each such session.',
  monitoring_ended:
    'The start conditions of a net are watched no more: somebody ended it, they have started as often as they may, their time is over, or a session ended abnormally.',
  file_watch_failed:
    'Start conditions of a net cannot watch files on a node: no such node, no permission, refused by the agent, or the agent has lost what it knew. Tried again every 30 seconds.',
  file_watch_silent:
    'Nothing is heard any more of a watch of files on a node. What the agent finds meanwhile is told when it is back.',
  approval_asked: 'A unit of type `approval` has begun and waits for people.',
  approval_decided: 'Somebody has approved or refused a unit of type `approval`.',
  job_event: 'A unit of type `event_send` ran; the message is what the net says.',
  attempt_leftovers:
    'A command has ended and processes of it still run: named with pid and command line. Nothing was done to them.',
  attempt_stray:
    'An agent runs attempts that the manager has closed or never knew, such as after a restore of the manager from a backup: named; `nezuban reconcile` shows them, `nezuban attempt end` ends one.',
  agent_silent:
    'An agent with running attempts has not been heard for `agent_silent_after_s`; they stay as they are until it comes back, or somebody closes them.',
  agent_forgot:
    'An agent has no record of attempts that the manager held for running: its disk was lost or is of an older day. They end as unknown.',
  output_quota_full:
    'What a job net or a node may write a day, or all output that is kept, has reached its quota. Of further output only beginning and end are kept.',
  attempt_unknown:
    'Nobody can say whether or how a command ended. It is never run again by itself, unless it is of a type that changes nothing on the node (`file_watch`).',
  transfer_waits:
    'A file transfer has waited for a minute for the node that it reads from, whose agent is not connected. It goes on when the agent is there, and ends abnormally after `no_progress_s`.',
  attempt_refused: 'An agent did not start a command: for example because its user is not known there.',
  waiting_circle:
    'Units of several sessions wait for each other, over locks, exclusive nets, started nets and waits for nets: none goes on by itself. Stop or kill one of the sessions that the event names.',
  input_refused:
    'The engine could not take something that it was told of a session, which may not go on by itself: stop or kill the session, and report this.',
  report_put_aside:
    'What an agent reported of an attempt can never be taken: it cannot be stored, or breaks the engine. It is kept as it came, and the attempt ends as unknown; the agent goes on. Look at it (`nezuban report list`), set the status of the unit by hand where needed.',
  reports_aside_full:
    'Too many reports have been put aside to take one more; it stays with its agent, and everything that the agent has to tell after it. Remove those that were seen to.',
  session_put_off:
    'Changes of one session cannot be stored in time, even alone: they are put off and tried again by themselves, all others go on. See whether somebody holds a lock in the database.',
  session_stands:
    'A session cannot be read, or breaks what is made of it: it stands, all others go on. It is tried again every minute, and what agents report of it is put aside meanwhile.',
  places_stand:
    'The engine broke while it gave out places of a queue, a lock or a node: whoever waits for that stands, all others go on. It is tried again every minute. Stop or skip the unit whose turn it is, or change the queue or lock.',
  attempt_reported_late:
    'The agent tells the end of an attempt that an operator had closed by hand. Nothing follows from it.',
  schedule_missed: 'Starts fell into a time when no manager ran, and were dropped as the schedule says.',
  schedule_late: 'Starts fell into a time when no manager ran, and one start makes up for them.',
  schedule_failed: 'A schedule could not start its job net.',
  schedule_skipped:
    'A schedule was due while as many sessions of the net as may run had not ended, and its overlap policy is to skip.',
  start_prepared:
    'A session was begun as an operator had prepared its start: held, other parameters, or the like.',
  start_preparation_unfit:
    'Something of what an operator had prepared does not fit the definition any more. The session began suspended: look at it, then release or stop it.',
  start_preparation_refused:
    'Whoever had prepared a start may not run the job net any more. Nothing of it was done, and the session began suspended: look at it, do by hand what is still right, then release or stop it.',
  start_preparation_lost:
    'The start that an operator had prepared does not come: the schedule, the job net or the time is gone, or it was missed or skipped.',
  start_delayed: 'A unit, net or session has not started by the time that its watch names.',
  end_delayed: 'A unit, net or session has not ended by the time that its watch names.',
  attempt_moved:
    'An agent did not take an order in time; the order is withdrawn and goes to the next node, unless it has been started there.',
  agent_joined: 'An agent has joined for the first time.',
  agent_connected: 'An agent is back after an absence that was told.',
  agent_disconnected: 'An agent has been away for longer than a short cut lasts.',
  agent_removed: 'A node was removed; its agent is refused from now on.',
  agent_clock_differs: 'The clock of an agent is not that of the manager.',
  manager_started: 'The manager has been started, or has taken over.',
  manager_stopped: 'The manager has been stopped in order.',
  process_restarted: 'A process of the manager has ended and was started again.',
  process_gave_up: 'A process of the manager ended again and again; it is not started any more.',
  duty_taken: 'A host of the pair has become master.',
  redundancy_lost: 'There is a master, but no standby that could take over.',
  redundancy_restored: 'A standby in sync can take over again.',
  pair_changed: 'Something about the pair was changed: maintenance, witness, tie-breaker, members.',
  pair_alarm: 'The pair needs a person.',
  escalation_exhausted:
    'Every step of an escalation chain was taken and nobody has taken up the event or confirmed it.',
  notification_failed: 'A notification could not be sent and is not tried any more.',
  definition_changed:
    'A job net, scope, calendar, notification rule, role or maintenance window was created, updated or deleted.',
  calendar_ending:
    'A calendar in use names no days beyond the next month: holidays from then on are missing. Import the list of the coming year.',
  net_released: 'A revision of a job net came into force by a planned release.',
  net_release_refused:
    'A planned release was not carried out: the job net was changed meanwhile, its definition is not valid any more, or who planned it may not do all that it does any more.',
  rules_refuse_units:
    'Changed rules of the settings "run_as" refuse units of a job net in force when they are to run. One event for each job net, and one for all beyond 50.',
  rights_stop_start:
    'Whoever has saved a job net may not run a net any more that it starts: these units will be refused until somebody who may saves it again.',
  rights_stop_release:
    'Whoever has planned a release lacks a right that it needs, since users or roles were changed: it will be refused.',
  rights_stop_preparation:
    'Whoever has prepared a coming start may not run its job net any more, since users or roles were changed: it will begin suspended, and nothing of what was prepared will be done. Prepare it anew, or withdraw it.',
  sign_in_failed: 'A sign-in was refused several times.',
  user_locked: 'A user was locked out by wrong passwords.',
  work_frozen: 'Somebody has frozen something: nothing new starts there.',
  work_resumed: 'A freeze has ended: what waited goes on.',
  maintenance_started: 'A maintenance window has begun.',
  maintenance_ended: 'A maintenance window has ended.',
  self_watch_raised:
    'Something about the manager itself has passed a threshold: disk, database, queues, certificates, clocks.',
  self_watch_cleared: 'It is below the threshold again, or is not there any more.',
  data_removed: 'Data older than the retention policy was removed.',
  data_removal_held: 'The clock has jumped ahead; nothing is removed until it has been right for a while.',
  data_removal_failed: 'Old data could not be removed; it is tried again.',
  backup_made: 'A backup was made and verified.',
  backup_failed: 'A backup could not be made.',
  backup_log_broken: 'The archive of the log has a gap, which the next backup closes.',
  trap_received: 'A trap that a trap monitor made an event of; the message is what its rule says.',
  trap_storm: 'A source said more than it may; the surplus was counted instead of kept one by one.',
  trap_dropped: 'The operating system dropped datagrams before the receiver could take them.',
  trap_journal_full: 'The journal of traps was full, and traps were not taken.',
  intake_trouble: 'A receiver of traps cannot listen, or the intake process is in trouble.',
  intake_recovered: 'A receiver of traps listens again.',
  backup_restored:
    'The manager was started on a restored backup; new starts are frozen until somebody resumes.',
};
