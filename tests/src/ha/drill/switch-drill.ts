/**
 * The drill on the user's own pair: a planned switch, watched from outside, and back if wanted. Changes nothing else and needs no sign-in.
 *
 * Responsible for refusing where a switch would be a risk, for the order, and for waiting until the pair is redundant again. It asks the
 * keeper of this host by its control socket and both consoles by their health check. Called by `drill-main.ts`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { PairHost, PairStatus } from '@nezuban/protocol/pair/status';
import { judgeDuty } from '../check-duty.ts';
import { monotonicMs } from '../http-call.ts';
import type { PairControl } from '../pair-control.ts';
import {
  type HealthTarget,
  type HealthWatch,
  LOOK_EVERY_MS,
  lookAt,
  startHealthWatch,
  withoutMasterMs,
} from './health-watch.ts';
import { describeMachine } from './machine.ts';
import type { Narrator } from './narrator.ts';
import type { Counts, DrillReport, ReportLine } from './report.ts';
import type { Words } from './words.ts';

export interface SwitchPorts {
  readonly control: Pick<PairControl, 'status' | 'command'>;
  readonly narrator: Narrator;
  readonly words: Words;
  /** Asks a person; true: go on. */
  readonly confirm: (question: string) => Promise<boolean>;
  /** The watching ends; the pair goes on by itself. */
  readonly signal: AbortSignal;
  /** Tests wait less. */
  readonly bounds?: { readonly servingMs: number; readonly redundantMs: number };
}

export interface SwitchOptions {
  readonly back: boolean;
  readonly command: string;
}

export type SwitchOutcome =
  | { readonly ok: true; readonly report: DrillReport }
  /** One sentence; the pair is as it was. */
  | { readonly ok: false; readonly says: string };

/** A planned switch on one LAN takes about a second. */
export const SWITCH_LIMIT_MS = 5_000;
/** A switch waits for a busy standby for some tens of seconds. */
const SERVING_TIMEOUT_MS = 120_000;
/** The former master follows, and is watched for ten seconds; if it must be copied anew, that takes what it takes. */
const REDUNDANT_TIMEOUT_MS = 600_000;
const STATUS_EVERY_MS = 200;
/** Looks before the order, so that the last answer of the old master is known. */
const BEFORE_MS = 1_000;

export async function runSwitchDrill(ports: SwitchPorts, options: SwitchOptions): Promise<SwitchOutcome> {
  const { control, narrator, words } = ports;
  const startedAt = new Date();
  const before = await control.status();
  const judged = judgeReadiness(before);
  if (typeof judged === 'string') return { ok: false, says: judged };
  const targets = before.hosts.map((host) => targetOf(host, before));
  const unseen = await whyNotSeen(targets, judged);
  if (unseen !== null) return { ok: false, says: unseen };
  for (const line of words.onPair.explains(judged.from.name, judged.to.name, options.back))
    narrator.say(line);
  if (!(await ports.confirm(words.onPair.question(judged.to.name))))
    return { ok: false, says: words.onPair.unchanged() };

  narrator.tell(words.onPair.watching(LOOK_EVERY_MS));
  const watch = startHealthWatch(targets);
  const lines: ReportLine[] = [];
  try {
    await delay(BEFORE_MS, undefined, { signal: ports.signal });
    const first = await moveOnce('switch', { before, watch }, ports);
    lines.push(first);
    if (options.back && first.verdict !== 'failed')
      lines.push(await moveOnce('switch-back', { before: await control.status(), watch }, ports));
  } finally {
    watch.stop();
  }
  const after = await control.status();
  return {
    ok: true,
    report: {
      kind: 'switch',
      startedAt,
      endedAt: new Date(),
      release: [...new Set(before.hosts.map(({ view }) => view?.release ?? '?'))].join(', '),
      machine: describeMachine(),
      place: 'real',
      hosts: before.hosts.map(({ id, name, address }) => ({
        name,
        role: id === judged.from.id ? 'master' : 'standby',
        address: address ?? '?',
      })),
      lines,
      newAdvice: newAdvice(before, after),
      looks: watch.claims().length,
      command: options.command,
    },
  };
}

