/**
 * `nezuban drill`: the proof of the pair for users. Started by the launcher `cli/bin/nezuban`.
 *
 * Responsible for arguments, environment, signals and exit codes, and for what is looked at before a drill begins. The drills themselves:
 * `scratch-drill.ts` on a pair made for it, `switch-drill.ts` on the pair of this host.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { SCRATCH_ROOT } from '../../support/cached-directory.ts';
import { createNetwork } from '../create-network.ts';
import { createPairControl } from '../pair-control.ts';
import { acquireDrillLock } from './drill-lock.ts';
import { createNarrator } from './narrator.ts';
import { parseDrill, type ScratchOrder, type SwitchOrder } from './options.ts';
import { whyNoPorts, whyNoReport, whyNoRoom, whyNotHere } from './preflight.ts';
import { renderHtml } from './report-html.ts';
import { type DrillReport, hasPassed } from './report.ts';
import { renderText } from './report-text.ts';
import { createScratchDrill } from './scratch-drill.ts';
import { runSwitchDrill } from './switch-drill.ts';
import { listFaults, usage } from './usage.ts';
import { wordsOf } from './words.ts';

const EXIT = { passed: 0, failed: 1, usage: 2, interrupted: 130 } as const;
/** On a quiet machine: making a pair, one fault with all around it. */
const MAKING_SECONDS = 30;
const FAULT_SECONDS = 30;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

process.stdout.on('error', () => undefined);
const narrator = createNarrator({
  write: (text) => void process.stdout.write(text),
  colours: process.stdout.isTTY === true && !process.env['NO_COLOR'],
});
const { say, paint } = narrator;
const command = ['nezuban drill', ...process.argv.slice(2)].join(' ');

process.exitCode = await main();

async function main(): Promise<number> {
  const parsed = parseDrill(process.argv.slice(2), process.env);
  if (!parsed.ok) return fail(parsed.says, EXIT.usage);
  const { order } = parsed;
  if (order.do === 'help' || order.do === 'list') {
    process.stdout.write(order.do === 'help' ? usage : `${listFaults(order.language).join('\n')}\n`);
    return EXIT.passed;
  }
  const noReport = order.report === null ? null : whyNoReport(order.report);
  if (noReport !== null) return fail(noReport);
  return order.do === 'scratch' ? drillScratch(order) : drillSwitch(order);
}

async function drillScratch(order: ScratchOrder): Promise<number> {
  if (process.platform !== 'linux')
    return fail('"nezuban drill" needs Linux: it knows the processes of its hosts by what /proc says.');
  const lock = await acquireDrillLock('scratch', whoIAm());
  if (!lock.held)
    return fail(
      `Another drill runs on this machine (${lock.by}): wait for its end, or end it there with Ctrl-C.`,
    );
  const noRoom = whyNoRoom(SCRATCH_ROOT);
  if (noRoom !== null) return fail(noRoom);
  // From here on something may be left behind.
  const interrupted = onSignal();
  const { network, why } = createNetwork();
  const words = wordsOf(order.language);
  const drill = createScratchDrill({
    faults: order.faults,
    network,
    narrator,
    words,
    language: order.language,
    keep: order.keep,
    command,
  });
  try {
    const noPorts = await whyNoPorts(network);
    if (noPorts !== null) return fail(noPorts);
    announce(order, { network, why });
    const report = await Promise.race([drill.run(), interrupted.promise]);
    if (report === null) {
      say();
      say(words.during.stopping());
      await drill.end();
      say(words.during.stopped());
      return exitNow(EXIT.interrupted);
    }
    return conclude(report, order);
  } finally {
    await drill.end();
    lock.release();
  }
}

