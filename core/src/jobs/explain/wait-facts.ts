// The unmet conditions of one unit, each with the phrase that says it. Pure; what lies behind them `explain-waiting.ts` follows up.
// Called for units in any state that is not over; for the others it says that they are.
import { readWaitSentence } from '../../operations/frozen-places.ts';
import { reasonFacts } from '@nezuban/protocol/events/event-facts';
import type { UnitState } from '@nezuban/protocol/jobs/session';
import type { WaitFact } from '@nezuban/protocol/jobs/waiting';
import { saidOf } from '@nezuban/protocol/sentences/sentence';
import { edgeCondition } from '../conditions.ts';
import { isPlannedAttempt } from '../net-plan.ts';
import { pauseOf } from '../marks.ts';
import { isBeingWithdrawn } from '../unit-types/fall-over.ts';
import type { Mark } from '../marks.ts';
import { isSettled, parentOf, recordAt } from '../step.ts';
import type { AttemptRecord, Session, UnitRecord } from '../session-state.ts';

/** What is looked at besides the session. */
export type WaitContext = {
  /** Nodes as they are now. `since`: of the agent's absence, in milliseconds since 1970, if it is known. */
  readonly nodes: ReadonlyMap<string, { readonly connected: boolean; readonly since?: number | null }>;
  /** What queues, locks, limits and single types of units know of a unit that waits for them. */
  readonly moreFacts?: (record: UnitRecord) => readonly WaitFact[];
  /** How times are said; left out: RFC 3339. */
  readonly formatTime?: (ms: number) => string;
};

/** A fact, and the unit in which it goes on: what is before it, inside it or around it. */
export type WaitStep = { readonly fact: WaitFact; readonly leadsTo: readonly UnitRecord[] };

type Facts = WaitFact['facts'];
const nobody: readonly UnitRecord[] = [];

export function waitSteps(session: Session, record: UnitRecord, context: WaitContext): WaitStep[] {
  const say = (code: string, phrase: string, facts: Facts = {}): WaitStep => ({
    fact: { code, facts, phrase },
    leadsTo: nobody,
  });
  const time = (ms: number): string => (context.formatTime ?? iso)(ms);
  switch (record.state) {
    case 'ended':
    case 'not_run':
    case 'stopped':
      return [over(record)];
    case 'skipped':
      if (isSettled(record)) return [over(record)];
      return [...whatIsBefore(session, record, time), skipStep(record, time)];
    case 'held':
      return [...whatIsBefore(session, record, time), heldStep(record, time)];
    case 'waiting': {
      const before = whatIsBefore(session, record, time);
      const more = [...frozen(record, time), ...asSteps(context.moreFacts?.(record) ?? [])];
      if (before.length + more.length > 0) return [...before, ...more];
      return [say('ready', 'may start and waits for nothing that is known')];
    }
    case 'queued': {
      const more = asSteps(context.moreFacts?.(record) ?? []);
      return more.length > 0 ? more : [say('queued', 'waits for its turn in a queue')];
    }
    case 'retry_wait': {
      const pause = whatIsPaused(session, record, time);
      const at = record.retryAt ?? 0;
      const next = (record.attempts.at(-1)?.try ?? 0) + 1;
      return [
        ...pause,
        say('retry', `waits until ${time(at)} for its try ${next}`, { at: iso(at), try: next }),
      ];
    }
    case 'starting':
    case 'running':
    case 'stopping':
      return activeSteps(session, record, { context, time });
  }
}

function activeSteps(
  session: Session,
  record: UnitRecord,
  { context, time }: { readonly context: WaitContext; readonly time: (ms: number) => string },
): WaitStep[] {
  if (record.unit.type === 'net') return netSteps(session, record, time);
  const steps: WaitStep[] = [];
  if (record.state === 'stopping')
    steps.push(
      leaf('stopping', `is being stopped by ${record.stoppedBy ?? 'somebody'}`, { by: record.stoppedBy }),
    );
  steps.push(...frozen(record, time), ...asSteps(context.moreFacts?.(record) ?? []));
  const open = record.attempts.filter(({ run, endStatus }) => run === record.run && endStatus === null);
  for (const attempt of open) {
    const node = context.nodes.get(attempt.node);
    if (isBeingWithdrawn(record, attempt))
      steps.push(isWithdrawn(attempt.node, node?.connected === true ? 'here' : (node?.since ?? null), time));
    else if (node?.connected !== true) steps.push(agentAway(attempt.node, node?.since ?? null, time));
    else if (attempt.state !== 'running') steps.push(onItsWay(attempt, time));
  }
  const inside = workOf(record, time);
  if (inside !== null) steps.push(inside);
  else if (record.state === 'running' && record.retryAt !== null && open.length === 0)
    steps.push(leaf('until', `waits until ${time(record.retryAt)}`, { at: iso(record.retryAt) }));
  // Of a command whose agent is away nobody can say that it runs: that it is away says all that is known.
  else if (steps.length === 0 || open.some(({ node }) => context.nodes.get(node)?.connected === true))
    if (record.state === 'running' || steps.length === 0) steps.push(runs(record, open, time));
  return steps;
}

