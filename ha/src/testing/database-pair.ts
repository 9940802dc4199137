/**
 * Two data directories with an actor each, and relays in place of the links between them, for the tests of the PostgreSQL driver.
 *
 * Responsible for scratch homes, for what each actor has said, for relays that can be cut, and for leaving nothing behind.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { Roster, VoterId } from '@nezuban/protocol/pair/roster';
import { systemClock } from '@nezuban/platform/clock';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers } from '@nezuban/platform/timers';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createDatabaseActor } from '../drivers/postgres/database-actor.ts';
import type { DatabaseActorOptions } from '../drivers/postgres/database-options.ts';
import { resolveServerUser } from '../drivers/postgres/server-user.ts';
import type { DatabaseActor, DatabaseInput } from '../drivers/ports.ts';

const SOCKET = '.s.PGSQL.5432';

export type TestMember = {
  readonly id: VoterId;
  readonly home: string;
  readonly socketDirectory: string;
  readonly actor: DatabaseActor;
  /** Everything it has said, oldest first. */
  readonly said: DatabaseInput[];
  readonly log: ReturnType<typeof createMemoryLogger>;
  /** What the server wrote. */
  readonly output: () => string;
  /** Waits for an input of this type that satisfies `is`, from the `from`th on. */
  readonly hears: <Type extends DatabaseInput['type']>(
    type: Type,
    is?: (input: Extract<DatabaseInput, { type: Type }>) => boolean,
    from?: number,
  ) => Promise<Extract<DatabaseInput, { type: Type }>>;
  /** Has it copied the database of another. As the keepers do, it begins again what a busy machine has left without progress for seconds. */
  readonly copies: (
    from: VoterId,
    epoch: number,
  ) => Promise<Extract<DatabaseInput, { readonly type: 'copied' }>>;
  readonly sql: <Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<Row[]>;
  readonly client: () => Promise<pg.Client>;
  /** Leads this member's upstream to another's server; null: nobody answers. */
  readonly follow: (other: TestMember | null) => Promise<void>;
  /** Cuts what streams now; new connections are let through. */
  readonly cut: () => void;
  /** Nothing is carried any more, and nobody is told: the honest form of a broken network. */
  readonly silence: () => void;
  /** Another actor on the same home, as after a restart of the keeper. The former one must have been stopped or killed. */
  readonly again: (options?: Partial<DatabaseActorOptions>) => Promise<TestMember>;
  readonly remove: () => Promise<void>;
};

