// One session whose units each choose one node of three, and the agents of those: they fall silent, come back, die with their processes or are
// removed, while their nodes are frozen and resumed, the manager starts anew, loses or repeats what it has said, and operators stop and kill.
// The agents are a model of their own of what docs/internals/attempt-life.md promises; who ran what stands in their ledger, of which the engine
// knows nothing. Called by `prove-fall-over.ts`.
import assert from 'node:assert/strict';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { OperationName } from '@nezuban/protocol/jobs/session';
import { unfinishedEffects } from '../../jobs/apply-session.ts';
import type { Inventory, SessionEffect, SessionInput } from '../../jobs/session-inputs.ts';
import { endInput, inventoryOf, SessionDriver } from '../session-driver.ts';
import type { JobNetDefinition } from '@nezuban/protocol/jobs/definition';

export const NODES = ['a', 'b', 'c'] as const;

/** What the agent knows of an attempt. */
type State = 'accepted' | 'running' | 'ended' | 'refused' | 'unknown';
type Message = { readonly type: 'order' | 'withdrawal' | 'cancel'; readonly id: AttemptId };

/** An agent with its journal, what lies on its way to it, and what it has still to tell. */
class Agent {
  connected = true;
  asleep = false;
  /** By an operator: no order goes to its node. */
  frozen = false;
  removed = false;
  readonly journal = new Map<AttemptId, State>();
  /** In the manager: given out when the agent is there. */
  outbox: Message[] = [];
  inbox: Message[] = [];
  reports: SessionInput[] = [];
  /** Orders that may have left the manager. */
  readonly sent = new Set<AttemptId>();
}

export type Run = { readonly id: AttemptId; readonly node: string; cut: boolean; exitCode: number };

export class FallOverWorld {
  readonly driver: SessionDriver;
  readonly agents = new Map<string, Agent>(NODES.map((name) => [name, new Agent()]));
  /** Each start of a command, in order; `cut`: it was ended by a cancel. */
  readonly ledger: Run[] = [];
  #seenEffects = 0;
  #asked = false;
  #clockSetBack = false;

  constructor(definition: JobNetDefinition) {
    this.driver = new SessionDriver(definition, { inventory: this.inventory });
    this.#act();
  }

  /** Whether an operator has asked for an end. */
  get asked(): boolean {
    return this.#asked;
  }

  get inventory(): Inventory {
    const agents = this.agents ?? new Map<string, Agent>();
    const here = [...agents].filter(([, { removed }]) => !removed);
    const names = here.map(([name]) => name);
    return {
      ...inventoryOf(Object.fromEntries(here.map(([name, { connected }]) => [name, connected])), {
        s: names,
      }),
      frozen: new Map(
        here.flatMap(([name, { frozen }]) => (frozen ? [[name, `node ${name} is frozen`]] : [])),
      ),
      openAttempts: (node: string) =>
        [...(agents.get(node)?.journal.values() ?? [])].filter((state) => state === 'running').length,
    };
  }

  /** The manager tells; an agent that is not there gets it when it is. */
  deliver(pick: number): void {
    const agent = this.#agent(pick);
    if (!agent.connected || agent.removed) return;
    const isKept = ({ type }: Message): boolean => agent.frozen && type === 'order';
    const going = agent.outbox.filter((message) => !isKept(message));
    agent.outbox = agent.outbox.filter(isKept);
    for (const message of going) {
      if (message.type === 'order') agent.sent.add(message.id);
      agent.inbox.push(message);
    }
  }

  /** The agent reads one message, does what it says, or lets a command begin or end: whichever it comes to. */
  work(pick: number, what: number): void {
    const [name, agent] = this.#entry(pick);
    if (agent.asleep || agent.removed) return;
    if (what % 3 === 0) this.#read(agent);
    else if (what % 3 === 1) this.#launch(name, agent);
    else this.#end(agent, what);
  }

  /** The agent tells the manager one thing, or the manager hears the last one again. */
  report(pick: number, again: boolean): void {
    const agent = this.#agent(pick);
    if (agent.asleep || !agent.connected || agent.removed) return;
    const input = agent.reports[0];
    if (input === undefined) return;
    if (!again) agent.reports.shift();
    this.#tell(input);
  }

