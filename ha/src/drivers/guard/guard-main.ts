/**
 * The guard: the second process that ends what acts when the keeper does not. Started by `guard.ts`.
 *
 * Responsible for killing the tree when its deadline passes (the keeper is frozen, or too late) and when the keeper is gone (its pipe
 * closes). Not responsible for the decision when that is: it is told. Everything that could fail or take time is kept out of it: it reads
 * no configuration, writes no file, and imports Node's own modules and three small files of ours.
 *
 * States: guarding -> firing (the deadline has passed) -> guarding; -> ending (the keeper is gone) -> exit. Between a deadline that has
 * passed and the next one nothing of the tree may live: a tree that is told then is killed too.
 */
import fs from 'node:fs';
import os from 'node:os';
import process from 'node:process';
import { formatReport, parseOrder, type GuardOrder, type GuardReport } from './guard-lines.ts';
import { createTreeKiller, type Tree, type TreeKiller } from './kill-tree.ts';

const REPORTS_FD = 1;
const STDERR_FD = 2;
/** The first look for survivors comes soon, since the next master waits for this; a process that hangs in the kernel is in no hurry. */
const ROUND_MIN_MS = 2;
const ROUND_MAX_MS = 250;
/** After the keeper's death: what is not gone by then hangs in the kernel, and its death is already ordered. */
const ENDING_MAX_MS = 60_000;
/** The kernel rather ends anybody else when memory is short; needs a right that root has. */
const OOM_SCORE = '-900';
/** In front of everything that computes, behind nothing but the kernel; needs a right too. */
const PRIORITY = -15;
/** The longest time that a timer can wait is 2^31 ms. */
const TIMER_MAX_MS = 86_400_000;
const NOTHING: Tree = { roots: [], dataDirectories: [] };

let deadline: number | null = null;
let tree = NOTHING;
/** Counts the trees that were told. */
let trees = 0;
let timer: NodeJS.Timeout | null = null;
let killing: {
  readonly since: number;
  readonly trees: number;
  readonly killer: TreeKiller;
  waitMs: number;
} | null = null;
let endingSince: number | null = null;
let isQuitting = false;
/** The deadline for which the tree has been killed. */
let firedFor: number | null = null;

const now = (): number => Number(process.hrtime.bigint()) / 1e6;

// Exceptions are the normal answer of /proc about processes that are gone; where they were thrown interests nobody.
Error.stackTraceLimit = 0;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGPIPE'] as const)
  process.on(signal, () => undefined);
attempt(() => fs.writeFileSync('/proc/self/oom_score_adj', OOM_SCORE));
attempt(() => os.setPriority(PRIORITY));
// A session of its own is a group of its own for the scheduler, which knows the priority of the group alone (sched(7), autogroup).
attempt(() => fs.writeFileSync('/proc/self/autogroup', String(PRIORITY)));
hear();
say({ type: 'ready' });

function hear(): void {
  let rest = '';
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) attempt(() => obey(parseOrder(line)));
  });
  process.stdin.on('end', end);
  process.stdin.on('error', end);
}

function obey(order: GuardOrder): void {
  switch (order.type) {
    case 'deadline':
      deadline = order.until;
      firedFor = null;
      // It was late and yet in time: what is being killed is killed to the end, since half a tree is worse than none.
      setAlarm();
      return;
    case 'tree':
      setTree(order.roots, order.dataDirectory);
      return;
    case 'ping':
      say({ type: 'pong' });
      return;
    case 'quit':
      isQuitting = true;
      if (killing === null) leave();
      return;
    default:
      order satisfies never;
  }
}

function setTree(roots: Tree['roots'], dataDirectory: string | null): void {
  const told: Tree = { roots, dataDirectories: dataDirectory === null ? [] : [dataDirectory] };
  tree = told;
  trees += 1;
  firedFor = null;
  setAlarm();
  if (dataDirectory === null) return;
  // Off the event loop: the disk below may hang, which is when a guard is needed most.
  fs.realpath.native(dataDirectory, (error, real) => {
    if (error === null && tree === told && real !== dataDirectory)
      tree = { roots, dataDirectories: [dataDirectory, real] };
  });
}

function setAlarm(): void {
  if (timer !== null) clearTimeout(timer);
  timer = null;
  if (deadline === null || firedFor === deadline || killing !== null) return;
  timer = setTimeout(onAlarm, Math.min(Math.max(Math.ceil(deadline - now()), 0), TIMER_MAX_MS));
}

/** After a pause of this process a newer deadline may lie in the pipe: it is read first. */
function onAlarm(): void {
  setImmediate(() => {
    if (deadline === null || killing !== null || firedFor === deadline) return;
    if (now() >= deadline) kill(deadline);
    else setAlarm();
  });
}

function kill(since: number): void {
  killing = { since, trees, killer: createTreeKiller(tree), waitMs: ROUND_MIN_MS };
  round();
}

function round(): void {
  if (killing === null) return;
  let isDone = false;
  attempt(() => (isDone = killing?.killer.round() === true));
  if (isDone) {
    onKilled(killing);
    return;
  }
  if (endingSince !== null && now() - endingSince > ENDING_MAX_MS) leave();
  setTimeout(round, killing.waitMs);
  killing.waitMs = Math.min(killing.waitMs * 1.5, ROUND_MAX_MS);
}

function onKilled(killed: { readonly since: number; readonly trees: number }): void {
  killing = null;
  if (endingSince !== null || isQuitting) leave();
  if (deadline !== null && deadline <= now() && killed.trees === trees) firedFor = deadline;
  say({ type: 'fired', lateMs: now() - killed.since });
  setAlarm();
}

/** The keeper is gone. */
function end(): void {
  if (isQuitting || endingSince !== null) return;
  endingSince = now();
  // Anew even if one is under way: it may know an older tree.
  killing = null;
  kill(endingSince);
}

/**
 * At once, with nothing behind it: `process.exit` waits for the threads of the runtime, and one that had missed its call was seen to hold it
 * for ever (Node 26.10, one exit of five on a busy machine).
 */
function leave(): never {
  process.kill(process.pid, 'SIGKILL');
  process.exit(0);
}

function say(report: GuardReport): void {
  // A keeper that is stopped or gone reads nothing; a pipe that is full is not worth waiting for.
  attempt(() => fs.writeSync(REPORTS_FD, formatReport(report)));
}

function attempt(action: () => void): void {
  try {
    action();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) complain(message);
  }
}

function complain(message: string): void {
  try {
    fs.writeSync(STDERR_FD, `${message}\n`);
  } catch {
    // Nobody listens.
  }
}