export async function createTestMember(
  id: VoterId,
  options: Partial<DatabaseActorOptions> & { readonly kept?: string } = {},
): Promise<TestMember> {
  const home = options.kept ?? fs.mkdtempSync(`/tmp/nz-db-${id}-`);
  fs.chmodSync(home, 0o755);
  const socketDirectory = path.join(home, 'run/postgres');
  const upstreamDirectory = path.join(home, 'run/upstream');
  fs.mkdirSync(upstreamDirectory, { recursive: true });
  const said: DatabaseInput[] = [];
  const log = createMemoryLogger();
  let output = '';
  const user = await resolveServerUser(process.getuid?.() ?? 0);
  const actorOptions: DatabaseActorOptions = {
    home,
    socketDirectory,
    upstreamDirectory,
    user,
    ownUserName: os.userInfo().username,
    member: id,
    systemIdentifier: null,
    createIfAbsent: false,
    // A test that is killed leaves no server behind.
    endsWithKeeper: 'fast',
    copyRateMax: null,
    toolsDirectory: null,
    ...options,
  };
  const actor = createDatabaseActor(
    {
      clock: systemClock,
      timers: systemTimers,
      logger: log,
      collectOutput: (streams) =>
        streams.forEach((stream) => stream.on('data', (bytes: Buffer) => (output += bytes.toString()))),
      events: { onInput: (input) => said.push(input), onProcess: () => undefined },
    },
    actorOptions,
  );
  const relay = createRelay(path.join(upstreamDirectory, SOCKET));
  const clients: pg.Client[] = [];

  const client = async () => {
    const fresh = new pg.Client({ host: socketDirectory, port: 5432, user: 'nezuban', database: 'nezuban' });
    fresh.on('error', () => undefined);
    clients.push(fresh);
    await fresh.connect();
    return fresh;
  };
  const member: TestMember = {
    id,
    home,
    socketDirectory,
    actor,
    said,
    log,
    output: () => output,
    async hears(type, is = () => true, from = 0) {
      const found = await waitFor(
        () => said.slice(from).find((input) => input.type === type && is(input as never)),
        {
          message: () =>
            `${type} of ${id}; it said ${JSON.stringify(said.slice(-12))}; server: ${output.slice(-1500)}`,
        },
      );
      return found as never;
    },
    async copies(from, epoch) {
      for (;;) {
        const since = said.length;
        actor.perform({ type: 'copy', from, epoch });
        const news = await waitFor(
          () => said.slice(since).find(({ type }) => type === 'copied' || type === 'copy-failed'),
          { message: () => `the copy of ${id}; it said ${JSON.stringify(said.slice(-12))}` },
        );
        if (news.type === 'copied') return news;
        const why = news.type === 'copy-failed' ? news.why : '';
        assert.match(why, /^nothing has arrived for/);
      }
    },
    async sql<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) {
      const one = await client();
      try {
        return (await one.query<Row>(text, [...values])).rows;
      } finally {
        await one.end();
      }
    },
    client,
    follow: (other) => relay.leadTo(other === null ? null : path.join(other.socketDirectory, SOCKET)),
    cut: relay.cut,
    silence: relay.silence,
    async again(more = {}) {
      await relay.close();
      return createTestMember(id, { ...options, ...more, kept: home });
    },
    async remove() {
      clients.forEach((one) =>
        (one as unknown as { connection: { stream: net.Socket } }).connection.stream.destroy(),
      );
      await relay.close();
      await actor.kill();
      await actor.stop(1_000);
      fs.rmSync(home, { recursive: true, force: true });
    },
  };
  return member;
}

