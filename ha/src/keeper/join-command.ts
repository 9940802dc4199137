// `nezuban pair join HOST:PORT --token T`: this host becomes the second one of a pair.
// Responsible for the checks before the token is used, for what joining leaves on the disk (identity, keys, an empty voter record), for
// starting the manager, and for following it until the pair is redundant and has tested itself. Not responsible for the copy and the rest of
// the way, which the keeper goes by itself. Called by run.ts.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { PAIR_LINK_VERSION, pairCommonName, type JoinResponse } from '@nezuban/protocol/pair/pair-link';
import type { PairHost, PairStatus } from '@nezuban/protocol/pair/status';
import { formatInstant, systemClock } from '@nezuban/platform/clock';
import { HomeError, prepareHome, prepareRunDirectory } from '@nezuban/platform/home';
import { createSigningRequest } from '@nezuban/platform/signing-request';
import { systemTimers } from '@nezuban/platform/timers';
import { joinPair } from '../drivers/link/join-client.ts';
import { LinkError } from '../drivers/link/link-error.ts';
import { readPairIdentity, writePairIdentity, type PairIdentity } from '../drivers/link/pair-identity.ts';
import { resolveServerUser } from '../drivers/postgres/server-user.ts';
import { agentHomeIn, type HomeLayout } from './child-config.ts';
import { askPairStatus } from './control-client.ts';
import { EXIT, ExitError, type ExitCode } from './exit-codes.ts';
import { acquireInstanceLock } from './instance-lock.ts';
import { formatHostPort, type JoinOptions, type StartOptions } from './options.ts';
import { clearRemoval, readRemoval } from './removal.ts';
import { writeSharedFiles } from './shared-files.ts';
import { createJoinedVoter } from './voter-record.ts';

export type JoinCommandInput = {
  readonly layout: HomeLayout;
  readonly join: JoinOptions;
  readonly options: StartOptions;
  readonly startArgs: readonly string[];
  readonly uid: number;
  readonly print: (text: string) => void;
  /** Becomes the manager in this process. */
  readonly runManager: () => Promise<ExitCode>;
};

/** The keeper's own program, without "join". */
const PROGRAM = path.join(import.meta.dirname, 'main.ts');
const POLL_MS = 500;
/** The manager that was started must answer within this time. */
const START_WAIT_MS = 60_000;
/** The last states of a self-test may be a heartbeat old. */
const SELF_TEST_WAIT_MS = 15_000;
const CLOCK_DIFFERS_MS = 5_000;

export async function runJoin(input: JoinCommandInput): Promise<ExitCode> {
  const { join, layout, print } = input;
  try {
    await prepare(input);
  } catch (error) {
    if (error instanceof LinkError || error instanceof HomeError)
      throw new ExitError(EXIT.cannotStart, error.message, error);
    throw error;
  }
  if (join.foreground) return await input.runManager();
  if (!join.start) {
    print(
      'This host is prepared. Start its manager ("nezuban manager", or its service); it does the rest by itself.\n',
    );
    return EXIT.ok;
  }
  const child = startInBackground(input);
  print(
    `The manager of this host was started (process ${child.pid ?? 0}, log ${path.join(layout.home, 'log')}).\n`,
  );
  return await followToTheEnd(input, child);
}

async function prepare(input: JoinCommandInput): Promise<void> {
  const { layout, join, print } = input;
  const serverUser = await resolveServerUser(input.uid);
  const rights = { uid: input.uid, passableFor: serverUser.other ? serverUser.gid : null };
  prepareHome(layout.home, rights);
  prepareRunDirectory(layout.runDirectory, rights);
  const lock = acquireInstanceLock(layout.home);
  if (lock === null)
    throw new ExitError(
      EXIT.runsAlready,
      `A manager runs for the home ${layout.home}: stop it with "nezuban manager stop", or name another home with --home.`,
    );
  try {
    const directory = path.join(layout.home, 'keeper');
    refuseIfJoined(directory);
    await checkPorts(input);
    const data = path.join(layout.home, 'postgres/data');
    if (fs.existsSync(data) && !join.setDataAside)
      throw new ExitError(
        EXIT.cannotStart,
        `${data} holds the data of another manager (another system identifier): name an empty home with --home, or add --set-data-aside, which keeps it as data.aside-...`,
      );
    const { response, privateKey } = await ask(input);
    if (!response.ok) throw new ExitError(EXIT.cannotStart, response.says);
    // Only now: a refused token changes nothing here.
    setAside(layout.home, join.setDataAside);
    if (response.shared !== null) writeSharedFiles(layout.home, response.shared);
    await createJoinedVoter(directory, { cluster: response.cluster, id: response.id });
    await writePairIdentity(directory, identityOf(input, { response, privateKey }));
    clearRemoval(directory);
    print(`This host belongs to the pair now, as ${response.id}.\n`);
  } finally {
    lock.release();
  }
}

