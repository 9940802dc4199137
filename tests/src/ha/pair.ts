/**
 * A whole pair of the real product on hosts of a test network: made as a user makes it, brought into trouble, and brought back.
 *
 * Responsible for the life of everything on the hosts: keepers, agents, witness, client; for waiting until a state is reached; for putting
 * all back in order between scenarios. Not responsible for load and verdicts (`pair-load.ts`). Called by tests, proofs, benchmark and
 * demonstration.
 */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { operations } from '@nezuban/protocol/api/operations';
import type { PairHost, PairStatus } from '@nezuban/protocol/pair/status';
import { SCRATCH_ROOT } from '../support/cached-directory.ts';
import { waitFor } from '../support/wait-for.ts';
import { shiftableClock } from './faults.ts';
import { createHost, type Host, type HostProgram, NEZUBAN, type ProgramOptions } from './host.ts';
import { type LoadClient, startLoadClient } from './load-client.ts';
import { type HostName, hostNames, type MemberName, type Network } from './network.ts';
import { createPairApi, type PairApi } from './pair-api.ts';
import { type Outside, startOutside } from './outside.ts';
import { createPairControl, type PairControl } from './pair-control.ts';

export const CONSOLE_PORT = 7380;
export const AGENT_PORT = 7381;
export const PAIR_PORT = 7382;
export const memberNames = ['a', 'b'] as const satisfies readonly MemberName[];

/** A first start makes a database cluster; a machine that is busy takes many times the usual two seconds. */
const START_TIMEOUT_MS = 300_000;
/** Copying the data, streaming, standing still for some seconds, the probes. */
export const REDUNDANT_TIMEOUT_MS = 300_000;
const AGENT_TIMEOUT_MS = 300_000;
const STATUS_INTERVAL_MS = 50;
/** As `RestartSec` of a service manager. */
const ATTEND_MS = 1_000;
/** Nobody types it again and again. */
const RECOVER_COMMANDS_MAX = 3;
const KEEPER_COMMAND = 'manager';

export interface PairOptions {
  readonly network: Network;
  /** `agent`: the one on host w is appointed; `program`: `nezuban witness` runs there; `none`: two hosts alone. */
  readonly witness: 'agent' | 'program' | 'none';
  /** Agents beside those of the members, on w first and then on c. */
  readonly agents: 0 | 1 | 2;
  readonly tieBreaker?: 'fence' | 'manual';
  /** For all programs of a host. */
  readonly programs?: Partial<Record<HostName, ProgramOptions>>;
  /** The wall clock of the members' Node processes can be set (`setWallClock`). */
  readonly shiftableClocks?: boolean;
  /** Homes on file systems of this many MiB. */
  readonly smallDisks?: Partial<Record<MemberName, number>>;
  readonly say?: (line: string) => void;
  /** Called before anything is started, so that whoever is broken off can end it. */
  readonly onPrepared?: (pair: Pair) => void;
}