  sleep(pick: number, asleep: boolean): void {
    this.#agent(pick).asleep = asleep;
  }

  freeze(pick: number, frozen: boolean): void {
    const agent = this.#agent(pick);
    if (agent.removed || agent.frozen === frozen) return;
    agent.frozen = frozen;
    this.#changed();
  }

  connect(pick: number, connected: boolean): void {
    const agent = this.#agent(pick);
    if (agent.removed || agent.connected === connected) return;
    agent.connected = connected;
    // What lay on the way is lost, and said again when it is there.
    agent.inbox = [];
    if (connected) this.#repeat(agent);
    this.#changed();
  }

  /** The process of the agent: its journal and what runs outlive it. */
  restartAgent(pick: number): void {
    const agent = this.#agent(pick);
    if (agent.removed) return;
    agent.asleep = false;
    this.connect(pick, false);
    for (const [id, state] of agent.journal)
      if (state === 'ended' || state === 'refused') this.#receipt(agent, id, state);
    this.connect(pick, true);
  }

  /** For good, with whatever it had. At least one stays. */
  remove(pick: number): void {
    const [name, agent] = this.#entry(pick);
    if ([...this.agents.values()].filter(({ removed }) => !removed).length === 1 || agent.removed) return;
    agent.removed = true;
    agent.connected = false;
    this.#changed();
    for (const attempt of this.driver.session.attempts.values())
      if (attempt.node === name && attempt.endStatus === null)
        this.#tell({ type: 'attemptUnknown', attemptId: attempt.id, reason: 'the node was removed' });
  }

  operate(operation: OperationName, unit: string): void {
    const result = this.driver.operate(operation, unit);
    if (result.ok && (operation === 'stop' || operation === 'kill')) this.#asked = true;
    this.#act();
  }

  /** Less than nothing: somebody sets the clock back. */
  tick(ms: number): void {
    this.#clockSetBack ||= ms < 0;
    this.driver.now += ms;
    this.driver.inventory = this.inventory;
    this.driver.apply({ type: 'timeReached' });
    this.#act();
  }

