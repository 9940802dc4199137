// What a unit that waits for something inside the manager shows of it. Called by `session-view.ts`; null for all other types.
import type { UnitWorkView } from '@nezuban/protocol/jobs/unit-work-view';
import type { UnitRecord } from './session-state.ts';
import { decisionsOf, questionOf } from './unit-types/approval.ts';
import { capturedEvent } from './unit-types/event-wait.ts';
import { startedSession } from './unit-types/net-start.ts';
import { netWaitProgress } from './unit-types/net-wait.ts';

export function viewUnitWork(record: UnitRecord): UnitWorkView | null {
  const { unit } = record;
  switch (unit.type) {
    case 'event_wait': {
      const event = capturedEvent(record);
      return {
        kind: unit.type,
        event:
          event === null
            ? null
            : {
                ...event,
                at: new Date(event.at).toISOString(),
                fields: { ...event.fields },
                groups: { ...event.groups },
              },
      };
    }
    case 'net_wait':
      return {
        kind: unit.type,
        targets: netWaitProgress(record).map(({ target, met }) => ({
          net: target.net,
          unit: target.unit ?? null,
          on: [...target.on],
          met: met !== false,
          session: met === false ? null : (met?.session ?? null),
          endStatus: met === false ? null : (met?.endStatus ?? null),
        })),
      };
    case 'net_start':
      return { kind: unit.type, net: unit.definition.net, session: startedSession(record) };
    case 'approval': {
      const { needed, users, roles } = unit.definition;
      return {
        kind: unit.type,
        question: questionOf(record),
        needed,
        users: users ?? null,
        roles: roles ?? null,
        decisions: decisionsOf(record).map((each) => ({ ...each, at: new Date(each.at).toISOString() })),
      };
    }
    case 'mail_send':
      return { kind: unit.type, channel: unit.definition.channel, to: unit.definition.to ?? null };
    default:
      return null;
  }
}
