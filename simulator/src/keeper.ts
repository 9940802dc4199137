/**
 * The keeper process of one host: feeds the decision core, carries out its effects, wakes it when it asks for it.
 *
 * Everything that can go wrong around it (death, pause, slow disk) comes from outside; this file only keeps the contract of effects.
 */
import type { Effect } from '@nezuban/ha/decision/effects';
import type { Input } from '@nezuban/ha/decision/inputs';
import type { State } from '@nezuban/ha/decision/state';
import type { PairMessage } from '@nezuban/protocol/pair/messages';
import type { Host } from './host.ts';
import { Process } from './process.ts';

/** The keeper looks at the directory before it says anything about it. */
const LOOK_MIN_MS = 5;
const LOOK_MAX_MS = 100;
/** Timers fire late, never early. */
const TIMER_MIN_MS = 0.02;
const TIMER_MAX_MS = 1;

const TICK: Input = { type: 'tick' };

export class Keeper {
  alive = false;
  state: State | null = null;
  readonly process: Process;
  /** True time of its start or of the end of its last pause. */
  awakeSince = 0;
  #starts = 0;
  /** True time of the pending wake-up; one at a time. */
  #wakeAt = Infinity;
  readonly #host: Host;

  constructor(host: Host, code: number) {
    this.#host = host;
    this.process = new Process(code);
  }

  start(): void {
    const { world, disk, name, clock, role, actor } = this.#host;
    const record = disk.durable;
    if (record === null) return;
    this.process.end();
    this.#starts += 1;
    world.checks.keeperStarts(this.#host);
    this.alive = true;
    this.awakeSince = world.queue.now;
    this.#wakeAt = Infinity;
    this.state = world.core.createState({
      role,
      startId: `${name}.${this.#starts}`,
      seed: world.chance.draw.next() | 0,
      timing: world.options.timing,
      record,
      now: clock.localAt(world.queue.now),
    });
    actor?.reset();
    actor?.reportSoon(world.chance.draw.between(LOOK_MIN_MS, LOOK_MAX_MS));
    world.trace?.note(name, `keeper starts as ${record.id}`);
    this.#wakeLater();
  }

  /** Knows nothing any more. */
  die(): void {
    this.alive = false;
    this.state = null;
    this.#wakeAt = Infinity;
    this.process.end();
    this.#host.world.checks.leases.dropClaim(this.#host);
  }

  /** An input from this host's own processes. */
  tell(input: Input, delay: number): void {
    if (this.alive) this.#host.world.queue.after(delay, this.process, () => this.#take(input));
  }

  /** A message from the network: whoever lives here now reads it. */
  receive(message: PairMessage): void {
    if (!this.alive) return;
    this.process.run(this.process.life, () => {
      this.#host.world.checks.receives(this.#host, message);
      this.#take({ type: 'message', message });
    });
  }

  #take(input: Input): void {
    const { world, clock } = this.#host;
    if (this.state === null) return;
    if (world.trace !== null) world.trace.input(this.#host, input);
    const before = this.state.name;
    const { state, effects } = world.core.decide(this.state, input, clock.localAt(world.queue.now));
    this.state = state;
    world.queue.mix(effects.length);
    if (this.#host.role === 'member') world.checks.decides(this.#host, state);
    for (const effect of effects) this.#perform(effect);
    if (state.name !== before) world.adversary.stateChanged(this.#host, state.name);
    this.#wakeLater();
  }

  #perform(effect: Effect): void {
    const { world, disk, guard, actor } = this.#host;
    world.trace?.effect(this.#host, effect);
    switch (effect.type) {
      case 'persist':
        world.checks.persists(effect.record);
        disk.write(effect.sequence, effect.record);
        world.adversary.persists(this.#host, effect.record);
        return;
      case 'send':
        world.checks.sends(this.#host, effect.message);
        world.send(this.#host, effect.message);
        return;
      case 'log':
        world.count.log(effect.row);
        return;
      case 'guard':
        guard.set(effect.until);
        return;
      case 'reply':
        world.operators.replied(effect.command, effect.ok);
        return;
      default:
        if (actor === null) return;
        world.checks.performs(this.#host, effect);
        actor.perform(effect);
    }
  }

  #wakeLater(): void {
    const { world, clock } = this.#host;
    if (this.state === null) return;
    const wanted = world.core.wakeAt(this.state);
    if (wanted === Infinity) return;
    const { now } = world.queue;
    const at = Math.max(now, clock.trueAt(wanted)) + world.chance.draw.between(TIMER_MIN_MS, TIMER_MAX_MS);
    // A pending wake-up that comes soon enough looks again.
    if (at >= this.#wakeAt - TIMER_MAX_MS) return;
    this.#wakeAt = at;
    world.queue.after(at - now, this.process, () => this.#wake(at));
  }

  #wake(at: number): void {
    const { world, clock } = this.#host;
    if (at !== this.#wakeAt || this.state === null) return;
    this.#wakeAt = Infinity;
    if (clock.localAt(world.queue.now) >= world.core.wakeAt(this.state)) this.#take(TICK);
    else this.#wakeLater();
  }
}
