// What stands behind the `?` of an address, checked: filters survive reload and can be sent to a colleague. Unknown values are dropped.
import { netMapLimits } from '@nezuban/protocol/jobs/net-relation';
import { confirmStates, eventCodes, type EventCode, type EventView } from '@nezuban/protocol/events/event';
import { endStatuses, type EndStatus } from '@nezuban/protocol/jobs/end-status';
import {
  sessionStates,
  sessionTimes,
  type SessionState,
  type SessionTime,
} from '@nezuban/protocol/jobs/session';
import { agentConnections, type AgentConnection } from '@nezuban/protocol/inventory/node';
import { trapProtocols, type TrapProtocol } from '@nezuban/protocol/intake/record';
import { priorities, type Priority } from '@nezuban/protocol/priority';
import type { TrapMonitor } from '@nezuban/protocol/traps/trap-monitor';

type Raw = Record<string, unknown>;

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;
const oneOf = <Value extends string>(value: unknown, allowed: readonly Value[]): Value | undefined =>
  allowed.find((each) => each === value);
const someOf = <Value extends string>(
  value: unknown,
  allowed: readonly Value[],
): readonly Value[] | undefined => {
  const given = Array.isArray(value) ? value : [value];
  const found = allowed.filter((each) => given.includes(each));
  return found.length === 0 ? undefined : found;
};
/** Leaves out what is undefined: an absent key and a key without value are two things to the router. */
const present = <Value extends object>(
  value: Value,
): { [Key in keyof Value]?: Exclude<Value[Key], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [Key in keyof Value]?: Exclude<Value[Key], undefined>;
  };

/** The search of an address with some of its keys changed; undefined takes one out. */
export const mergeSearch = <Search extends object>(
  before: Search,
  change: { readonly [Key in keyof Search]?: Search[Key] | undefined },
): Search => present({ ...before, ...change }) as Search;

export const netTabs = ['graph', 'history', 'schedules', 'versions', 'yaml'] as const;
export const editorViews = ['graph', 'tree', 'table', 'starts', 'yaml'] as const;
export type EditorView = (typeof editorViews)[number];
export type NetTab = (typeof netTabs)[number];
export const sessionViews = ['graph', 'gantt', 'table', 'variables'] as const;
export const clearedStates = ['yes', 'no', 'other'] as const;
export const statusViews = ['list', 'map'] as const;
export type StatusView = (typeof statusViews)[number];
export type SessionView = (typeof sessionViews)[number];

export type SignInSearch = { next?: string };
export type NetsSearch = { q?: string; folder?: string; sort?: string };
/** `rev`: the revision that is looked at, compared with `base` or with the one before. */
export type NetSearch = { tab?: NetTab; base?: number; rev?: number };
/** How a net is edited; `from`: the net that a new one is a copy of. */
export type EditorSearch = { view?: EditorView; from?: string };
export type SessionsSearch = {
  net?: string;
  state?: readonly SessionState[];
  end?: readonly EndStatus[];
  /** Whether `from` and `to` are of their begin, their end, or of when they ran. */
  time?: SessionTime;
  from?: string;
  to?: string;
};
export type SessionSearch = { unit?: string; view?: SessionView; order?: 'start' };
/** Filter of the audit log. */
export type AccessSearch = {
  q?: string;
  actor?: string;
  action?: string;
  target?: string;
  from?: string;
  to?: string;
};
export type NodesSearch = { q?: string; connection?: AgentConnection; scope?: string };
export type ScopesSearch = { scope?: string };
export type EventsSearch = {
  priority?: readonly Priority[];
  confirm?: EventView['confirm'];
  q?: string;
  code?: readonly EventCode[];
  node?: string;
  scope?: string;
  monitor?: string;
  key?: string;
  cleared?: (typeof clearedStates)[number];
  field?: readonly string[];
  min_count?: number;
  session?: number;
  trap?: number;
  from?: string;
  to?: string;
  event?: number;
};
/** Filters of the traps that came, what is opened, and where the MIB browser stands. */
export type TrapsSearch = {
  q?: string;
  node?: string;
  address?: string;
  protocol?: readonly TrapProtocol[];
  matched?: 'yes' | 'no';
  malformed?: 'yes';
  unknown?: 'yes';
  from?: string;
  to?: string;
  trap?: number;
  oid?: string;
};
/** What a rule is to be made of: a trap that came, or a notification of a MIB. */
export type TrapMonitorSearch = { source?: TrapMonitor['source']; trap?: number; oid?: string };
/** What the status page shows: a scope of the tree, the list or the map, and what the list is narrowed to. */
export type StatusSearch = {
  scope?: string;
  view?: StatusView;
  priority?: readonly Priority[];
  acknowledged?: 'yes' | 'no';
  q?: string;
};