function announce(order: ScratchOrder, { network, why }: ReturnType<typeof createNetwork>): void {
  const { intro } = wordsOf(order.language);
  const playable = order.faults.filter((fault) => whyNotHere(fault, network.kind) === null);
  const minutes = Math.ceil((MAKING_SECONDS + playable.length * FAULT_SECONDS) / 60);
  say();
  say(paint('bold', intro.title()));
  say();
  say(intro.will(order.faults.length));
  say(
    `${intro.untouched(`${SCRATCH_ROOT}/nezuban-ha-*`)} ${intro.places(`${network.places.a.address} ...`)}`,
  );
  if (why !== null) say(paint('yellow', intro.loopback(why, order.faults.length - playable.length)));
  say(intro.lasts(minutes));
}

async function drillSwitch(order: SwitchOrder): Promise<number> {
  const words = wordsOf(order.language);
  const home = path.resolve(order.home ?? process.env['NEZUBAN_HOME'] ?? defaultHome());
  const name = createHash('sha256').update(home).digest('hex').slice(0, 16);
  const lock = await acquireDrillLock(`switch-${name}`, whoIAm());
  if (!lock.held)
    return fail(
      `Another drill of this pair runs (${lock.by}): wait for its end, or end it there with Ctrl-C.`,
    );
  const control = createPairControl(home);
  try {
    await control.status();
  } catch (error) {
    return fail(explainKeeper(error, home));
  }
  const interrupted = onSignal();
  say();
  say(paint('bold', words.onPair.title()));
  say();
  try {
    const outcome = await runSwitchDrill(
      {
        control,
        narrator,
        words,
        confirm: (question) => confirm(question, order, interrupted.signal),
        signal: interrupted.signal,
      },
      { back: order.back, command },
    );
    if (!outcome.ok) return fail(outcome.says, interrupted.signal.aborted ? EXIT.interrupted : EXIT.failed);
    return conclude(outcome.report, order);
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    say();
    say(words.onPair.stillGoesOn());
    return exitNow(EXIT.interrupted);
  } finally {
    lock.release();
  }
}

async function confirm(question: string, order: SwitchOrder, signal: AbortSignal): Promise<boolean> {
  if (order.yes) return true;
  if (process.stdin.isTTY !== true) {
    say(wordsOf(order.language).onPair.nobodyToAsk());
    return false;
  }
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  // A terminal in this mode makes a key of Ctrl-C.
  lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return /^y(es)?$/i.test((await lines.question(question, { signal })).trim());
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  } finally {
    lines.close();
  }
}

function conclude(report: DrillReport, order: ScratchOrder | SwitchOrder): number {
  const { language } = order;
  for (const line of renderText(report, { language, paint })) say(line);
  if (order.report !== null) {
    fs.writeFileSync(order.report, renderHtml(report, language));
    say(wordsOf(language).during.reportAt(path.resolve(order.report)));
  }
  return hasPassed(report) ? EXIT.passed : EXIT.failed;
}

function explainKeeper(error: unknown, home: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM')
    return `You may not speak to the keeper of this host: run the drill as the user that runs the manager with the home ${home}.`;
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ECONNREFUSED')
    return `No manager runs on this host with the home ${home}: start it with "nezuban manager", or name its home with --home.`;
  return `The keeper of this host (home ${home}) does not answer as it should: ${message.split('\n')[0]}.`;
}

function defaultHome(): string {
  return process.getuid?.() === 0 ? '/var/lib/nezuban' : path.join(os.homedir(), '.nezuban');
}

function whoIAm(): string {
  return `process ${process.pid}, since ${new Date().toLocaleTimeString('en-GB')}`;
}

interface Interrupted {
  readonly signal: AbortSignal;
  /** Null as soon as a signal came. */
  readonly promise: Promise<null>;
}

/** Signals are heard to the end: a second Ctrl-C must not break off the cleaning up. */
function onSignal(): Interrupted {
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<null>();
  for (const signal of SIGNALS)
    process.on(signal, () => {
      controller.abort(new Error(`ended by ${signal}`));
      resolve(null);
    });
  return { signal: controller.signal, promise };
}

/** What was broken off in the middle still waits for something; nobody waits for that. */
function exitNow(code: number): number {
  setImmediate(() => process.exit(code));
  return code;
}

function fail(says: string, code: number = EXIT.failed): number {
  process.stderr.write(`${says}\n`);
  return code;
}
