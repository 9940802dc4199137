// Events and states of the fake world that come from traps: counted, raised and cleared, taken up.
import type { EventView } from '@nezuban/protocol/events/event';
import type { StatusEntry } from '@nezuban/protocol/events/status';
import { ago, eventOf } from './fake-data.ts';

const trapEventId = 493;
const clearingEventId = 492;
/** One of the sample of traps. */
const trapId = 419;

/** Put in the places of some sample events, by number. */
export const trapEvents = (): readonly EventView[] => [
  eventOf(trapEventId, {
    priority: 'warning',
    code: 'trap_received',
    node: '基幹-01',
    monitor: 'syslog-network',
    key: 'link:Gi0/3',
    message: 'Interface Gi0/3, changed state to down',
    count: 128,
    at: ago(2459),
    lastAt: ago(40),
    trapId,
    fields: { site: '東京第二センター', contact: 'NOC' },
  }),
  eventOf(clearingEventId, {
    code: 'trap_received',
    node: 'batch-02',
    monitor: 'syslog-network',
    key: 'link:Gi0/1',
    message: 'Interface Gi0/1, changed state to up',
    at: ago(2806),
  }),
  eventOf(488, {
    priority: 'critical',
    code: 'trap_received',
    node: 'batch-02',
    monitor: 'syslog-network',
    key: 'link:Gi0/1',
    message: 'Interface Gi0/1, changed state to down',
    at: ago(4194),
    clearedAt: ago(2806),
    clearedBy: clearingEventId,
    confirm: 'confirmed',
    confirmedBy: 'sato',
    confirmedAt: ago(3000),
  }),
  eventOf(487, {
    priority: 'warning',
    code: 'trap_storm',
    node: 'batch-02',
    message: 'A storm of 9211 traps of 10.0.4.77',
    details: {},
    at: ago(4541),
    confirm: 'confirming',
    confirmingBy: 'sato',
    confirmingAt: ago(4000),
    comment: '担当部署に連絡済み',
    commentBy: 'sato',
    commentAt: ago(3990),
  }),
];

export const statusOf = (more: Partial<StatusEntry>): StatusEntry => ({
  node: null,
  monitor: null,
  key: null,
  net: null,
  priority: 'info',
  code: 'trap_received',
  message: 'Something is so',
  details: {},
  since: ago(3600),
  lastAt: ago(60),
  eventId: 500,
  count: 1,
  clearedAt: null,
  expiresAt: null,
  expiredAt: null,
  acknowledgedAt: null,
  acknowledgedBy: null,
  ...more,
});

export const sampleStatus = (): StatusEntry[] => [
  statusOf({
    net: 'sample/night-run',
    key: 'net:sample/night-run',
    priority: 'critical',
    code: 'session_ended',
    message: 'Session 42 of sample/night-run ended abnormally',
    details: { session: 42, net: 'sample/night-run', endStatus: 'abnormal' },
    eventId: 500,
  }),
  statusOf({
    node: 'batch-02',
    key: 'agent',
    priority: 'critical',
    code: 'agent_disconnected',
    message: 'The agent of batch-02 is disconnected',
    since: ago(1300),
    eventId: 499,
    acknowledgedAt: ago(1200),
    acknowledgedBy: 'sato',
  }),
  statusOf({
    node: '基幹-01',
    monitor: 'syslog-network',
    key: 'link:Gi0/3',
    priority: 'warning',
    message: 'Interface Gi0/3, changed state to down',
    since: ago(2459),
    eventId: trapEventId,
    count: 128,
  }),
  statusOf({
    node: '基幹-01',
    monitor: 'backup-report',
    priority: 'unknown',
    message: 'Nightly copy finished',
    since: ago(80_000),
    lastAt: ago(170_000),
    expiredAt: ago(80_000),
    eventId: 480,
  }),
  statusOf({
    node: 'local',
    key: 'agent',
    code: 'agent_connected',
    message: 'The agent of local is connected',
    expiresAt: ago(-40_000),
    eventId: 470,
  }),
];

/** Nodes of a large site, each with one state. */
export const manyStatus = (count: number): StatusEntry[] =>
  Array.from({ length: count }, (_, i) => {
    const priority =
      i % 211 === 7 ? 'critical' : i % 97 === 3 ? 'warning' : i % 301 === 5 ? 'unknown' : 'info';
    return statusOf({
      node: `node-${String(i).padStart(5, '0')}`,
      monitor: 'ping',
      key: 'down',
      priority,
      message: priority === 'info' ? 'Answers' : 'Does not answer',
    });
  });
