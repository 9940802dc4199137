/**
 * The real product in a scratch home: `npm start`, its processes, and its API as the CLI of this host would call it.
 *
 * Responsible for starting, finding and ending the product as a user would. Not responsible for what is tested with it.
 * Called by the acceptance tests, the proofs and the benchmarks.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Operation, OperationInput, OperationOutput } from '@nezuban/protocol/api/operation';
import { buildRequest } from '@nezuban/protocol/api/operation';
import { operations } from '@nezuban/protocol/api/operations';
import {
  type MarkedProcess,
  processesWithCommand,
  processesWithMark,
  startProcess,
  type TestProcess,
} from '../support/processes.ts';
import { freePort } from '../support/scratch-home.ts';
import { waitFor } from '../support/wait-for.ts';

export const repositoryRoot = path.resolve(import.meta.dirname, '../../..');

/** A first start makes a database cluster; a machine busy with other tests may need many times the usual two seconds. */
const START_TIMEOUT_MS = 300_000;
/** The product promises ten seconds; the rest is for a busy machine. */
const STOP_TIMEOUT_MS = 120_000;

export type Role = 'keeper' | 'manager' | 'agent' | 'postgres' | 'guard' | 'spawner' | 'waiter';

/** How each process of ours is known by its command line. */
const ROLE_PATTERNS: readonly (readonly [Role, RegExp])[] = [
  ['keeper', /ha\/src\/keeper\/main\.ts/],
  ['manager', /manager\/src\/main\.ts/],
  ['agent', /agent\/src\/main\.ts/],
  ['guard', /^\/bin\/sh \S*guard\.sh/],
  ['postgres', /^\S*\/bin\/postgres -D/],
];

export interface ProductPlace {
  readonly home: string;
  readonly port: number;
  readonly agentPort: number;
}

export interface Product {
  readonly place: ProductPlace;
  /** The command that was started: npm, or the shim. */
  readonly process: TestProcess;
  readonly url: string;
  call<Op extends Operation>(operation: Op, input?: OperationInput<Op>): Promise<OperationOutput<Op>>;
  fetch(pathAndQuery: string, init?: RequestInit): Promise<Response>;
  processes(role: Role): MarkedProcess[];
  /** SIGTERM to what was started, then waits until nothing of ours is left (jobs and their waiters apart). */
  stop(): Promise<void>;
}

/** Ports for a product that will be started several times in the same home. */
export async function choosePlace(home: string): Promise<ProductPlace> {
  return { home, port: await freePort(), agentPort: await freePort() };
}

/** Everything of the product in that home, by role. Waiters and jobs may outlive it; nothing else may. */
export function processesOf(home: string, role: Role): MarkedProcess[] {
  switch (role) {
    // Both rename themselves for `ps`, which overwrites the memory that /proc shows as their environment.
    case 'spawner':
      return processesWithCommand((command) => command === `nezuban-spawner ${path.join(home, 'agent')}`);
    case 'waiter': {
      const spawners = new Set(processesOf(home, 'spawner').map((one) => one.pid));
      return processesWithCommand((command) => command.startsWith('nezuban-waiter ')).filter((one) =>
        spawners.has(one.parentPid),
      );
    }
    default:
      return processesWithMark(`NEZUBAN_HOME=${home}`).filter((one) => roleOf(one.command) === role);
  }
}

function roleOf(command: string): Role | undefined {
  return ROLE_PATTERNS.find(([, pattern]) => pattern.test(command))?.[0];
}

/** What is left of the product, waiters and jobs not counted. */
export function remainsOf(home: string): MarkedProcess[] {
  return [
    ...processesWithMark(`NEZUBAN_HOME=${home}`).filter((one) => roleOf(one.command) !== undefined),
    ...processesOf(home, 'spawner'),
  ];
}

export async function waitUntilGone(home: string): Promise<void> {
  await waitFor(() => remainsOf(home).length === 0, {
    timeoutMs: STOP_TIMEOUT_MS,
    message: () =>
      `the end of ${remainsOf(home)
        .map((one) => `${one.pid} ${one.command}`)
        .join('; ')}`,
  });
}

/** Starts the product and waits until the console answers. */
export async function startProduct(
  place: ProductPlace,
  options: {
    readonly via?: 'npm' | 'shim';
    readonly args?: readonly string[];
    /** The folder of another release; else this checkout. */
    readonly release?: string;
  } = {},
): Promise<Product> {
  const args = [
    '--home',
    place.home,
    '--listen',
    `127.0.0.1:${place.port}`,
    '--agent-listen',
    `127.0.0.1:${place.agentPort}`,
    ...(options.args ?? []),
  ];
  const root = options.release ?? repositoryRoot;
  const command: [string, ...string[]] =
    (options.via ?? 'shim') === 'npm'
      ? ['npm', 'start', '--', ...args]
      : [path.join(root, 'cli/bin/nezuban'), 'manager', ...args];
  const started = startProcess(command, {
    cwd: root,
    detached: true,
    env: { NEZUBAN_HOME: place.home },
  });
  const url = `http://127.0.0.1:${place.port}`;
  await started.waitForOutput(new RegExp(`http://127\\.0\\.0\\.1:${place.port}`), START_TIMEOUT_MS);
  return attach(place, started, url);
}

/** The console answers before the local agent has enrolled and connected; what counts nodes, audit rows or runs jobs waits for it. */
export async function waitForLocalAgent(product: Product): Promise<void> {
  await waitFor(
    async () =>
      (await product.call(operations.listNodes)).items.some(
        (node) => node.name === 'local' && node.connection === 'connected',
      ),
    {
      timeoutMs: START_TIMEOUT_MS,
      message: 'the local agent to be connected',
    },
  );
}

async function attach(place: ProductPlace, started: TestProcess, url: string): Promise<Product> {
  // Read for each request: a restarted manager writes a new one.
  const readToken = async () =>
    (JSON.parse(await readFile(path.join(place.home, 'cli.json'), 'utf8')) as { token: string }).token;
  await waitFor(readToken, { timeoutMs: START_TIMEOUT_MS, message: 'the token of the local CLI' });
  const send = async (pathAndQuery: string, init: RequestInit = {}) =>
    fetch(`${url}${pathAndQuery}`, {
      ...init,
      headers: { ...(init.headers as Record<string, string>), authorization: `Bearer ${await readToken()}` },
    });
  return {
    place,
    process: started,
    url,
    fetch: send,
    async call(operation, input = {}) {
      const request = buildRequest(operation, input);
      const response = await send(request.path, {
        method: request.method,
        headers: request.headers,
        ...(request.body !== undefined && { body: request.body }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${operation.id}: ${response.status} ${text}`);
      return (
        text === '' ? undefined : operation.responseType === 'application/json' ? JSON.parse(text) : text
      ) as never;
    },
    processes: (role) => processesOf(place.home, role),
    async stop() {
      started.kill('SIGTERM');
      await started.waitForEnd(STOP_TIMEOUT_MS);
      await waitUntilGone(place.home);
    },
  };
}