function refuseIfJoined(directory: string): void {
  if (readRemoval(directory) !== null) return;
  const joined = readPairIdentity(directory);
  if (joined === null) return;
  throw new ExitError(
    EXIT.cannotStart,
    `This home belongs to a pair already, as ${joined.id}: start it with "nezuban manager", or name another home with --home.`,
  );
}

/** What is taken here would be found out only after the token is used up. */
async function checkPorts({ join, options }: JoinCommandInput): Promise<void> {
  const wanted = [
    { at: join.listen, flag: '--pair-listen' },
    { at: options.listen, flag: '--listen' },
    { at: options.agentListen, flag: '--agent-listen' },
  ];
  for (const { at, flag } of wanted) {
    const why = await whyNotListen(at);
    if (why !== null)
      throw new ExitError(
        EXIT.cannotStart,
        `Cannot listen on ${formatHostPort(at)} (${why}): end what uses it, or choose another address with ${flag}.`,
      );
  }
}

function whyNotListen({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): Promise<string | null> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'EADDRINUSE' ? 'the port is taken by something else' : error.message),
    );
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}

async function ask({ join, layout, options }: JoinCommandInput): Promise<{
  readonly response: JoinResponse;
  readonly privateKey: string;
}> {
  const name = join.hostName ?? os.hostname();
  // The master puts the voter's id there.
  const { csr, privateKey } = createSigningRequest(pairCommonName('joining'));
  const response = await joinPair({
    address: formatHostPort(join.master),
    request: {
      token: join.token,
      kind: 'member',
      csr,
      name,
      release: layout.version,
      protocol: PAIR_LINK_VERSION,
      clock: formatInstant(systemClock.now()),
      address: join.address ?? seenAs(join.listen),
      agentAddress: options.advertise ?? seenAs(options.agentListen),
      consoleUrl: consoleUrlOf(options),
    },
  });
  return { response, privateKey };
}

/** As the manager of this host will name it; of a wild card the master fills in the address that it sees. */
function consoleUrlOf({ listen, tls }: StartOptions): string {
  const plain =
    tls === null && (listen.host === 'localhost' || listen.host === '::1' || listen.host.startsWith('127.'));
  return `${plain ? 'http' : 'https'}://${seenAs(listen)}`;
}

/** A wild card is no address: then the master takes the one that this host comes from. */
function seenAs(at: { readonly host: string; readonly port: number }): string {
  return at.host === '0.0.0.0' || at.host === '::' ? `:${at.port}` : formatHostPort(at);
}

function identityOf(
  { join, layout }: JoinCommandInput,
  joined: { readonly response: Extract<JoinResponse, { ok: true }>; readonly privateKey: string },
): PairIdentity {
  const { response, privateKey } = joined;
  fs.mkdirSync(agentHomeIn(layout), { recursive: true, mode: 0o700 });
  const own = response.book.members.find(({ id }) => id === response.id);
  return {
    cluster: response.cluster,
    id: response.id,
    kind: 'member',
    listen: formatHostPort(join.listen),
    certificate: response.certificate,
    privateKey,
    ca: response.ca,
    book: response.book,
    profile: response.profile,
    tieBreaker: 'witness',
    fenceCommand: null,
    address: null,
    voterDirectory: null,
    localNode: nodeNameOf(own?.name ?? response.id),
  };
}

/** A host's name may hold what a node's may not. */
function nodeNameOf(name: string): string {
  const node = name.replaceAll(/[^\p{L}\p{N}\p{M}_.-]/gu, '-').replace(/^[^\p{L}\p{N}]+/u, '');
  return node === '' || node === 'local' ? 'standby' : node.slice(0, 100);
}

function setAside(home: string, wanted: boolean): void {
  if (!wanted) return;
  const stamp = Date.now();
  for (const name of ['postgres/data', 'agent', 'intake', 'manager']) {
    const folder = path.join(home, name);
    if (fs.existsSync(folder)) fs.renameSync(folder, `${folder}.aside-${stamp}`);
  }
}

