// The state of the fake manager: what the handlers read and change, and what live messages tell.
import type { LiveMessage } from '@nezuban/protocol/api/live';
import type { ReportAsideView } from '@nezuban/protocol/api/report-aside-operations';
import type { NetDetail } from '@nezuban/protocol/api/jobs-operations';
import type { TransferView } from '@nezuban/protocol/api/transfer-operations';
import type { NetEditing } from '@nezuban/protocol/api/net-editing-operations';
import type { EventView } from '@nezuban/protocol/events/event';
import type { StatusEntry } from '@nezuban/protocol/events/status';
import type { FreezeView } from '@nezuban/protocol/api/operate-operations';
import type { SettingsView } from '@nezuban/protocol/api/settings-operations';
import type { NodeView, ScopeView } from '@nezuban/protocol/inventory/node';
import type { SettingsSection } from '@nezuban/protocol/settings/settings';
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import type { SessionDetail } from '@nezuban/protocol/jobs/session';
import type { OperatorCommand } from '@nezuban/protocol/pair/pair-link';
import type { PairStatus } from '@nezuban/protocol/pair/status';
import type { SnmpUserView } from '@nezuban/protocol/traps/snmp-names';
import type { NotificationRule } from '@nezuban/protocol/notifications/rule';
import {
  backup,
  eventOf,
  large,
  netOf,
  nightRun,
  outputText,
  sampleEvents,
  sampleNodes,
  sampleSessions,
  sessionOf,
} from './fake-data.ts';
import { relatedNets } from './fake-related-nets.ts';
import { createFakeAccess, type FakeAccess } from './fake-access.ts';
import { manyStatus, sampleStatus, trapEvents } from './fake-event-data.ts';
import { sampleReportsAside, sampleScopes } from './fake-inventory.ts';
import { defaultSettings } from './fake-settings.ts';
import { pairOf, sayTo, type PairCase } from './fake-pair.ts';
import { createFakeEngine, type FakeEngine } from './fake-engine.ts';
import { sampleMibs, sampleSnmpUsers, type FakeMibs } from './fake-snmp.ts';
import { sampleTraps, type FakeTrap } from './fake-trap-data.ts';
import { sampleAliases, sampleMonitors, type FakeAliases, type FakeMonitors } from './fake-trap-monitors.ts';

export type WorldOptions = {
  /** A manager on its first day: no nets, no sessions, no events. */
  readonly empty?: boolean;
  readonly signedIn?: boolean;
  readonly mustChangePassword?: boolean;
  /** Who is signed in: one of the sample users; admin if not said. */
  readonly me?: string;
  /** Units of a large net with a session, number 44. */
  readonly largeUnits?: number;
  /** Job nets that start, contain and wait for each other. */
  readonly relatedNets?: boolean;
  /** Nodes of the status view beside those of the sample, a third of them in each of two scopes. */
  readonly manyNodes?: number;
  /** How a unit ends, by its path; normal otherwise. */
  readonly outcome?: (session: SessionDetail, path: string, run: number) => EndStatus;
  readonly unitMs?: number;
  /** How the pair is; a single manager if not said. */
  readonly pair?: PairCase;
};

export type FakeWorld = {
  signedIn: boolean;
  mustChangePassword: boolean;
  password: string;
  /** Wrong passwords so far; from the fifth on the answer is that there were too many. */
  wrongPasswords: number;
  readonly nets: Map<string, NetDetail>;
  /** Under way. */
  readonly transfers: TransferView[];
  /** Who else has a net open in an editor. */
  readonly editing: NetEditing[];
  readonly sessions: Map<number, SessionDetail>;
  /** By kind and name of the place. */
  readonly freezes: Map<string, FreezeView>;
  events: EventView[];
  status: StatusEntry[];
  nodes: NodeView[];
  reportsAside: ReportAsideView[];
  scopes: ScopeView[];
  readonly access: FakeAccess;
  readonly settings: Map<SettingsSection, SettingsView>;
  readonly rules: Map<
    string,
    { rule: NotificationRule; revision: number; updatedAt: string; updatedBy: string }
  >;
  readonly outputs: Map<string, { text: string; complete: boolean }>;
  readonly engine: FakeEngine;
  readonly traps: {
    list: readonly FakeTrap[];
    readonly monitors: FakeMonitors;
    readonly aliases: FakeAliases;
    readonly mibs: FakeMibs;
    readonly users: Map<string, SnmpUserView>;
    readonly tokens: Map<string, { name: string; createdAt: string; createdBy: string }>;
  };
  pair: PairStatus;
  /** Answers a command to the pair. */
  onPairCommand: (command: OperatorCommand, host: string | null) => { ok: boolean; says: string };
  readonly publish: (message: LiveMessage) => void;
  /** What broke inside the fake itself: a test must find none. */
  readonly failures: unknown[];
};