interface Move {
  readonly from: PairHost;
  readonly to: PairHost;
}

/** The two hosts of a pair that may be switched without a risk, else one sentence why not. */
function judgeReadiness(status: PairStatus): Move | string {
  if (status.mode === 'single')
    return 'This manager has no second host: make a pair with "nezuban pair create", then there is something to drill.';
  const from = status.hosts.find(({ isMaster }) => isMaster);
  const to = status.hosts.find(({ isMaster }) => !isMaster);
  const advice = status.advice
    .filter(({ priority }) => priority !== 'info')
    .map(({ says }) => says)
    .join(' ');
  if (from === undefined || to === undefined || status.redundancy !== 'redundant' || !to.inSync)
    return `The pair is not redundant, so that a switch would be no drill but a risk: ${[status.summary, advice].filter((text) => text !== '').join(' ')} "nezuban pair recover" says what to do.`;
  return { from, to };
}

/**
 * Where that host answers. A console that listens on every address calls itself `localhost`, and one that has just joined may not be known
 * yet: then it is the host of the pair's port, with the port and scheme of the other console.
 */
export function targetOf(host: PairHost, { hosts }: Pick<PairStatus, 'hosts'>): HealthTarget {
  const known =
    host.consoleUrl ?? hosts.find(({ id }) => id !== host.id)?.consoleUrl ?? 'https://localhost:7380';
  const url = new URL(known);
  const isNowhere = ['localhost', '0.0.0.0', '[::]'].includes(url.hostname) || host.consoleUrl === null;
  // Beside the port of the pair, which is the last colon, as in `[2001:db8::1]:7382`.
  const dialled = host.address?.slice(0, host.address.lastIndexOf(':')) ?? '';
  if (isNowhere && !host.isSelf && dialled !== '') url.hostname = dialled;
  return { name: host.name, url: url.origin };
}

async function whyNotSeen(targets: readonly HealthTarget[], { from }: Move): Promise<string | null> {
  for (const target of targets) {
    const seen = await lookAt(target);
    const wanted = target.name === from.name;
    const where = `${target.url}/health/master`;
    if (typeof seen === 'string')
      return `${target.name} cannot be watched from this host: ${where} gives no answer (${seen}). Open its console port for this host, or run the drill on the other one.`;
    if (seen !== wanted)
      return `${where} of ${target.name} says that it is ${seen ? 'master' : 'not master'}, the keeper says the opposite: look at "nezuban pair status" and try again.`;
  }
  return null;
}

interface Situation {
  readonly before: PairStatus;
  readonly watch: HealthWatch;
}