export interface Pair {
  readonly network: Network;
  readonly scratch: string;
  readonly hosts: Readonly<Record<HostName, Host>>;
  readonly control: Readonly<Record<MemberName, PairControl>>;
  readonly client: LoadClient;
  readonly api: PairApi;
  /** What units of sessions reach beside the product; null where hosts are no namespaces, or have no agents. */
  readonly outside: Outside | null;
  /** Where the agents beside those of the members run: names of nodes and hosts are the same. */
  readonly agentHosts: readonly HostName[];
  url(name: MemberName): string;
  /** Null if its keeper does not answer. */
  status(name: MemberName): Promise<PairStatus | null>;
  /** What that host knows of itself. */
  self(name: MemberName): Promise<PairHost | null>;
  waitForMaster(name: MemberName | 'any', timeoutMs: number): Promise<MemberName>;
  /** Both members in sync, the service open; gives the master. */
  waitRedundant(timeoutMs?: number): Promise<MemberName>;
  /** Any program of the product, as the host runs it in this pair. */
  startProgram(name: HostName, command: readonly string[], options?: ProgramOptions): HostProgram;
  startKeeper(name: MemberName): HostProgram;
  /** In order, as an operator does. */
  stopKeeper(name: MemberName): Promise<void>;
  startAgent(name: HostName): HostProgram;
  startWitness(): HostProgram;
  /** The host stops at once and nobody is told: cut off first, then everything killed, then reachable again, with nothing on it. */
  powerOff(name: HostName): Promise<void>;
  /**
   * Heals the network, lets what stands still run, and waits until the pair is redundant. Meanwhile it does what a service manager does
   * (starts what does not run) and what an operator does (`nezuban pair recover` for a host that says that it needs a hand).
   */
  restore(): Promise<MemberName>;
  /** What `restore` had to do beyond starting what a scenario has killed, since the last call. */
  takeIncidents(): Incident[];
  /** The end of everything; keeps the folder if `keep`. */
  stop(options?: { readonly keep?: boolean }): Promise<void>;
}

export interface Incident {
  readonly what: 'keeper-ended' | 'recover-needed';
  readonly says: string;
}

/** The single manager, its agents, the pair: everything a user does, until it is redundant. */
export async function createPair(options: PairOptions): Promise<Pair> {
  const pair = await preparePair(options);
  options.onPrepared?.(pair);
  try {
    const say = options.say ?? (() => undefined);
    await startFirst(pair, say);
    // The only one that can be witness when one is looked for, so that every scenario knows which host it is.
    const [witnessHost, ...otherAgents] = pair.agentHosts;
    if (witnessHost !== undefined) await joinAgent(pair, witnessHost);
    const joinOptions = options.tieBreaker === undefined ? {} : { tieBreaker: options.tieBreaker };
    const second = await joinSecond(pair, joinOptions);
    say('the second host has joined and copies the data');
    if (options.witness === 'program') await joinWitness(pair);
    await redundantUnlessEnded(pair, second);
    if (options.witness !== 'none') await waitForWitness(pair);
    for (const name of otherAgents) await joinAgent(pair, name);
    if (pair.agentHosts.length > 0) say(`agents run on ${pair.agentHosts.join(' and ')}`);
    say('the pair is redundant');
    return pair;
  } catch (error) {
    await pair.stop({ keep: true });
    throw new Error(`the pair was not made; its logs are in ${pair.scratch}`, { cause: error });
  }
}

/** A second host that ends instead of joining is not waited for in vain. */
async function redundantUnlessEnded(pair: Pair, second: HostProgram): Promise<void> {
  const done = new AbortController();
  const ended = second.waitForEnd(REDUNDANT_TIMEOUT_MS, done.signal).then(({ code }) => {
    throw new Error(`the second host ended with ${code}: ${second.output().slice(-1_000)}`);
  });
  await Promise.race([pair.waitRedundant(), ended]);
  done.abort();
}