function netSteps(session: Session, record: UnitRecord, time: (ms: number) => string): WaitStep[] {
  const steps: WaitStep[] = [];
  const paused = pauseOf(record);
  if (paused !== null) steps.push(pauseStep(record, time));
  if (record.state === 'stopping')
    steps.push(
      leaf('stopping', `is being stopped by ${record.stoppedBy ?? 'somebody'}`, { by: record.stoppedBy }),
    );
  const open = record.unit.children
    .map((child) => recordAt(session, child))
    .filter((child) => !isSettled(child));
  const many = open.length === 1 ? 'one of its units' : `${open.length} of its units`;
  if (open.length > 0)
    steps.push({
      fact: { code: 'net_runs', facts: { open: open.length }, phrase: `runs until ${many} have ended` },
      leadsTo: open,
    });
  return steps;
}

/** Edges that are not decided, nets that have not begun, pauses. */
function whatIsBefore(session: Session, record: UnitRecord, time: (ms: number) => string): WaitStep[] {
  const steps = whatIsPaused(session, record, time);
  const net = parentOf(session, record);
  if (net !== null && !isSettled(net) && net.state !== 'running' && net.state !== 'stopping')
    steps.push({
      fact: {
        code: 'net_not_begun',
        facts: { net: net.unit.path, state: net.state },
        phrase:
          net.unit.parent === -1
            ? 'waits for its session to begin'
            : `waits for its net "${net.unit.path}" to begin`,
      },
      leadsTo: [net],
    });
  if (record.marks?.forced === true) return steps;
  // Where any of them is enough and one holds already, the rest is not waited for.
  if (record.unit.mode === 'any' && !record.unit.recovery && record.satisfiedEdges > 0) return steps;
  for (const { unit, on } of record.unit.edges) {
    const from = recordAt(session, unit);
    if (edgeCondition(from, on) !== 'pending') continue;
    steps.push({
      fact: {
        code: 'predecessor',
        facts: { unit: from.unit.path, state: from.state, mode: record.unit.mode },
        phrase: `waits for "${from.unit.path}"`,
      },
      leadsTo: [from],
    });
  }
  return steps;
}

function whatIsPaused(session: Session, record: UnitRecord, time: (ms: number) => string): WaitStep[] {
  const steps: WaitStep[] = [];
  for (let net = parentOf(session, record); net !== null; net = parentOf(session, net))
    if (pauseOf(net) !== null) steps.push(pauseStep(net, time));
  return steps;
}

function pauseStep(net: UnitRecord, time: (ms: number) => string): WaitStep {
  const paused = net.marks?.paused;
  if (paused === undefined) throw new Error(`"${net.unit.path}" is not paused`);
  const isSession = net.unit.parent === -1;
  const place = isSession ? 'its session' : `net "${net.unit.path}"`;
  return leaf(
    isSession ? `session_${paused.kind}` : 'net_suspended',
    `is kept back: ${place} was ${paused.kind} by ${since(paused, time)}`,
    {
      net: net.unit.path,
      ...markFacts(paused),
      ...(paused.reasonSaid === undefined ? {} : reasonFacts(saidOf(paused.reasonSaid))),
    },
  );
}

function heldStep(record: UnitRecord, time: (ms: number) => string): WaitStep {
  const held = record.marks?.held;
  return held === undefined
    ? leaf('held_by_definition', 'is held by its definition until somebody releases it')
    : leaf('held', `is held by ${since(held, time)}`, markFacts(held));
}

function skipStep(record: UnitRecord, time: (ms: number) => string): WaitStep {
  const skipped = record.marks?.skipped;
  return skipped === undefined
    ? leaf('to_be_skipped', 'is passed over when its turn comes')
    : leaf(
        'to_be_skipped',
        `is passed over when its turn comes, as ${since(skipped, time)} has asked`,
        markFacts(skipped),
      );
}

function frozen(record: UnitRecord, time: (ms: number) => string): WaitStep[] {
  return asSteps(record.reason === null ? [] : frozenFacts(record.reason, time));
}