function startInBackground({ layout, startArgs }: JoinCommandInput): ReturnType<typeof spawn> {
  const log = path.join(layout.home, 'log');
  fs.mkdirSync(log, { recursive: true, mode: 0o700 });
  const output = fs.openSync(path.join(log, 'start.log'), 'a', 0o600);
  const args = startArgs.includes('--home') ? startArgs : ['--home', layout.home, ...startArgs];
  const child = spawn(process.execPath, [...process.execArgv, PROGRAM, ...args], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', output, output],
  });
  fs.closeSync(output);
  child.unref();
  return child;
}

async function followToTheEnd(
  { layout, print }: JoinCommandInput,
  child: ReturnType<typeof spawn>,
): Promise<ExitCode> {
  let ended: string | null = null;
  child.once('exit', (code) => (ended = `ended with exit code ${code ?? 'unknown'}`));
  let said = '';
  let silentMs = 0;
  for (;;) {
    await systemTimers.sleep(POLL_MS);
    const status = await askPairStatus(layout.runDirectory);
    if (ended !== null)
      throw new ExitError(
        EXIT.cannotStart,
        `The manager of this host ${String(ended)}; see ${path.join(layout.home, 'log/start.log')}. It can be started again with "nezuban manager".`,
      );
    if (status === null) {
      silentMs += POLL_MS;
      if (silentMs < START_WAIT_MS) continue;
      throw new ExitError(
        EXIT.failed,
        `The manager of this host does not answer; see ${path.join(layout.home, 'log')}.`,
      );
    }
    silentMs = 0;
    const own = status.hosts.find(({ isSelf }) => isSelf);
    const line = progressOf(own ?? null);
    if (line !== said) print(`${line}\n`);
    said = line;
    if (own?.view?.state === 'failed') throw new ExitError(EXIT.failed, own.view.reason);
    if (status.redundancy === 'redundant') return await selfTest(layout, print);
  }
}

function progressOf(own: PairHost | null): string {
  const view = own?.view;
  if (view == null) return 'starting';
  if (view.copy === null) return view.reason;
  // An estimate of the source; what is written meanwhile comes on top.
  const { bytes, totalBytes } = view.copy;
  const total = totalBytes === null || totalBytes < bytes ? '' : ` of ${Math.round(totalBytes / 1_048_576)}`;
  return `  copying: ${Math.round(bytes / 1_048_576)}${total} MB`;
}

type Check = { readonly ok: boolean; readonly says: string };

async function selfTest(layout: HomeLayout, print: (text: string) => void): Promise<ExitCode> {
  let checks: readonly Check[] = [];
  for (let waited = 0; waited < SELF_TEST_WAIT_MS; waited += POLL_MS) {
    const status = await askPairStatus(layout.runDirectory);
    if (status !== null) checks = checksOf(status);
    if (checks.length > 0 && checks.every(({ ok }) => ok)) break;
    await systemTimers.sleep(POLL_MS);
  }
  print('Self-test\n');
  for (const { ok, says } of checks) print(`  ${ok ? 'ok  ' : 'open'}  ${says}\n`);
  const open = checks.filter(({ ok }) => !ok).length;
  print(
    open === 0
      ? 'The pair is complete. "nezuban pair status" shows it; "nezuban drill" proves it.\n'
      : `The pair is redundant; ${open === 1 ? 'one thing is' : `${open} things are`} still open, see above and "nezuban pair status".\n`,
  );
  return EXIT.ok;
}

function checksOf(status: PairStatus): readonly Check[] {
  const [own, other] = [true, false].map((self) => status.hosts.find(({ isSelf }) => isSelf === self));
  const witness = status.voters.find(({ kind }) => kind === 'witness');
  const differs = status.advice.find(({ code }) => code === 'clock_differs');
  const releases = new Set(status.hosts.map(({ view }) => view?.release));
  return [
    {
      ok: other?.reachable === true,
      says: `the other host answers${other?.roundTripMs == null ? '' : ` within ${other.roundTripMs.toFixed(1)} ms`}`,
    },
    {
      ok: own?.inSync === true && other?.inSync === true,
      says: 'every commit is on both disks before it is acknowledged',
    },
    { ok: own?.view?.database.healthy === true, says: 'CA and keys are on this host; its database is well' },
    {
      ok: own?.view?.guardRuns === true && other?.view?.guardRuns === true,
      says: 'the guards of both hosts run',
    },
    {
      ok: witness?.reachable === true,
      says:
        witness === undefined
          ? 'no witness yet: until there is one, the loss of either host stops the service; connect an agent on a third host, it becomes witness by itself'
          : `the witness ${witness.name} answers`,
    },
    { ok: releases.size === 1, says: 'both hosts run the same release' },
    {
      ok: differs === undefined,
      says: `the clocks differ by less than ${CLOCK_DIFFERS_MS / 1000} s`,
    },
  ];
}
