// A whole manager as a process of its own on a real database, to be killed in the middle and started again on what it left.
// Responsible for the process and for calls of its API. Called by tests of what must survive a kill.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  buildRequest,
  type Operation,
  type OperationInput,
  type OperationOutput,
} from '@nezuban/protocol/api/operation';
import { operations, type OperationId, type Operations } from '@nezuban/protocol/api/operations';
import type { SessionDetail } from '@nezuban/protocol/jobs/session';
import type { FromChild, ToChild } from '@nezuban/protocol/keeper/child-messages';
import type { Problem } from '@nezuban/protocol/problem';
import { testDatabase } from '@nezuban/tests/support/postgres';
import { waitFor } from '@nezuban/tests/support/wait-for';
import pg from 'pg';

const PROGRAM = path.join(import.meta.dirname, '..', 'main.ts');
const STOP_MS = 5_000;
/** A start on two slow cores that others use, too. */
const START_MS = 300_000;

export type KillableManager = Awaited<ReturnType<typeof startKillableManager>>;

export const startKillableManager = async () => {
  const database = await testDatabase();
  const home = await mkdtemp(path.join(os.tmpdir(), 'nz-wai-'));
  const client = new pg.Client(database.config);
  await client.connect();
  let child: ChildProcess | null = null;
  let url = '';
  let token = '';
  let term = 0;

  const start = async (): Promise<void> => {
    const started = fork(PROGRAM, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child = started;
    const said: FromChild[] = [];
    started.on('message', (message) => said.push(message as FromChild));
    const send = (message: ToChild) => started.send(message);
    const listen = { host: '127.0.0.1', port: 0 };
    send({
      type: 'start',
      config: {
        home,
        version: '0.0.0',
        database: { ...database.config },
        listen,
        tls: null,
        agentListen: listen,
        advertise: null,
        localJoinTokenFile: null,
        consoleDirectory: null,
        logLevel: 'error',
        pairSockets: null,
        intakeSockets: null,
      },
    });
    send({ type: 'duty', duty: { role: 'master', term: (term += 1), agentAddresses: [] } });
    const ready = await waitFor(() => said.find(({ type }) => type === 'ready'), {
      timeoutMs: START_MS,
      message: () => `the manager serves; it has said ${JSON.stringify(said)}`,
    });
    await waitFor(() => said.find(({ type }) => type === 'on-duty'), { timeoutMs: START_MS });
    url = ready.type === 'ready' ? (ready.consoleUrl ?? '') : '';
    token = (JSON.parse(await readFile(path.join(home, 'cli.json'), 'utf8')) as { token: string }).token;
  };
  const ended = async (how: (running: ChildProcess) => void): Promise<void> => {
    const running = child;
    child = null;
    if (running === null || running.exitCode !== null) return;
    const exit = once(running, 'exit');
    how(running);
    await exit;
  };
  const call = async <Id extends OperationId>(
    id: Id,
    input: OperationInput<Operations[Id]>,
    as: string = token,
  ): Promise<{ status: number; body: OperationOutput<Operations[Id]> & Problem }> => {
    const parts = buildRequest(operations[id] as Operation, input as OperationInput<Operation>);
    const answer = await fetch(`${url}${parts.path}`, {
      method: parts.method,
      headers: { ...parts.headers, authorization: `Bearer ${as}` },
      ...(parts.body === undefined ? {} : { body: parts.body }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  const done = async <Id extends OperationId>(
    id: Id,
    input: OperationInput<Operations[Id]>,
  ): Promise<OperationOutput<Operations[Id]>> => {
    const answer = await call(id, input);
    if (answer.status >= 300)
      throw new Error(`${id} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const session = async (id: number): Promise<SessionDetail> =>
    await done('getSession', { params: { id: id } });

  await start();
  return {
    client,
    home,
    start,
    url: () => url,
    call,
    done,
    session,
    /** As kill -9 does. */
    kill: async () => await ended((running) => running.kill('SIGKILL')),
    /** A net of these units; `more` beside them. */
    put: async (name: string, units: readonly object[], more: object = {}) =>
      await done('applyDefinitions', {
        // Every JSON text is a YAML text.
        body: JSON.stringify({ kind: 'jobnet', name, units, ...more }),
      }),
    run: async (name: string, parameters: Record<string, string> = {}): Promise<number> =>
      (await done('runNet', { params: { name }, body: { parameters } })).id,
    /** Waits until a unit is in a state such as `running` or `ended:normal`. */
    unit: async (id: number, unit: string, state: string) => {
      let last = 'nothing';
      return await waitFor(
        async () => {
          const found = (await session(id)).units.find(({ path: at }) => at === unit);
          last = JSON.stringify(found);
          if (found === undefined) return false;
          const is = found.endStatus === null ? found.state : `${found.state}:${found.endStatus}`;
          return is === state && found;
        },
        {
          timeoutMs: START_MS,
          message: () => `unit ${unit} ${state}; last seen ${last}`,
        },
      );
    },
    stop: async () => {
      await ended((running) => running.send({ type: 'stop', withinMs: STOP_MS, withJobs: false }));
      await client.end();
      await database.drop();
      await rm(home, { recursive: true, force: true });
    },
  };
};
