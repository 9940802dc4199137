/**
 * A small pair for tests: the control socket of a keeper in a scratch home, and two servers that answer `/health/master`. It switches when it
 * is told to, in the steps in which a real one does. Requests and answers are judged by the protocol's schemas.
 *
 * Called by `switch-drill.test.ts`.
 */
import fs from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import {
  CONTROL_FILE,
  controlAnswerSchemas,
  controlErrorSchema,
  controlRequestSchema,
  type ControlRequest,
} from '@nezuban/protocol/keeper/control';
import type { KeeperView, PairHost, PairStatus, TakeOver } from '@nezuban/protocol/pair/status';
import { createScratchHome } from '../../support/scratch-home.ts';

const names = ['alpha', 'beta'] as const;
type Name = (typeof names)[number];

export interface FakePairOptions {
  /** What a switch does; `both`: the old master goes on saying yes for a while. */
  readonly onSwitch?: 'switch' | 'refuse' | 'nothing' | 'both' | 'lost-answer';
  readonly status?: (status: PairStatus) => PairStatus;
  /** Without a master in the middle of a switch. */
  readonly gapMs?: number;
}

export interface FakePair extends AsyncDisposable {
  readonly home: string;
  master(): Name;
  /** What was asked but for the status. */
  readonly asked: readonly ControlRequest[];
  readonly switches: () => number;
}

/** Both masters at once in the `both` case; as long as the follower needs to be in sync. */
const STEP_MS = 150;

export async function startFakePair(options: FakePairOptions = {}): Promise<FakePair> {
  const scratch = createScratchHome();
  const state = { master: 'alpha' as Name, serving: new Set<Name>(['alpha']), inSync: true, term: 3 };
  const history: TakeOver[] = [];
  const asked: ControlRequest[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const later = (ms: number, work: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
  };

  const servers = await Promise.all(
    names.map(async (name) => {
      const server = http.createServer((_, response) => {
        response.statusCode = state.serving.has(name) ? 200 : 503;
        response.end();
      });
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
      return { name, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    }),
  );

  const statusNow = (): PairStatus => {
    const { master, inSync, term } = state;
    const status: PairStatus = {
      mode: 'pair',
      at: new Date().toISOString(),
      cluster: 'cluster',
      self: 'id-alpha',
      master: { id: `id-${master}`, name: master, since: null, term },
      redundancy: inSync ? 'redundant' : 'preparing',
      summary: `${master} is master${inSync ? '' : ', the other host catches up'}.`,
      advice: [],
      hosts: servers.map(({ name, url }) => hostOf(name, { url, master, inSync })),
      voters: [],
      tieBreaker: 'witness',
      roster: null,
      history,
    };
    return options.status?.(status) ?? status;
  };

  const takeOver = (from: Name, to: Name) => {
    state.master = to;
    state.term += 1;
    state.serving = new Set([to]);
    history.unshift({
      at: new Date().toISOString(),
      term: state.term,
      kind: 'switch',
      from,
      to,
      reason: 'asked for',
      steps: { detectMs: null, electMs: 20, promoteMs: 60, openMs: 30 },
      totalMs: 110,
    });
    later(STEP_MS, () => (state.inSync = true));
  };

  const obey = (): { ok: boolean; says: string } | null => {
    const from = state.master;
    const to = from === 'alpha' ? 'beta' : 'alpha';
    switch (options.onSwitch ?? 'switch') {
      case 'refuse':
        return { ok: false, says: 'The standby does not answer.' };
      case 'nothing':
        return { ok: true, says: 'Begun.' };
      case 'both':
        state.serving = new Set(names);
        state.inSync = false;
        later(STEP_MS * 2, () => takeOver(from, to));
        return { ok: true, says: 'Begun.' };
      default:
        state.serving.clear();
        state.inSync = false;
        later(options.gapMs ?? STEP_MS, () => takeOver(from, to));
        return options.onSwitch === 'lost-answer' ? null : { ok: true, says: 'Begun.' };
    }
  };

  /** Undefined: the connection is closed without a word. */
  const answer = (line: string): string | undefined => {
    const request = controlRequestSchema.parse(JSON.parse(line));
    if (request.command === 'pair-status')
      return JSON.stringify(controlAnswerSchemas['pair-status'].parse(statusNow()));
    asked.push(request);
    if (request.command !== 'pair-command')
      return JSON.stringify(controlErrorSchema.parse({ error: 'Not asked by a drill.' }));
    const result = obey();
    return result === null ? undefined : JSON.stringify(controlAnswerSchemas['pair-command'].parse(result));
  };

  const socket = path.join(scratch.path, 'keeper.sock');
  const file = path.join(scratch.path, CONTROL_FILE);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, JSON.stringify({ socket }));
  const keeper = net.createServer((connection) => {
    let text = '';
    connection.setEncoding('utf8').on('error', () => undefined);
    connection.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end < 0) return;
      const line = answer(text.slice(0, end));
      if (line === undefined) connection.destroy();
      else connection.end(`${line}\n`);
    });
  });
  await new Promise<void>((listening) => keeper.listen(socket, listening));

  return {
    home: scratch.path,
    asked,
    master: () => state.master,
    switches: () => history.length,
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearTimeout(timer);
      for (const { server } of servers) {
        server.close();
        server.closeAllConnections();
      }
      await new Promise<void>((closed) => keeper.close(() => closed()));
      await scratch.remove();
    },
  };
}

interface HostFacts {
  readonly url: string;
  readonly master: Name;
  readonly inSync: boolean;
}

function hostOf(name: Name, { url, master, inSync }: HostFacts): PairHost {
  const isMaster = name === master;
  return {
    id: `id-${name}`,
    name,
    address: '127.0.0.1:7382',
    consoleUrl: `${url}/`,
    isSelf: name === 'alpha',
    isMaster,
    inSync: isMaster || inSync,
    reachable: true,
    lastHeardAgoMs: 0,
    roundTripMs: 0.4,
    view: viewOf(name, isMaster),
  };
}

const viewOf = (name: Name, isMaster: boolean): KeeperView => ({
  id: `id-${name}`,
  name,
  kind: 'member',
  release: '0.1.0',
  at: new Date().toISOString(),
  state: isMaster ? 'master-paired' : 'standby-in-sync',
  reason: '',
  since: new Date().toISOString(),
  term: 3,
  database: {
    runs: isMaster ? 'primary' : 'standby',
    healthy: true,
    streaming: !isMaster,
    flushed: 1,
    bytes: 1,
  },
  copy: null,
  lagBytes: null,
  commitsWait: isMaster,
  serviceOpen: isMaster,
  guardRuns: true,
  freeBytes: 1,
  takeOvers: [],
});