/** One switch until the pair is redundant again. Rejects only when the watching is ended. */
async function moveOnce(
  key: 'switch' | 'switch-back',
  { before, watch }: Situation,
  ports: SwitchPorts,
): Promise<ReportLine> {
  const { narrator, words } = ports;
  const orderedAt = monotonicMs();
  const claimsBefore = watch.claims().length;
  const judged = judgeReadiness(before);
  const problems: string[] = [];
  let status: PairStatus | null = null;
  let redundantMs: number | null = null;
  if (typeof judged === 'string') problems.push(judged);
  else {
    const { from, to } = judged;
    narrator.tell(`${narrator.paint('bold', words.switchTitle[key])}: ${words.onPair.ordered(to.name)}`);
    const refusal = order(ports.control);
    const serving = await until((now) => now.master?.id === to.id && watch.isMaster(to.name), {
      ports,
      refusal,
      timeoutMs: ports.bounds?.servingMs ?? SERVING_TIMEOUT_MS,
    });
    status = serving.status;
    if (!serving.ok) problems.push(serving.says);
    else {
      narrator.tell(narrator.paint('green', words.onPair.serves(to.name)));
      narrator.tell(words.onPair.waiting());
      const redundant = await until(
        (now) =>
          now.redundancy === 'redundant' && now.hosts.some(({ id, inSync }) => id === from.id && inSync),
        { ports, refusal: null, timeoutMs: ports.bounds?.redundantMs ?? REDUNDANT_TIMEOUT_MS },
      );
      status = redundant.status ?? status;
      if (!redundant.ok) problems.push(redundant.says);
      else {
        redundantMs = monotonicMs() - orderedAt;
        narrator.tell(narrator.paint('green', words.onPair.redundant(redundantMs)));
      }
    }
  }
  const takeOver = status?.history.find(({ term }) => term > (before.master?.term ?? 0));
  const claims = watch.claims().slice(claimsBefore);
  const { overlaps } = judgeDuty(claims);
  const outageMs = withoutMasterMs(watch.claims(), orderedAt);
  problems.push(...overlaps);
  const failed = problems.length > 0;
  const slow = outageMs !== null && outageMs > SWITCH_LIMIT_MS;
  if (slow) problems.push(words.report.slowSwitch(outageMs, SWITCH_LIMIT_MS));
  return {
    key,
    // What was refused is no fault that the pair had to get over.
    began: takeOver !== undefined,
    verdict: failed ? 'failed' : slow ? 'slow' : 'passed',
    happened:
      takeOver === undefined
        ? { what: 'nothing' }
        : { what: 'took-over', from: takeOver.from ?? '?', to: takeOver.to },
    outageMs,
    limitMs: SWITCH_LIMIT_MS,
    steps: takeOver?.steps ?? null,
    redundantMs,
    counts: { ...nothingCounted, twoMasters: overlaps.length },
    problems,
    logs: null,
    skipped: null,
    seconds: (monotonicMs() - orderedAt) / 1000,
  };
}

/** The drill writes nothing and runs nothing: these are not counted, only watched. */
const nothingCounted: Counts = {
  writesAcked: 0,
  writesLost: 0,
  writesUnknown: 0,
  writesWrong: 0,
  sessions: 0,
  sessionsLost: 0,
  sessionsBad: 0,
  commands: 0,
  commandsDoubled: 0,
  twoMasters: 0,
  mastersWatched: true,
};

/** Says why the switch was refused, as soon as it was. A lost answer is none: the pair's own state counts. */
function order(control: SwitchPorts['control']): () => string | null {
  let refused: string | null = null;
  void control.command({ do: 'switch' }).then(
    (result) => {
      if (!result.ok) refused = result.says;
    },
    () => undefined,
  );
  return () => refused;
}

interface Waiting {
  readonly ports: SwitchPorts;
  readonly refusal: (() => string | null) | null;
  readonly timeoutMs: number;
}

type Waited =
  | { readonly ok: true; readonly status: PairStatus }
  | { readonly ok: false; readonly status: PairStatus | null; readonly says: string };

/** Waits until the pair is so, says on the way what it says of itself. */
async function until(isSo: (status: PairStatus) => boolean, waiting: Waiting): Promise<Waited> {
  const { ports, refusal, timeoutMs } = waiting;
  const { control, narrator, signal } = ports;
  let last: PairStatus | null = null;
  let said = '';
  for (const end = monotonicMs() + timeoutMs; monotonicMs() < end;) {
    const status = await control.status().catch(() => null);
    last = status ?? last;
    if (status !== null && isSo(status)) return { ok: true, status };
    const refused = refusal?.() ?? null;
    if (refused !== null) return { ok: false, status: last, says: `The switch was refused: ${refused}` };
    const summary = status?.summary ?? '';
    if (summary !== '' && summary !== said) narrator.tell(narrator.paint('dim', `  ${summary}`));
    said = summary === '' ? said : summary;
    await delay(STATUS_EVERY_MS, undefined, { signal });
  }
  const summary = last === null ? 'the keeper of this host did not answer' : last.summary;
  return { ok: false, status: last, says: `After ${timeoutMs / 1000} s it was not so: ${summary}` };
}

function newAdvice(before: PairStatus, after: PairStatus): string[] {
  const known = new Set(before.advice.map(({ code }) => code));
  return after.advice
    .filter(({ code, priority }) => priority !== 'info' && !known.has(code))
    .map(({ says, command }) => (command === null ? says : `${says} (${command})`));
}