/** Hosts and client, with nothing of the product running. */
export async function preparePair(options: PairOptions): Promise<Pair> {
  const { network } = options;
  const scratch = fs.mkdtempSync(path.join(SCRATCH_ROOT, 'nezuban-ha-'));
  // PostgreSQL's own user passes through.
  fs.chmodSync(scratch, 0o755);
  const hosts = Object.fromEntries(
    hostNames.map((name) => [name, createHost(network.places[name], scratch)]),
  ) as unknown as Pair['hosts'];
  for (const [name, megabytes] of Object.entries(options.smallDisks ?? {}))
    hosts[name as MemberName].useSmallDisk(megabytes);
  const client = startLoadClient(hosts.c);
  const control = { a: createPairControl(hosts.a.home), b: createPairControl(hosts.b.home) };
  const scheme = network.kind === 'namespaces' ? 'https' : 'http';
  const url = (name: MemberName) => `${scheme}://${hosts[name].place.address}:${CONSOLE_PORT}`;
  const agentHosts = (['w', 'c'] as const).slice(0, options.agents);
  const outside =
    network.kind === 'namespaces' && agentHosts.length > 0 ? startOutside(hosts.c, scratch) : null;
  const running = new Map<string, HostProgram>();
  let stopped = false;

  const programOptions = (name: HostName): ProgramOptions => {
    const clock = options.shiftableClocks === true ? shiftableClock(scratch, name) : {};
    const given = { ...clock, ...options.programs?.[name] };
    if (outside === null || !agentHosts.some((one) => one === name)) return given;
    return { ...given, overlays: [...(given.overlays ?? []), outside.engineOverlay(hosts[name])] };
  };
  const startProgram = (name: HostName, command: readonly string[], extra?: ProgramOptions): HostProgram => {
    const program = hosts[name].start(command, { ...programOptions(name), ...extra });
    // Joining becomes the manager.
    const what = command[1] === 'pair' ? KEEPER_COMMAND : command[1];
    running.set(`${name} ${what}`, program);
    return program;
  };
  const runs = (name: HostName, what: string): boolean => running.get(`${name} ${what}`)?.ended() === null;

  const incidents: Incident[] = [];
  /** Never returns by itself; rejects at the end. */
  const attend = async (signal: AbortSignal): Promise<never> => {
    let commands = 0;
    for (;;) {
      for (const name of memberNames) {
        if (hosts[name].processes.ofKind('keeper').length === 0) {
          const before = running.get(`${name} ${KEEPER_COMMAND}`);
          const end = before?.ended();
          // Killed by a scenario, or stopped in order: neither is news.
          if (end?.code)
            incidents.push({
              what: 'keeper-ended',
              says: `the keeper of ${name} had ended with ${end.code}: ${lastLine(before)}`,
            });
          pair.startKeeper(name);
        } else if ((await pair.self(name))?.view?.state === 'failed' && commands < RECOVER_COMMANDS_MAX) {
          commands += 1;
          const result = await control[name]
            .command({ do: 'recover' })
            .catch((error: Error) => ({ says: error.message }));
          incidents.push({
            what: 'recover-needed',
            says: `${name} needed "nezuban pair recover": ${result.says}`,
          });
        }
      }
      await delay(ATTEND_MS, undefined, { signal });
    }
  };

  const pair: Pair = {
    network,
    scratch,
    hosts,
    control,
    client,
    api: createPairApi(
      client,
      memberNames.map((name) => ({ name, url: url(name) })),
    ),
    outside,
    agentHosts,
    url,
    status: (name) => control[name].status().catch(() => null),
    async self(name) {
      const status = await pair.status(name);
      return status?.hosts.find((one) => one.isSelf) ?? null;
    },
    waitForMaster: (wanted, timeoutMs) =>
      waitFor(
        async () => {
          const serving = await Promise.all(
            memberNames.map(async (name) => isServing(await pair.self(name))),
          );
          const master = memberNames.find((_, index) => serving[index]);
          return (wanted === 'any' || wanted === master) && master;
        },
        { timeoutMs, intervalMs: STATUS_INTERVAL_MS, message: `a master (${wanted}) in ${scratch}` },
      ),
    async waitRedundant(timeoutMs = REDUNDANT_TIMEOUT_MS) {
      let last: (PairStatus | null)[] = [];
      return waitFor(
        async () => {
          // Each by its own word: a master may not know yet that its standby is gone.
          last = await Promise.all(memberNames.map((name) => pair.status(name)));
          const states = last.map((status) => status?.hosts.find((one) => one.isSelf)?.view?.state);
          const master = memberNames.find((_, index) => states[index] === 'master-paired');
          const redundant = last.some((status) => status?.redundancy === 'redundant');
          if (master === undefined || !redundant || !states.includes('standby-in-sync')) return false;
          return isServing(await pair.self(master)) && master;
        },
        {
          timeoutMs,
          intervalMs: STATUS_INTERVAL_MS,
          message: () => `redundancy in ${scratch}; last: ${last.map(describeStatus).join('; ')}`,
        },
      );
    },
    startProgram,
    startKeeper: (name) => startProgram(name, [NEZUBAN, 'manager', ...memberFlags(hosts[name])]),
    async stopKeeper(name) {
      const { code, output } = await hosts[name].run([
        NEZUBAN,
        'manager',
        'stop',
        '--home',
        hosts[name].home,
      ]);
      if (code !== 0) throw new Error(`"nezuban manager stop" on ${name}: ${output}`);
      await waitFor(() => hosts[name].processes.list().every((one) => one.kind === 'job'), {
        timeoutMs: START_TIMEOUT_MS,
        message: `the end of ${name}`,
      });
    },
    startAgent: (name) => startProgram(name, [NEZUBAN, 'agent', 'run', '--home', hosts[name].home]),
    startWitness: () => startProgram('w', [NEZUBAN, 'witness', '--home', witnessHome(hosts.w)]),
    async powerOff(name) {
      if (network.kind === 'namespaces') network.isolate(name);
      await hosts[name].processes.kill('everything');
      // Other cuts that a scenario has made end with this too: it says so where that matters.
      if (network.kind === 'namespaces') network.heal();
    },
    async restore() {
      network.heal();
      for (const name of hostNames) hosts[name].processes.resume();
      for (const name of memberNames) hosts[name].emptyDisk();
      for (const name of agentHosts) if (!runs(name, 'agent')) pair.startAgent(name);
      if (options.witness === 'program' && !runs('w', 'witness')) pair.startWitness();
      const done = new AbortController();
      try {
        return await Promise.race([pair.waitRedundant(), attend(done.signal)]);
      } finally {
        done.abort();
      }
    },
    takeIncidents: () => incidents.splice(0),
    async stop({ keep = false } = {}) {
      if (stopped) return;
      stopped = true;
      client.stop();
      outside?.stop();
      network.heal();
      for (const name of hostNames) await hosts[name].processes.kill('everything');
      for (const name of hostNames) hosts[name].release();
      if (!keep)
        await fs.promises.rm(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    },
  };
  return pair;
}

const lastLine = (program: HostProgram | undefined): string =>
  program?.output().trim().split('\n').at(-1) ?? '';

export function memberFlags(host: Host): string[] {
  const { address } = host.place;
  return [
    '--home',
    host.home,
    '--listen',
    `${address}:${CONSOLE_PORT}`,
    '--agent-listen',
    `${address}:${AGENT_PORT}`,
    '--advertise',
    `${address}:${AGENT_PORT}`,
    // Ten seconds of standing still would be most of every play.
    '--admit-after',
    '2',
  ];
}

const witnessHome = (host: Host): string => path.join(path.dirname(host.home), 'witness');

function describeStatus(status: PairStatus | null): string {
  if (status === null) return 'no keeper';
  const view = status.hosts.find((one) => one.isSelf)?.view;
  const advice = status.advice.map(({ says }) => says).join(' ');
  return `${view?.name} is ${view?.state} (${view?.reason}), says ${status.redundancy}: ${status.summary} ${advice}`;
}

function isServing(host: PairHost | null): boolean {
  const view = host?.view;
  return view !== undefined && view !== null && view.state.startsWith('master-') && view.serviceOpen;
}

/** A single manager on host a, with a token of its own for the harness. */
export async function startFirst(pair: Pair, say: (line: string) => void): Promise<void> {
  const { a } = pair.hosts;
  const keeper = pair.startKeeper('a');
  await keeper.waitForOutput(new RegExp(`https?://${a.place.address}:${CONSOLE_PORT}`), START_TIMEOUT_MS);
  const file = await waitFor(() => fs.readFileSync(path.join(a.home, 'cli.json'), 'utf8'), {
    timeoutMs: START_TIMEOUT_MS,
    message: 'the token of the local command line',
  });
  pair.api.setToken((JSON.parse(file) as { token: string }).token);
  // The local token belongs to the host and changes with the master; this one is the client's.
  const { token } = await pair.api.call(operations.createToken, { body: { name: 'harness' } });
  pair.api.setToken(token);
  say('a single manager runs on host a');
}

/** Enrols the agent of a host and starts it; its node is called like the host. */
export async function joinAgent(pair: Pair, name: HostName): Promise<void> {
  const host = pair.hosts[name];
  const { token } = await pair.api.call(operations.createJoinToken, { body: {} });
  const manager = `${pair.hosts.a.place.address}:${AGENT_PORT}`;
  const join = [
    NEZUBAN,
    'agent',
    'join',
    '--manager',
    manager,
    '--token',
    token,
    '--name',
    name,
    '--home',
    host.home,
  ];
  const { code, output } = await host.run(join);
  if (code !== 0) throw new Error(`the agent of ${name} did not join: ${output}`);
  pair.startAgent(name);
  await waitForNode(pair, name);
}

export async function waitForNode(pair: Pair, name: string): Promise<void> {
  await waitFor(
    async () =>
      (await pair.api.call(operations.listNodes)).items.some(
        (node) => node.name === name && node.connection === 'connected',
      ),
    { timeoutMs: AGENT_TIMEOUT_MS, intervalMs: 100, message: `the agent of ${name} to be connected` },
  );
}

export interface JoinOptions {
  readonly tieBreaker?: 'fence' | 'manual';
  /** In place of what the first host gave. */
  readonly token?: string;
  readonly programs?: ProgramOptions;
}

/** `nezuban pair create` on a. */
export async function createPairToken(
  pair: Pair,
  kind: 'member' | 'witness',
  options: JoinOptions = {},
): Promise<string> {
  const here = `${pair.hosts.a.place.address}:${PAIR_PORT}`;
  const created = await pair.control.a.create({
    listen: here,
    address: here,
    kind,
    tieBreaker: options.tieBreaker ?? null,
  });
  if (!created.ok) throw new Error(`"nezuban pair create": ${created.says}`);
  return created.token;
}

/** Starts `nezuban pair join` on b; the program goes on as its manager. */
export async function joinSecond(pair: Pair, options: JoinOptions = {}): Promise<HostProgram> {
  const token = options.token ?? (await createPairToken(pair, 'member', options));
  const first = `${pair.hosts.a.place.address}:${PAIR_PORT}`;
  const { b } = pair.hosts;
  const here = `${b.place.address}:${PAIR_PORT}`;
  const where = ['--pair-listen', here, '--address', here, '--name', b.place.hostname];
  const join = [
    NEZUBAN,
    'pair',
    'join',
    first,
    '--token',
    token,
    '--foreground',
    ...where,
    ...memberFlags(b),
  ];
  return pair.startProgram('b', join, options.programs);
}

async function joinWitness(pair: Pair): Promise<void> {
  const token = await createPairToken(pair, 'witness');
  const { w, a } = pair.hosts;
  const first = `${a.place.address}:${PAIR_PORT}`;
  pair.startProgram('w', [NEZUBAN, 'witness', '--join', first, '--token', token, '--home', witnessHome(w)]);
}

/** Three voters, all heard. */
export async function waitForWitness(pair: Pair): Promise<void> {
  let last: PairStatus | null = null;
  await waitFor(
    async () => {
      for (const name of memberNames) {
        last = (await pair.status(name)) ?? last;
        if (last?.voters.some((one) => one.kind === 'witness' && one.reachable)) return true;
      }
      return false;
    },
    {
      timeoutMs: REDUNDANT_TIMEOUT_MS,
      intervalMs: STATUS_INTERVAL_MS,
      message: () =>
        `a witness in ${pair.scratch}; last: ${JSON.stringify(last?.voters)} ${JSON.stringify(last?.advice)}`,
    },
  );
}
