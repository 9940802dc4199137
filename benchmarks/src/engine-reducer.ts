// How many unit transitions a second does the bare engine make? One net of 10,000 units, and 1,000 sessions of 10 units, through
// all states of each attempt (accepted, started, ended), without a database. The manager's own figure adds the commit.
// Run: node benchmarks/src/engine-reducer.ts
import { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';
import type { AttemptId, SessionId } from '@nezuban/protocol/ids';
import { applySession } from '@nezuban/core/jobs/apply-session';
import { planSession } from '@nezuban/core/jobs/plan-session';
import type { EngineContext, SessionEffect, SessionInput } from '@nezuban/core/jobs/session-inputs';
import { takeChanges } from '@nezuban/core/jobs/session-rows';
import type { Session } from '@nezuban/core/jobs/session-state';

const rounds = 5;
/** Inputs that the manager gathers into one transaction. */
const batchSize = 100;
const context: EngineContext = {
  now: 0,
  inventory: { nodes: new Map([['node', { connected: true }]]), scopes: new Map() },
};

type Figures = { transitions: number; inputs: number; planMs: number; runMs: number; rows: number };

/** Layers of 100 units; each unit waits for two of the layer before. */
function layeredNet(units: number): JobNetDefinition {
  const width = Math.min(100, units);
  const name = (index: number): string => `unit-${index}`;
  const list = Array.from({ length: units }, (_, index) => {
    const above = index - width;
    const after =
      above < 0 ? [] : [name(above), name(Math.floor(above / width) * width + ((above + 1) % width))];
    return {
      name: name(index),
      command: '/bin/true',
      ...(after.length === 0 ? {} : { after: [...new Set(after)] }),
    };
  });
  return jobNetSchema.parse({ kind: 'jobnet', name: 'benchmark', target: { node: 'node' }, units: list });
}

function measure(definition: JobNetDefinition, sessions: number): Figures {
  const figures: Figures = { transitions: 0, inputs: 0, planMs: 0, runMs: 0, rows: 0 };
  const open: { readonly session: Session; readonly attemptId: AttemptId }[] = [];
  const planStart = performance.now();
  for (let id = 1; id <= sessions; id += 1) {
    const planned = planSession(
      {
        definition,
        sessionId: id as SessionId,
        nonce: 'benchm',
        parameters: {},
        trigger: { type: 'manual', user: 'benchmark' },
      },
      context,
    );
    if (!planned.ok) throw new Error(planned.detail.message);
    take(planned.session, planned.effects);
  }
  figures.planMs = performance.now() - planStart;

  function take(session: Session, effects: readonly SessionEffect[]): void {
    for (const effect of effects)
      if (effect.type === 'dispatch') open.push({ session, attemptId: effect.attemptId });
  }
  const runStart = performance.now();
  const touched = new Set<Session>();
  for (let next = 0; next < open.length; next += 1) {
    const { session, attemptId } = open[next] ?? fail();
    for (const input of lifeOf(attemptId)) {
      const result = applySession(session, input, context);
      if (!result.ok) throw new Error(result.detail.message);
      figures.inputs += 1;
      take(session, result.effects);
    }
    // waiting -> starting -> running -> ended
    figures.transitions += 3;
    touched.add(session);
    if (next % batchSize === batchSize - 1 || next === open.length - 1) {
      for (const changed of touched) {
        const rows = takeChanges(changed);
        figures.rows += (rows?.units.length ?? 0) + (rows?.attempts.length ?? 0);
      }
      touched.clear();
    }
  }
  figures.runMs = performance.now() - runStart;
  return figures;
}

function lifeOf(attemptId: AttemptId): SessionInput[] {
  return [
    { type: 'attemptAccepted', attemptId },
    { type: 'attemptStarted', attemptId, pid: 1, startedAt: 0 },
    {
      type: 'attemptEnded',
      attemptId,
      exitCode: 0,
      signal: null,
      startError: null,
      timedOut: false,
      cancelled: false,
      pid: 1,
      startedAt: 0,
      endedAt: 1,
      stdoutBytes: 0,
      stderrBytes: 0,
      droppedBytes: 0,
      leftovers: [],
    },
  ];
}

function fail(): never {
  throw new Error('the list of open attempts has a hole');
}

function report(label: string, definition: JobNetDefinition, sessions: number): void {
  const all = Array.from({ length: rounds }, () => measure(definition, sessions));
  const best = all.toSorted((a, b) => a.runMs - b.runMs)[Math.floor(rounds / 2)] ?? fail();
  const perSecond = Math.round((best.transitions / best.runMs) * 1000);
  console.log(
    `${label}: ${perSecond} unit transitions/s (${best.inputs} inputs in ${best.runMs.toFixed(0)} ms, ${best.rows} rows), planned in ${best.planMs.toFixed(0)} ms; median of ${rounds}`,
  );
}

report('1 session of 10,000 units', layeredNet(10_000), 1);
report('1,000 sessions of 10 units', layeredNet(10), 1_000);