/** Carries bytes as the link does: both ends of a connection close together. */
function createRelay(socketFile: string) {
  let target: string | null = null;
  const open = new Set<net.Socket>();
  const server = net.createServer((near) => {
    if (target === null) {
      near.destroy();
      return;
    }
    const far = net.connect(target);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.pipe(other);
      one.on('error', () => undefined);
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  fs.rmSync(socketFile, { force: true });
  server.listen(socketFile, () => fs.chmodSync(socketFile, 0o777));
  const cut = () => open.forEach((socket) => socket.destroy());
  return {
    cut,
    silence: () => open.forEach((socket) => socket.unpipe().pause()),
    async leadTo(file: string | null) {
      target = file;
      cut();
    },
    async close() {
      cut();
      if (server.listening) await new Promise<void>((closed) => server.close(() => closed()));
    },
  };
}

/** A roster as a pair of these members would hold it. */
export function rosterOf(master: VoterId, members: readonly VoterId[], more: Partial<Roster> = {}): Roster {
  return {
    term: 1,
    revision: 2,
    master,
    phase: 'active',
    inSync: {},
    voters: [[...members]],
    base: null,
    tieBreaker: 'witness',
    members: [...members],
    lineage: [],
    epoch: 1,
    forced: null,
    ...more,
  };
}

export type TestPair = AsyncDisposable & {
  readonly a: TestMember;
  b: TestMember;
  /** The newest roster, told to both. */
  readonly roster: () => Roster;
  readonly setRoster: (changes: Partial<Roster>) => void;
};

/** `a` is primary in term 1; `b` was copied from it, streams as `b.e1`, and commits wait for it. */
export async function startPair(
  options: { readonly a?: Partial<DatabaseActorOptions>; readonly b?: Partial<DatabaseActorOptions> } = {},
): Promise<TestPair> {
  const a = await startPrimary('a', options.a);
  const { term, timeline, startLsn } = await a.hears('promoted');
  let roster = rosterOf('a', ['a', 'b'], {
    inSync: { a: a.actor.facts().report.token ?? '' },
    lineage: [{ term, member: 'a', timeline, startLsn, lossy: false }],
  });
  const b = await createTestMember('b', options.b);
  const pair: TestPair = {
    a,
    b,
    roster: () => roster,
    setRoster(changes) {
      roster = { ...roster, revision: roster.revision + 1, ...changes };
      a.actor.setRoster(roster);
      pair.b.actor.setRoster(roster);
    },
    async [Symbol.asyncDispose]() {
      await a.remove();
      await pair.b.remove();
    },
  };
  pair.setRoster({});
  await b.follow(a);
  await a.follow(b);
  b.actor.start();
  await b.hears('database', ({ runs }) => runs === 'absent');
  const { token } = await b.copies('a', 1);
  b.actor.perform({ type: 'run-standby', upstream: 'a', as: 'b.e1' });
  await b.hears('database', ({ streaming }) => streaming);
  await a.hears('replication', ({ connectedAs }) => connectedAs === 'b.e1');
  a.actor.perform({ type: 'set-names', names: 'b.e1' });
  pair.setRoster({ inSync: { ...roster.inSync, b: token ?? '' } });
  return pair;
}

/** The other one takes over in `term`: elected, promoted, alone in the roster. */
export async function takeOver(pair: TestPair, winner: TestMember, term: number): Promise<Roster> {
  const from = winner.said.length;
  winner.actor.perform({ type: 'run-standby', upstream: null, as: '' });
  winner.actor.perform({ type: 'promote', term });
  const { timeline, startLsn } = await winner.hears('promoted', (input) => input.term === term, from);
  const { lineage, inSync } = pair.roster();
  pair.setRoster({
    term,
    master: winner.id,
    inSync: { [winner.id]: inSync[winner.id] ?? '' },
    lineage: [...lineage, { term, member: winner.id, timeline, startLsn, lossy: false }],
    epoch: pair.roster().epoch + 1,
  });
  winner.actor.perform({ type: 'set-names', names: '' });
  return pair.roster();
}

/** A brand-new first member that serves as primary in term 1, alone in the roster, nobody waited for. */
export async function startPrimary(
  id: VoterId,
  options: Partial<DatabaseActorOptions> = {},
): Promise<TestMember> {
  const member = await createTestMember(id, { createIfAbsent: true, ...options });
  const { actor } = member;
  actor.start();
  const first = await member.hears('database', ({ runs }) => runs === 'stopped');
  assert.ok(first.token !== null);
  actor.setRoster(rosterOf(id, [id], { inSync: { [id]: first.token } }));
  actor.perform({ type: 'run-standby', upstream: null, as: '' });
  actor.perform({ type: 'promote', term: 1 });
  await member.hears('promoted');
  actor.perform({ type: 'set-names', names: '' });
  return member;
}

export type TestLoad = {
  /** Ids whose commit was acknowledged without a warning, in order. */
  readonly acknowledged: string[];
  /** All writers have ended, as they do with their server. */
  readonly ended: Promise<void>;
};

/** Writers that insert one row after the other until their connection breaks. */
export async function startLoad(member: TestMember, writers = 4): Promise<TestLoad> {
  await member.sql('CREATE TABLE IF NOT EXISTS load (id text PRIMARY KEY, filler text)');
  const acknowledged: string[] = [];
  const write = async (client: pg.Client, writer: number) => {
    let warned = false;
    client.on('notice', () => (warned = true));
    try {
      for (let row = 0; !warned; row += 1) {
        const id = `${writer}-${row}`;
        await client.query('INSERT INTO load VALUES ($1, $2)', [id, 'x'.repeat(500)]);
        if (!warned) acknowledged.push(id);
      }
    } catch {
      // Its server is gone; what was under way is unknown.
    }
  };
  const clients = await Promise.all(Array.from({ length: writers }, member.client));
  const ended = Promise.all(clients.map(write)).then(() => undefined);
  return { acknowledged, ended };
}
