/**
 * Plays a script in the simulated world: nothing happens but what it says, all durations are fixed, all checkers are on.
 *
 * Called by `scenarios-main.ts` and the test. The language is in `scenario-script.ts` and `scenario-forms.ts`.
 */
import { deriveTiming, LAN } from '@nezuban/ha/decision/timing';
import type { RowName } from '@nezuban/ha/decision/transitions';
import { NO_TROUBLES } from './chance.ts';
import type { Subject } from './core.ts';
import type { Host } from './host.ts';
import { CALM } from './network.ts';
import { faultNames, operatorActs, type RunOptions } from './options.ts';
import type { Action, Condition, Play, ScenarioScript } from './scenario-forms.ts';
import { SEPARATOR, type Cluster, type Statement } from './scenario-script.ts';
import { ScenarioWatch } from './scenario-watch.ts';
import { Steady } from './steady.ts';
import { Violation } from './violation.ts';
import { World } from './world.ts';

const SEED = 1;
const COMMIT_EVERY_MS = 100;
/** From the start of all hosts to the situation with which the script begins. */
const BEGIN_BOUND_MS = 60_000;
/** After that everything is left to settle for so long. */
const SETTLE_MS = 1000;
/** The manager tells the keepers that often which agents could become witnesses. */
const OFFER_EVERY_MS = 1000;
const EVENTS_MAX = 3_000_000;

export interface Played {
  readonly file: string;
  /** The whole file as it should be. */
  readonly text: string;
  readonly rowsTaken: ReadonlySet<RowName>;
  /** An expectation that was not met, or a broken rule; null: all is well. */
  readonly failure: string | null;
}

class Unmet extends Error {}

function toOptions({ layout, witnesses, spares, begins, timing }: Cluster): RunOptions {
  const never = <Name extends string>(names: readonly Name[]): Record<Name, number> =>
    Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
  return {
    seed: SEED,
    timing: deriveTiming(LAN, timing),
    layout,
    witnesses,
    spares,
    startsPaired: begins === 'paired',
    skew: 'none',
    weather: CALM,
    troubles: NO_TROUBLES,
    faults: never(faultNames),
    faultMeanMs: Infinity,
    scenario: null,
    acts: never(operatorActs),
    actMeanMs: Infinity,
    commitMeanMs: COMMIT_EVERY_MS,
    safetyMs: Infinity,
  };
}

class Runner {
  readonly #play: Play;
  readonly #watch = new ScenarioWatch();
  readonly #world: World;

  constructor({ cluster }: ScenarioScript, subject: Subject) {
    const world = new World(toOptions(cluster), {
      subject: this.#watch.between(subject),
      print: null,
      createRandom: () => new Steady(),
    });
    const delays = new Map<string, number>();
    world.adversary.sends = (from, { to }) => delays.get(`${from.name}>${world.hostOf(to)?.name ?? ''}`) ?? 0;
    this.#world = world;
    this.#play = {
      world,
      watch: this.#watch,
      delays,
      command: '',
      acknowledgedBefore: 0,
      host: (name) => {
        const host = world.hosts.find((one) => one.name === name);
        if (host === undefined) throw new Error(`there is no host ${name}`);
        return host;
      },
    };
  }

  get watch(): ScenarioWatch {
    return this.#watch;
  }

  /** Starts everything and runs until the situation is the one with which the script begins. */
  begin({ begins }: Cluster): void {
    const world = this.#world;
    world.start();
    this.#offerLater();
    const wanted = begins === 'paired' ? 'master-paired' : 'master-alone';
    const [first, second] = world.members;
    const isMaster = (host: Host | undefined): boolean => host?.keeper.state?.name === wanted;
    this.#until(() => isMaster(first) || isMaster(second), BEGIN_BOUND_MS);
    // Whoever was elected first: scripts begin with a as master.
    if (isMaster(second))
      second?.keeper.tell({ type: 'command', command: { id: 'begin', do: 'switch' } }, SETTLE_MS);
    if (!this.#until(() => isMaster(first), BEGIN_BOUND_MS))
      throw new Unmet(`the cluster did not begin with a as ${wanted}`);
    if (begins === 'paired') this.#advance(SETTLE_MS);
    this.#watch.begin(world);
  }

  statement({ text, afterMs, step }: Statement<Action, Condition>): void {
    this.#advance(afterMs);
    switch (step.type) {
      case 'wait':
        return;
      case 'action':
        this.#watch.script('>', text);
        this.#watch.rowsSince.clear();
        step.means(this.#play, step.given);
        this.#watch.look();
        return;
      case 'expect':
        this.#expect(text, step);
    }
  }

  #expect(text: string, step: Extract<Statement<Action, Condition>['step'], { type: 'expect' }>): void {
    const play = this.#play;
    const { now } = this.#world.queue;
    play.acknowledgedBefore = this.#watch.acknowledged;
    const holds = (): boolean => step.means(play, step.given);
    const met =
      step.how === 'within' ? this.#until(holds, step.ms) : holds() && !this.#until(() => !holds(), step.ms);
    const tookMs = Math.round(this.#world.queue.now - now);
    if (!met) throw new Unmet(`${text}: not so after ${tookMs} ms`);
    const says = text.replace('expect ', '');
    this.#watch.script('ok', step.how === 'within' ? `${says}: after ${tookMs} ms` : says);
  }

  /** Runs until it is so, at most for that long. */
  #until(isSo: () => boolean, boundMs: number): boolean {
    const { queue } = this.#world;
    const until = queue.now + boundMs;
    while (!isSo()) {
      if (!queue.step(until)) return isSo();
      this.#watch.look();
      if (queue.events > EVENTS_MAX) throw new Error('too many events');
    }
    return true;
  }

  #advance(ms: number): void {
    this.#until(() => false, ms);
  }

  end(): void {
    this.#world.checks.final();
  }

  #offerLater(): void {
    const { queue, nature, hosts, members } = this.#world;
    queue.after(OFFER_EVERY_MS, nature, () => {
      const empty = hosts.filter(
        ({ role, up, disk }) => role === 'witness' && up && disk.durable?.roster === null,
      );
      const ids = empty.map(({ voterId }) => voterId);
      for (const { keeper } of members) keeper.tell({ type: 'witness-candidates', ids }, 0);
      this.#offerLater();
    });
  }
}

function describeFailure(error: unknown): string {
  if (error instanceof Unmet) return error.message;
  if (error instanceof Violation) return `${error.checker}: ${error.message}`;
  return error instanceof Error
    ? (error.stack ?? error.message).split('\n').slice(0, 3).join(' | ')
    : String(error);
}

export function playScript(script: ScenarioScript, subject: Subject): Played {
  const runner = new Runner(script, subject);
  const { watch } = runner;
  let failure: string | null = null;
  try {
    runner.begin(script.cluster);
    for (const statement of script.statements) {
      try {
        runner.statement(statement);
      } catch (error) {
        failure = `${script.file}:${statement.line}: ${describeFailure(error)}`;
        break;
      }
    }
    if (failure === null) runner.end();
  } catch (error) {
    failure = `${script.file}: ${describeFailure(error)}`;
  }
  watch.end();
  if (failure !== null) watch.script('!!', failure);
  const text = `${script.head}\n\n${SEPARATOR}\n${watch.lines.join('\n')}\n`;
  return { file: script.file, text, rowsTaken: watch.rowsTaken, failure };
}
