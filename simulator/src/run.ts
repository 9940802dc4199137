/**
 * One seed, from the draw of its options to its result: faults first, then healing, then the bound within which it must serve again.
 */
import type { Subject } from './core.ts';
import type { Count } from './count.ts';
import { heal, isDone, isHopeless, type Progress } from './liveness.ts';
import { drawOptions, type RunOptions } from './options.ts';
import { Violation } from './violation.ts';
import { World } from './world.ts';

/** After all faults have ended the cluster must serve, and be redundant, within this time. */
export const LIVENESS_BOUND_MS = 40_000;
const LIVENESS_LOOK_MS = 50;
/** Events of one run; more would be a loop of the model. */
const EVENTS_MAX = 400_000;

export interface Found {
  readonly checker: string;
  readonly says: string;
  readonly atMs: number;
}

export interface RunResult {
  readonly seed: number;
  readonly options: RunOptions;
  readonly found: Found | null;
  readonly hash: number;
  readonly events: number;
  readonly simulatedMs: number;
  readonly elections: number;
  readonly acknowledged: number;
  readonly attempts: number;
  readonly count: Count;
  /** Nothing could have been elected without force: liveness was not asked for. */
  readonly isHopeless: boolean;
  readonly servedMs: number | null;
  readonly pairedMs: number | null;
}

export interface RunRequest {
  readonly seed: number;
  readonly subject: Subject;
  readonly print?: (line: string) => void;
}

export function run({ seed, subject, print }: RunRequest): RunResult {
  const options = drawOptions(seed);
  const world = new World(options, { subject, print: print ?? null });
  let progress: Progress | null = null;
  let hopeless = false;
  let found: Found | null = null;
  try {
    world.start();
    world.adversary.start();
    world.operators.start();
    advance(world, options.safetyMs);
    hopeless = isHopeless(world);
    if (!hopeless) {
      progress = heal(world);
      converge(world, progress);
    }
    world.checks.final();
  } catch (error) {
    found = toFound(error, world);
    world.trace?.note('found', `${found.checker}: ${found.says}`);
  }
  const { checks, queue } = world;
  return {
    seed,
    options,
    found,
    hash: queue.hash,
    events: queue.events,
    simulatedMs: queue.now,
    elections: checks.elections,
    acknowledged: checks.data.acknowledged,
    attempts: world.agents.reduce((sum, { ran }) => sum + ran, 0),
    count: world.count,
    isHopeless: hopeless,
    servedMs: progress?.servedMs ?? null,
    pairedMs: progress?.pairedMs ?? null,
  };
}

function advance(world: World, until: number): void {
  while (world.queue.step(until)) if (world.queue.events > EVENTS_MAX) throw new Error('too many events');
}

function converge(world: World, progress: Progress): void {
  const bound = progress.since + LIVENESS_BOUND_MS;
  while (!isDone(world, progress)) {
    if (world.queue.now >= bound) {
      const states = world.members
        .map(({ name, keeper }) => `${name} ${keeper.state?.name ?? 'dead'}`)
        .join(', ');
      const what = progress.servedMs === null ? 'nothing is acknowledged' : 'the pair is not redundant';
      throw new Violation('liveness', `${what} ${LIVENESS_BOUND_MS} ms after all faults ended (${states})`);
    }
    advance(world, world.queue.now + LIVENESS_LOOK_MS);
  }
}

/** Everything that is no violation is a bug too, of the core or of the model. */
function toFound(error: unknown, world: World): Found {
  const atMs = Math.round(world.queue.now);
  if (error instanceof Violation) return { checker: error.checker, says: error.message, atMs };
  const says =
    error instanceof Error
      ? (error.stack ?? error.message).split('\n').slice(0, 4).join(' | ')
      : String(error);
  return { checker: 'no-exception', says, atMs };
}
