// Units that wait for something inside the manager, as canonical YAML values: defaults left out. Pure. Called by `formatJobNet`.
import type { UnitDefinition } from '@nezuban/protocol/jobs/definition';
import type { NetWaitTarget, NetWaitUnit } from '@nezuban/protocol/jobs/units/net-wait';
import type { EventMatch } from '@nezuban/protocol/notifications/event-match';

type Plain = Readonly<Record<string, unknown>>;
export type InsideUnit = Extract<
  UnitDefinition,
  { readonly type: 'or' | 'event_wait' | 'net_wait' | 'net_start' | 'approval' | 'mail_send' }
>;

/** What stands below the keys that all units have. Undefined values are to be left out. */
export function plainInsideUnit(unit: InsideUnit): Plain {
  switch (unit.type) {
    case 'or':
      return {};
    case 'event_wait':
      return {
        event: plainMatch(unit.event),
        look_back_s: unless(unit.look_back_s, 0),
        ...plainLimit(unit, 'abnormal'),
      };
    case 'net_wait':
      return {
        nets: plainNets(unit.nets),
        which: unless(unit.which, 'today'),
        look_back_s: unit.look_back_s,
        if_absent: unless(unit.if_absent, 'wait'),
        if_other: unless(unit.if_other, 'wait'),
        ...plainLimit(unit, 'abnormal'),
      };
    case 'net_start':
      return {
        net: unit.net,
        parameters: unit.parameters,
        wait: unless(unit.wait, true),
        pass_stop: unless(unit.pass_stop, true),
        ...plainLimit(unit, 'abnormal'),
      };
    case 'approval':
      return {
        question: unit.question,
        users: unit.users,
        roles: unit.roles,
        needed: unless(unit.needed, 1),
        not_starter: unless(unit.not_starter, false),
        channel: unit.channel,
        ...plainLimit(unit, 'refuse'),
      };
    case 'mail_send':
      return {
        channel: unit.channel,
        to: unit.to,
        cc: unit.cc,
        subject: unit.subject,
        body: unit.body,
      };
  }
}

function plainLimit(
  {
    timeout_s: seconds,
    on_timeout: outcome,
  }: { readonly timeout_s?: number | undefined; readonly on_timeout: string },
  standard: string,
): Plain {
  return { timeout_s: seconds, on_timeout: unless(outcome, standard) };
}

function plainNets(nets: NetWaitUnit['nets']): unknown {
  return 'any' in nets ? { any: nets.any.map(plainTarget) } : nets.all.map(plainTarget);
}

function plainTarget({ net, unit, on }: NetWaitTarget): unknown {
  const isStandard = on.join() === 'normal,warning';
  if (unit === undefined && isStandard) return net;
  return { net, ...(unit === undefined ? {} : { unit }), ...(isStandard ? {} : { on }) };
}

function plainMatch(match: EventMatch): Plain {
  return Object.fromEntries(Object.entries(match).filter(([, value]) => value !== undefined));
}

function unless<T>(value: T, standard: T): T | undefined {
  return value === standard ? undefined : value;
}
