// A session and its end in words and exit codes. Pure.
import type { SessionDetail, SessionSummary, SessionTrigger, UnitView } from '@nezuban/protocol/jobs/session';
import { exitCodes, type ExitCode } from '../../exit-codes.ts';
import { formatInstant } from '../../output/time.ts';

type Stated = Pick<SessionSummary, 'state' | 'endStatus'>;

export const isOver = ({ state }: Stated): boolean => state === 'ended' || state === 'stopped';

/** `running`, `ended warning`, `stopped`. */
export const sessionWord = ({ state, endStatus }: Stated): string =>
  state === 'ended' && endStatus !== null ? `ended ${endStatus}` : state;

/** The exit code that tells how an ended session ended. */
export const exitCodeOf = ({ state, endStatus }: Stated): ExitCode => {
  if (state === 'stopped' || state === 'stopping') return exitCodes.sessionStopped;
  switch (endStatus) {
    case 'warning':
      return exitCodes.sessionWarning;
    case 'abnormal':
      return exitCodes.sessionAbnormal;
    case 'unknown':
      return exitCodes.sessionUnknown;
    case 'normal':
    case null:
      return exitCodes.ok;
  }
};

/** With whoever has defined what started it. */
export const wholeTriggerWords = (trigger: SessionTrigger): string => {
  const said = triggerWords(trigger);
  const person = trigger.type === 'manual' ? undefined : trigger.onBehalfOf;
  return person === undefined ? said : `${said}, as ${person} has defined it`;
};

export const triggerWords = (trigger: SessionTrigger): string =>
  trigger.business === undefined
    ? starterWords(trigger)
    : `${starterWords(trigger)}; business date ${trigger.business.date} (${trigger.business.calendar})`;

const starterWords = (trigger: SessionTrigger): string => {
  switch (trigger.type) {
    case 'manual':
      return `by ${trigger.user}`;
    case 'schedule':
      return `by schedule ${trigger.schedule}, due ${formatInstant(trigger.dueAt)}${preparedWords(trigger.prepared)}`;
    case 'unit':
      return `by unit ${trigger.unit} of session ${trigger.session} (${trigger.net})`;
    case 'condition':
      return [
        `by its start conditions, generation ${trigger.generation}`,
        ...trigger.fulfilled.flatMap(({ what }) => what ?? []),
      ].join(', ');
  }
};

/** `ended normal`, `running`, `retry_wait`. */
export const unitWord = ({ state, endStatus }: Pick<UnitView, 'state' | 'endStatus'>): string =>
  state === 'ended' && endStatus !== null ? `ended ${endStatus}` : state;

/** The newest attempt on each node, of the newest run only; not of nodes in whose place another has been chosen. */
export const newestAttempts = (unit: Pick<UnitView, 'attempts'>) => {
  const run = unit.attempts.reduce((most, attempt) => Math.max(most, attempt.run), 0);
  const byNode = new Map<string, UnitView['attempts'][number]>();
  for (const attempt of unit.attempts) {
    if (attempt.run !== run || attempt.superseded === true) continue;
    const known = byNode.get(attempt.node);
    if (known === undefined || attempt.try > known.try) byNode.set(attempt.node, attempt);
  }
  return [...byNode.values()];
};

/** Units with their depth in the tree, in the order of the definition. */
export const unitTree = (
  units: SessionDetail['units'],
): readonly { readonly unit: UnitView; readonly prefix: string }[] => {
  const children = Map.groupBy(units, (unit) => unit.parent);
  const walk = (parent: UnitView['parent'], indent: string): { unit: UnitView; prefix: string }[] => {
    const siblings = children.get(parent) ?? [];
    return siblings.flatMap((unit, index) => {
      const isLast = index === siblings.length - 1;
      const own = parent === null ? '' : `${indent}${isLast ? '└─ ' : '├─ '}`;
      const below = parent === null ? '' : `${indent}${isLast ? '   ' : '│  '}`;
      return [{ unit, prefix: own }, ...walk(unit.path, below)];
    });
  };
  return walk(null, '');
};

const preparedWords = (
  prepared: Extract<SessionTrigger, { readonly type: 'schedule' }>['prepared'],
): string => {
  if (prepared === undefined) return '';
  return `, prepared by ${prepared.by}${prepared.reason === null ? '' : ` (${prepared.reason})`}`;
};