  /** Of the manager: what it had said to nobody is said again, and it does not know what had left. */
  restartManager(): void {
    const before = this.driver.picture();
    this.driver.restart();
    // Where it was, the order of attempts in time is not to be had again.
    if (!this.#clockSetBack) assert.deepEqual(this.driver.picture(), before);
    this.#seenEffects = this.driver.effects.length;
    for (const agent of this.agents.values()) {
      for (const { id } of agent.outbox) agent.sent.add(id);
      agent.outbox = [];
    }
    for (const effect of unfinishedEffects(this.driver.session)) this.#doEffect(effect);
    this.#settle();
  }

  openAll(): void {
    for (const [index] of NODES.entries()) {
      this.sleep(index, false);
      this.freeze(index, false);
      this.connect(index, true);
    }
  }

  get ended(): boolean {
    return this.driver.session.units[0]?.state === 'ended';
  }

  #entry(pick: number): [string, Agent] {
    const name = NODES[pick % NODES.length] ?? 'a';
    return [name, this.agents.get(name) as Agent];
  }
  #agent(pick: number): Agent {
    return this.#entry(pick)[1];
  }

  #read(agent: Agent): void {
    const message = agent.inbox.shift();
    if (message === undefined) return;
    const { type, id } = message;
    const state = agent.journal.get(id);
    if (type === 'order' && state === undefined) this.#note(agent, id, 'accepted');
    else if (type === 'order') this.#receipt(agent, id, state as State);
    else if (state === undefined || state === 'accepted') this.#note(agent, id, 'refused');
    else if (state === 'running' && type === 'cancel') {
      const run = this.ledger.find((each) => each.id === id);
      assert.ok(run);
      run.cut = true;
      agent.journal.set(id, 'ended');
      agent.reports.push(endInput(id, { signal: 'SIGTERM', cancelled: true }, this.driver.now));
    } else this.#receipt(agent, id, state);
  }

  #launch(node: string, agent: Agent): void {
    const [id] = [...agent.journal].find(([, state]) => state === 'accepted') ?? [];
    if (id === undefined) return;
    this.ledger.push({ id, node, cut: false, exitCode: 0 });
    this.#note(agent, id, 'running');
  }

  #end(agent: Agent, what: number): void {
    const [id] = [...agent.journal].find(([, state]) => state === 'running') ?? [];
    const run = this.ledger.find((each) => each.id === id);
    if (id === undefined || run === undefined || what % 2 === 0) return;
    run.exitCode = what % 5 === 0 ? 1 : 0;
    this.#note(agent, id, 'ended');
  }

  #note(agent: Agent, id: AttemptId, state: State): void {
    agent.journal.set(id, state);
    this.#receipt(agent, id, state);
  }

  #receipt(agent: Agent, id: AttemptId, state: State): void {
    const { now } = this.driver;
    if (state === 'accepted') agent.reports.push({ type: 'attemptAccepted', attemptId: id });
    else if (state === 'running')
      agent.reports.push({ type: 'attemptStarted', attemptId: id, pid: 7, startedAt: now });
    else if (state === 'ended') {
      const { cut, exitCode } = this.ledger.find((each) => each.id === id) ?? { cut: false, exitCode: 0 };
      agent.reports.push(endInput(id, cut ? { signal: 'SIGTERM', cancelled: true } : { exitCode }, now));
    } else {
      const reason = 'cancelled before it was started';
      agent.reports.push({ type: 'attemptRefused', attemptId: id, code: 'cancelled', reason });
    }
  }

  /** An agent that has come: whatever it has not confirmed goes out once more. */
  #repeat(agent: Agent): void {
    agent.outbox = [];
    for (const effect of unfinishedEffects(this.driver.session))
      if ((effect.type === 'dispatch' || effect.type === 'cancel') && this.agents.get(effect.node) === agent)
        this.#doEffect(effect);
    // It is asked about the rest.
    for (const { id, endStatus, cancelRequested } of this.driver.session.attempts.values()) {
      const state = agent.journal.get(id);
      if (endStatus === null && !cancelRequested && state !== undefined) this.#receipt(agent, id, state);
    }
    this.#settle();
  }

  #tell(input: SessionInput): void {
    this.driver.inventory = this.inventory;
    this.driver.apply(input);
    this.#act();
  }

  #changed(): void {
    this.driver.inventory = this.inventory;
    this.driver.apply({ type: 'nodesChanged' });
    this.#act();
  }

  readonly #answers: SessionInput[] = [];

  #act(): void {
    const fresh = this.driver.effects.slice(this.#seenEffects);
    this.#seenEffects = this.driver.effects.length;
    for (const effect of fresh) this.#doEffect(effect);
    this.#settle();
  }

  /** The manager's own answers, one after the other, as it takes them. */
  #settle(): void {
    this.driver.commit();
    for (let input = this.#answers.shift(); input !== undefined; input = this.#answers.shift()) {
      this.driver.inventory = this.inventory;
      this.driver.apply(input);
      this.#act();
    }
  }

  #doEffect(effect: SessionEffect): void {
    if (effect.type !== 'dispatch' && effect.type !== 'cancel') return;
    const { attemptId: id, node } = effect;
    const agent = this.agents.get(node) as Agent;
    if (agent.removed) {
      this.#answers.push({ type: 'attemptUnknown', attemptId: id, reason: 'the node was removed' });
    } else if (effect.type === 'dispatch') {
      agent.outbox.push({ type: 'order', id });
    } else if (!agent.sent.has(id) && agent.outbox.some((message) => message.id === id)) {
      agent.outbox = agent.outbox.filter((message) => message.id !== id);
      const reason = 'it had not been sent';
      this.#answers.push({ type: 'attemptRefused', attemptId: id, code: 'cancelled', reason, unsent: true });
    } else {
      agent.outbox.push({ type: effect.unlessStarted === true ? 'withdrawal' : 'cancel', id });
    }
  }
}