/** `next` must be a path of this console: an address of elsewhere would make the sign-in page a decoy. */
export const parseSignInSearch = (raw: Raw): SignInSearch => {
  const next = text(raw['next']);
  return next !== undefined && /^\/(?![/\\])/.test(next) ? { next } : {};
};
export const netMapViews = ['graph', 'table'] as const;
export type NetMapSearch = {
  readonly net?: string;
  readonly folder?: string;
  readonly depth?: number;
  readonly view?: (typeof netMapViews)[number];
};
export const parseNetMapSearch = (raw: Raw): NetMapSearch => {
  const depth = Number(raw['depth']);
  return present({
    net: text(raw['net']),
    folder: text(raw['folder']),
    depth: Number.isSafeInteger(depth) && depth >= 1 && depth <= netMapLimits.depthMax ? depth : undefined,
    view: oneOf(raw['view'], netMapViews),
  });
};
export const parseNetsSearch = (raw: Raw): NetsSearch =>
  present({ q: text(raw['q']), folder: text(raw['folder']), sort: text(raw['sort']) });
export const parseEditorSearch = (raw: Raw): EditorSearch =>
  present({ view: oneOf(raw['view'], editorViews), from: text(raw['from']) });
const revisionOf = (value: unknown): number | undefined => {
  const number = Number(value);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
};
export const parseNetSearch = (raw: Raw): NetSearch =>
  present({
    tab: oneOf(raw['tab'] === 'sessions' ? 'history' : raw['tab'], netTabs),
    base: revisionOf(raw['base']),
    rev: revisionOf(raw['rev']),
  });
export const parseSessionsSearch = (raw: Raw): SessionsSearch =>
  present({
    net: text(raw['net']),
    state: someOf(raw['state'], sessionStates),
    end: someOf(raw['end'], endStatuses),
    time: oneOf(raw['time'], sessionTimes),
    from: instant(raw['from']),
    to: instant(raw['to']),
  });
export const parseSessionSearch = (raw: Raw): SessionSearch =>
  present({
    unit: text(raw['unit']),
    view: oneOf(raw['view'], sessionViews),
    order: oneOf(raw['order'], ['start'] as const),
  });
const positive = (value: unknown): number | undefined =>
  Number.isSafeInteger(Number(value)) && Number(value) > 0 ? Number(value) : undefined;
const instant = (value: unknown): string | undefined =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? new Date(value).toISOString() : undefined;
export const parseAccessSearch = (raw: Raw): AccessSearch =>
  present({
    q: text(raw['q']),
    actor: text(raw['actor']),
    action: text(raw['action']),
    target: text(raw['target']),
    from: instant(raw['from']),
    to: instant(raw['to']),
  });
export const parseNodesSearch = (raw: Raw): NodesSearch =>
  present({
    q: text(raw['q']),
    connection: oneOf(raw['connection'], agentConnections),
    scope: text(raw['scope']),
  });
export const parseScopesSearch = (raw: Raw): ScopesSearch => present({ scope: text(raw['scope']) });
const fieldConditions = (value: unknown): readonly string[] | undefined => {
  const given = (Array.isArray(value) ? value : [value]).filter(
    (each): each is string => typeof each === 'string' && /^[^=]{1,100}=/.test(each),
  );
  return given.length === 0 ? undefined : given;
};
/** Of the page of approvals: which one somebody was sent to. */
export type ApprovalsSearch = { readonly session?: number; readonly unit?: string };
export const parseApprovalsSearch = (raw: Raw): ApprovalsSearch => {
  const session = Number(raw['session']);
  return present({
    session: Number.isSafeInteger(session) && session > 0 ? session : undefined,
    unit: text(raw['unit']),
  });
};
export const parseStatusSearch = (raw: Raw): StatusSearch =>
  present({
    scope: text(raw['scope']),
    view: oneOf(raw['view'], statusViews),
    priority: someOf(raw['priority'], priorities),
    acknowledged: oneOf(raw['acknowledged'], ['yes', 'no'] as const),
    q: text(raw['q']),
  });
export const parseEventsSearch = (raw: Raw): EventsSearch =>
  present({
    priority: someOf(raw['priority'], priorities),
    confirm: oneOf(raw['confirm'], confirmStates),
    q: text(raw['q']),
    code: someOf(raw['code'], eventCodes),
    node: text(raw['node']),
    scope: text(raw['scope']),
    monitor: text(raw['monitor']),
    key: text(raw['key']),
    cleared: oneOf(raw['cleared'], clearedStates),
    field: fieldConditions(raw['field']),
    min_count: positive(raw['min_count']),
    session: positive(raw['session']),
    trap: positive(raw['trap']),
    from: instant(raw['from']),
    to: instant(raw['to']),
    event: positive(raw['event']),
  });
export const parseTrapsSearch = (raw: Raw): TrapsSearch =>
  present({
    q: text(raw['q']),
    node: text(raw['node']),
    address: text(raw['address']),
    protocol: someOf(raw['protocol'], trapProtocols),
    matched: oneOf(raw['matched'], ['yes', 'no'] as const),
    malformed: oneOf(raw['malformed'], ['yes'] as const),
    unknown: oneOf(raw['unknown'], ['yes'] as const),
    from: instant(raw['from']),
    to: instant(raw['to']),
    trap: positive(raw['trap']),
    oid: text(raw['oid']),
  });
export const parseTrapMonitorSearch = (raw: Raw): TrapMonitorSearch =>
  present({
    source: oneOf(raw['source'], ['syslog', 'snmp', 'custom'] as const),
    trap: positive(raw['trap']),
    oid: text(raw['oid']),
  });
