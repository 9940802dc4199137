// The one place where states become a tone (colour), an icon and a word. Tones are never shown without icon and word.
import type { DeliveryView } from '@nezuban/protocol/api/events-operations';
import type { ParseKeys } from 'i18next';
import type { NodeView } from '@nezuban/protocol/inventory/node';
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { AttemptView, SessionState, UnitState, UnitView } from '@nezuban/protocol/jobs/session';
import type { Priority } from '@nezuban/protocol/priority';

export type Tone =
  | 'neutral'
  | 'muted'
  | 'held'
  | 'active'
  | 'normal'
  | 'warning'
  | 'critical'
  | 'unknown'
  | 'stopped';
export type StatusIconName =
  | 'waiting'
  | 'held'
  | 'starting'
  | 'running'
  | 'retry'
  | 'stopping'
  | 'stopped'
  | 'normal'
  | 'warning'
  | 'abnormal'
  | 'unknown'
  | 'skipped'
  | 'notRun'
  | 'info'
  | 'connected'
  | 'disconnected'
  | 'added'
  | 'removed'
  | 'changed';
export type Status = { readonly tone: Tone; readonly icon: StatusIconName; readonly label: ParseKeys };

const ended: Readonly<Record<EndStatus, Status>> = {
  normal: { tone: 'normal', icon: 'normal', label: 'status.end.normal' },
  warning: { tone: 'warning', icon: 'warning', label: 'status.end.warning' },
  abnormal: { tone: 'critical', icon: 'abnormal', label: 'status.end.abnormal' },
  unknown: { tone: 'unknown', icon: 'unknown', label: 'status.end.unknown' },
};

/** What happened to a part of a definition between two revisions. */
export const changeStatuses = {
  added: { tone: 'normal', icon: 'added', label: 'netVersions.change.added' },
  removed: { tone: 'critical', icon: 'removed', label: 'netVersions.change.removed' },
  changed: { tone: 'warning', icon: 'changed', label: 'netVersions.change.changed' },
} as const satisfies Readonly<Record<string, Status>>;

export const endStatus = (status: EndStatus): Status => ended[status];

const unitStatuses: Readonly<Record<Exclude<UnitState, 'ended'>, Status>> = {
  waiting: { tone: 'neutral', icon: 'waiting', label: 'status.unit.waiting' },
  queued: { tone: 'neutral', icon: 'waiting', label: 'status.unit.queued' },
  held: { tone: 'held', icon: 'held', label: 'status.unit.held' },
  starting: { tone: 'active', icon: 'starting', label: 'status.unit.starting' },
  running: { tone: 'active', icon: 'running', label: 'status.unit.running' },
  retry_wait: { tone: 'warning', icon: 'retry', label: 'status.unit.retry_wait' },
  stopping: { tone: 'stopped', icon: 'stopping', label: 'status.unit.stopping' },
  skipped: { tone: 'muted', icon: 'skipped', label: 'status.unit.skipped' },
  not_run: { tone: 'muted', icon: 'notRun', label: 'status.unit.not_run' },
  stopped: { tone: 'stopped', icon: 'stopped', label: 'status.unit.stopped' },
};

/** `type` tells what a unit does while it runs: one that waits inside the manager runs nothing. */
export const unitStatus = (state: UnitState, end: EndStatus | null, type?: UnitView['type']): Status => {
  if (state === 'ended') return ended[end ?? 'unknown'];
  if (state === 'running' && type === 'approval')
    return { tone: 'active', icon: 'waiting', label: 'status.unit.approval' };
  if (state === 'running' && (type === 'event_wait' || type === 'net_wait'))
    return { tone: 'active', icon: 'waiting', label: 'status.unit.monitoring' };
  return unitStatuses[state];
};

export const sessionStatus = (state: SessionState, end: EndStatus | null): Status => {
  switch (state) {
    case 'queued':
      return { tone: 'neutral', icon: 'waiting', label: 'status.session.queued' };
    case 'running':
      return { tone: 'active', icon: 'running', label: 'status.session.running' };
    case 'stopping':
      return { tone: 'stopped', icon: 'stopping', label: 'status.session.stopping' };
    case 'stopped':
      return { tone: 'stopped', icon: 'stopped', label: 'status.session.stopped' };
    case 'ended':
      return ended[end ?? 'unknown'];
  }
};

export const attemptStatus = (attempt: AttemptView, end: EndStatus | null): Status => {
  switch (attempt.state) {
    case 'pending':
    case 'accepted':
      return {
        tone: 'active',
        icon: 'starting',
        label: attempt.state === 'pending' ? 'status.attempt.pending' : 'status.attempt.accepted',
      };
    case 'running':
      return { tone: 'active', icon: 'running', label: 'status.attempt.running' };
    case 'unknown':
      return ended.unknown;
    case 'refused':
      return { tone: 'critical', icon: 'abnormal', label: 'status.attempt.refused' };
    case 'ended':
      return end === null
        ? {
            tone: attempt.exitCode === 0 ? 'normal' : 'critical',
            icon: attempt.exitCode === 0 ? 'normal' : 'abnormal',
            label: 'status.attempt.ended',
          }
        : ended[end];
  }
};

const priorityStatuses: Readonly<Record<Priority, Status>> = {
  info: { tone: 'neutral', icon: 'info', label: 'status.priority.info' },
  unknown: { tone: 'unknown', icon: 'unknown', label: 'status.priority.unknown' },
  warning: { tone: 'warning', icon: 'warning', label: 'status.priority.warning' },
  critical: { tone: 'critical', icon: 'abnormal', label: 'status.priority.critical' },
};
export const priorityStatus = (priority: Priority): Status => priorityStatuses[priority];

const connectionStatuses: Readonly<Record<NodeView['connection'], Status>> = {
  connected: { tone: 'normal', icon: 'connected', label: 'status.connection.connected' },
  disconnected: { tone: 'critical', icon: 'disconnected', label: 'status.connection.disconnected' },
  never: { tone: 'neutral', icon: 'waiting', label: 'status.connection.never' },
};
export const connectionStatus = (connection: NodeView['connection']): Status =>
  connectionStatuses[connection];

const deliveryStatuses: Readonly<Record<DeliveryView['state'], Status>> = {
  pending: { tone: 'active', icon: 'waiting', label: 'status.delivery.pending' },
  sent: { tone: 'normal', icon: 'normal', label: 'status.delivery.sent' },
  failed: { tone: 'critical', icon: 'abnormal', label: 'status.delivery.failed' },
  suppressed: { tone: 'neutral', icon: 'waiting', label: 'status.delivery.suppressed' },
};
export const deliveryStatus = (state: DeliveryView['state']): Status => deliveryStatuses[state];