/** `sentence`: why a unit waits, if it is for the sake of a freeze. */
export function frozenFacts(sentence: string, time: (ms: number) => string = iso): WaitFact[] {
  const wait = readWaitSentence(sentence);
  if (wait === null) return [];
  const { place, by, since: begun, until, reason } = wait;
  const end = until === null ? '' : ` until ${time(Date.parse(until))}`;
  return [
    {
      code: 'frozen',
      facts: { kind: place.kind, place: place.name, by, since: begun, until, reason },
      phrase: `waits because ${place.kind} "${place.name}" is frozen by ${by} since ${time(Date.parse(begun))}${end}: ${reason}`,
    },
  ];
}

/** What it waits for is done by the manager: people, an event, another net, a mail. Its reason says what. */
function workOf(
  { unit, state, memo, reason, retryAt }: UnitRecord,
  time: (ms: number) => string,
): WaitStep | null {
  if (state !== 'running' || memo === null) return null;
  const what = reason === null ? `waits for its ${unit.type.replace('_', ' ')}` : withSmallStart(reason);
  const deadline = retryAt === null ? '' : `, at most until ${time(retryAt)}`;
  return leaf('work', `${what}${deadline}`, {
    type: unit.type,
    what: reason,
    until: retryAt === null ? null : iso(retryAt),
  });
}

function withSmallStart(sentence: string): string {
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`.replace(/[.]$/u, '');
}

function agentAway(node: string, away: number | null, time: (ms: number) => string): WaitStep {
  const when = away === null ? '' : ` since ${time(away)}`;
  return leaf('agent_away', `waits for the agent of "${node}", which is not connected${when}`, {
    node,
    since: away === null ? null : iso(away),
  });
}

function isWithdrawn(node: string, away: number | 'here' | null, time: (ms: number) => string): WaitStep {
  const next = `the next node gets it once "${node}" says that it has not been begun`;
  if (away === 'here')
    return leaf(
      'order_withdrawn',
      `waits for the agent of "${node}", which did not take the order in time: ${next}`,
      { node },
    );
  const when = away === null ? '' : ` since ${time(away)}`;
  return leaf(
    'order_withdrawn_away',
    `waits for the agent of "${node}", which did not take the order in time and is not connected${when}: ${next}; if it will never come back, the node is to be removed`,
    { node, since: away === null ? null : iso(away) },
  );
}

function onItsWay({ node, createdAt }: AttemptRecord, time: (ms: number) => string): WaitStep {
  return leaf('order_on_way', `is being started on "${node}" since ${time(createdAt)}`, {
    node,
    since: iso(createdAt),
  });
}

function runs(record: UnitRecord, open: readonly AttemptRecord[], time: (ms: number) => string): WaitStep {
  const [first] = open;
  const begun = first?.startedAt ?? record.startedAt;
  const when = begun === null ? '' : ` since ${time(begun)}`;
  const more = open.length > 1 ? ` and ${open.length - 1} more nodes` : '';
  const where = first === undefined ? '' : ` on "${first.node}"${more}`;
  const what = filesOf(record);
  return leaf('running', `${what === null ? 'is running' : `watches ${what}`}${where}${when}`, {
    node: first?.node ?? null,
    nodes: open.length,
    since: begun === null ? null : iso(begun),
    ...(what === null ? {} : { files: what }),
  });
}

/** What the definition says; places in it are not filled in. */
function filesOf({ unit }: UnitRecord): string | null {
  if (!isPlannedAttempt(unit) || unit.definition.type !== 'file_watch') return null;
  const { definition } = unit;
  const paths = typeof definition.path === 'string' ? [definition.path] : definition.path;
  return paths.join(', ');
}

function over({ state, endStatus, stoppedBy }: UnitRecord): WaitStep {
  return leaf(
    'over',
    `${overWords[state] ?? `is ${state}`}${endStatus === null ? '' : ` (${endStatus})`}${stoppedBy === null ? '' : `, stopped by ${stoppedBy}`}`,
    { state, status: endStatus, by: stoppedBy },
  );
}

const overWords: Readonly<Partial<Record<UnitState, string>>> = {
  ended: 'has ended',
  not_run: 'was not run',
  skipped: 'was passed over',
  stopped: 'was stopped',
};

function asSteps(facts: readonly WaitFact[]): WaitStep[] {
  return facts.map((fact) => ({ fact, leadsTo: nobody }));
}

function leaf(code: string, phrase: string, facts: Facts = {}): WaitStep {
  return { fact: { code, facts, phrase }, leadsTo: nobody };
}

function markFacts({ by, at, reason }: Mark): Facts {
  return { by, since: iso(at), reason };
}

function since({ by, at, reason }: Mark, time: (ms: number) => string): string {
  return `${by} since ${time(at)}${reason === null ? '' : `: ${reason}`}`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