export const createFakeWorld = (
  options: WorldOptions,
  publish: (message: LiveMessage) => void,
): FakeWorld => {
  const sessions = new Map<number, SessionDetail>(
    options.empty === true ? [] : sampleSessions().map((session) => [session.id, session]),
  );
  const nets = new Map<string, NetDetail>();
  const outputs = new Map<string, { text: string; complete: boolean }>();
  if (options.empty !== true) {
    nets.set('sample/night-run', netOf(nightRun, { lastSession: sessions.get(43) ?? null }));
    nets.set('backup', netOf(backup));
    for (const session of sessions.values())
      for (const unit of session.units)
        for (const attempt of unit.attempts)
          outputs.set(attempt.id, {
            text: outputText(attempt.state === 'running' ? 60 : 400),
            complete: attempt.state === 'ended',
          });
  }
  if (options.relatedNets === true)
    for (const [index, definition] of relatedNets().entries())
      nets.set(definition.name, netOf(definition, { lastSession: sessions.get(41 + index) ?? null }));
  if (options.largeUnits !== undefined) {
    const definition = large(options.largeUnits);
    nets.set('large', netOf(definition));
    sessions.set(
      44,
      sessionOf(
        44,
        definition,
        Object.fromEntries(
          definition.units.map(({ name }, i) => [
            name,
            i % 97 === 0
              ? { state: 'ended', endStatus: 'abnormal' }
              : i < definition.units.length / 2
                ? { state: 'ended', endStatus: 'normal' }
                : { state: i % 5 === 0 ? 'running' : 'waiting' },
          ]),
        ),
      ),
    );
  }
  const engine = createFakeEngine({
    unitMs: options.unitMs ?? 120,
    outcome: (session, unit) => options.outcome?.(session, unit.path, unit.run) ?? 'normal',
    changed: (session, units) => {
      sessions.set(session.id, session);
      publish({ type: 'session', session });
      publish({ type: 'units', sessionId: session.id, revision: session.revision, units: [...units] });
      if (session.state !== 'ended') return;
      const event = eventOf(1000 + session.revision, {
        priority: session.endStatus === 'abnormal' ? 'critical' : 'info',
        code: 'session_ended',
        message: `Session ${session.id} of ${session.net} ended: ${session.endStatus}`,
        details: { session: session.id, net: session.net, endStatus: session.endStatus ?? 'normal' },
      });
      world.events = [event, ...world.events];
      publish({ type: 'event', event });
    },
    output: (session, { attemptId, text, complete }) => {
      outputs.set(attemptId, { text, complete });
      publish({
        type: 'output',
        sessionId: session.id,
        attemptId: attemptId as never,
        stream: 'stdout',
        storedBytes: text.length,
        complete,
      });
    },
  });
  const world: FakeWorld = {
    signedIn: options.signedIn ?? true,
    mustChangePassword: options.mustChangePassword ?? false,
    password: 'one-time-secret',
    wrongPasswords: 0,
    nets,
    transfers: [],
    editing: [],
    sessions,
    freezes: new Map(),
    events: options.empty === true ? [] : withTrapEvents(sampleEvents()),
    status: options.empty === true ? [] : [...sampleStatus(), ...manyStatus(options.manyNodes ?? 0)],
    nodes: options.empty === true ? sampleNodes().slice(0, 1) : sampleNodes(),
    reportsAside: sampleReportsAside(),
    scopes: options.empty === true ? [] : scopesWith(options.manyNodes ?? 0),
    access: createFakeAccess(options.empty === true, options.me),
    settings: defaultSettings(),
    rules: new Map(
      options.empty === true
        ? []
        : [
            [
              'night-duty',
              {
                rule: {
                  kind: 'notification',
                  name: 'night-duty',
                  enabled: true,
                  priorities: ['critical', 'unknown'],
                  codes: [],
                  nets: ['night/*'],
                  channel: {
                    type: 'mail',
                    smtp: { host: 'mail.example.jp', port: 587, security: 'starttls', user: 'nezuban' },
                    from: 'nezuban@example.jp',
                    to: ['duty@example.jp'],
                  },
                },
                revision: 2,
                updatedAt: '2026-11-01T00:00:00.000Z',
                updatedBy: 'admin',
              },
            ],
            [
              'chat',
              {
                rule: {
                  kind: 'notification',
                  name: 'chat',
                  enabled: false,
                  priorities: [],
                  codes: ['session_ended'],
                  nets: [],
                  channel: { type: 'webhook', url: 'https://chat.example.jp/hooks/42', headers: {} },
                },
                revision: 1,
                updatedAt: '2026-11-01T00:00:00.000Z',
                updatedBy: 'admin',
              },
            ],
          ],
    ),
    outputs,
    engine,
    traps: {
      list: options.empty === true ? [] : sampleTraps(),
      monitors: options.empty === true ? new Map() : sampleMonitors(),
      aliases: options.empty === true ? new Map() : sampleAliases(),
      mibs: sampleMibs(),
      users: options.empty === true ? new Map() : sampleSnmpUsers(),
      tokens: new Map(
        options.empty === true
          ? []
          : [['batch', { name: 'batch', createdAt: '2026-10-02T01:00:00.000Z', createdBy: 'admin' }]],
      ),
    },
    pair: pairOf(options.pair ?? 'single'),
    onPairCommand: sayTo,
    publish,
    failures: [],
  };
  return world;
};

const withTrapEvents = (events: readonly EventView[]): EventView[] => {
  const byId = new Map(trapEvents().map((event) => [event.id, event]));
  return events.map((event) => byId.get(event.id) ?? event);
};

const scopesWith = (nodes: number): ScopeView[] => {
  const third = (part: number) =>
    manyStatus(nodes).flatMap(({ node }, i) => (node !== null && i % 3 === part ? [node] : []));
  return sampleScopes().map((scope) =>
    scope.name === 'tokyo' || scope.name === 'osaka'
      ? { ...scope, nodes: [...scope.nodes, ...third(scope.name === 'tokyo' ? 0 : 1)] }
      : scope,
  );
};
