/**
 * Joins that must be refused, each with one sentence that says what is wrong, nothing changed on the master, and a right join that works
 * afterwards. And a clock that is off by an hour, which must not break anything in silence.
 *
 * Responsible for the list and for playing it on one master. Called by `prove-pair-main.ts`.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { waitFor } from '../support/wait-for.ts';
import { setWallClock, shiftableClock } from './faults.ts';
import { type Host, NEZUBAN, type ProgramOptions } from './host.ts';
import type { Network } from './network.ts';
import {
  CONSOLE_PORT,
  createPairToken,
  joinSecond,
  memberFlags,
  type Pair,
  PAIR_PORT,
  preparePair,
  startFirst,
} from './pair.ts';
import { anotherRelease } from './scenarios-operator.ts';

export interface JoinRefusal {
  readonly name: string;
  readonly row: string;
  play(pair: Pair): Promise<void>;
}

/** A refusal that takes longer holds up everybody else. */
const REFUSAL_TIMEOUT_MS = 60_000;
const HOURS_MS = 3_600_000;
const TINY_DISK_MIB = 64;

interface Attempt {
  readonly host?: Host;
  readonly token: string;
  readonly address?: string;
  readonly options?: ProgramOptions;
}

/** Joins with an empty home unless the caller has filled it; must end by itself, with a sentence. */
async function expectRefusal(pair: Pair, attempt: Attempt, says: RegExp): Promise<void> {
  const host = attempt.host ?? pair.hosts.b;
  const first = attempt.address ?? `${pair.hosts.a.place.address}:${PAIR_PORT}`;
  const here = `${host.place.address}:${PAIR_PORT}`;
  const command = [
    NEZUBAN,
    'pair',
    'join',
    first,
    '--token',
    attempt.token,
    '--foreground',
    '--pair-listen',
    here,
  ];
  const program = pair.startProgram(host.name, [...command, ...memberFlags(host)], attempt.options);
  const end = await program.waitForEnd(REFUSAL_TIMEOUT_MS).catch(() => null);
  await host.processes.kill('everything');
  const output = program.output().split('\n').slice(1).join('\n').trim();
  assert.ok(end !== null, `it was not refused: ${output}`);
  assert.notEqual(end.code, 0, `it ended well: ${output}`);
  assert.match(output, says);
  assert.doesNotMatch(output, /^\s+at .*:\d+/m, 'a stack trace is no sentence');
  assert.ok(output.split('\n').length <= 6, `more than a sentence: ${output}`);
  await pair.waitForMaster('a', REFUSAL_TIMEOUT_MS);
}

const emptyHome = (host: Host) => fs.rmSync(host.home, { recursive: true, force: true });
const memberToken = (pair: Pair) => createPairToken(pair, 'member');

const refusal = (name: string, play: JoinRefusal['play']): JoinRefusal => ({
  name: `join refused: ${name}`,
  row: 'refusals',
  async play(pair) {
    emptyHome(pair.hosts.b);
    await play(pair);
    emptyHome(pair.hosts.b);
  },
});

export const joinRefusals: readonly JoinRefusal[] = [
  refusal('a word that is no token', (pair) => expectRefusal(pair, { token: 'secret' }, /token/i)),
  refusal('a token that was never made', async (pair) => {
    const token = (await memberToken(pair)).replace(
      /^nzp_[A-Za-z0-9_-]{43}/,
      `nzp_${randomBytes(32).toString('base64url')}`,
    );
    await expectRefusal(pair, { token }, /token/i);
  }),
  refusal('a token of another cluster, whose certificate is another one', async (pair) => {
    const token = (await memberToken(pair)).replace(
      /\.[A-Za-z0-9_-]{43}$/,
      `.${randomBytes(32).toString('base64url')}`,
    );
    await expectRefusal(pair, { token }, /certificate|token|another/i);
  }),
  refusal('a token that has expired', async (pair) => {
    const token = await memberToken(pair);
    setWallClock(pair.scratch, 'a', 2 * HOURS_MS);
    try {
      await expectRefusal(pair, { token }, /expired|no longer|over/i);
    } finally {
      setWallClock(pair.scratch, 'a', 0);
    }
  }),
  refusal('a token for a witness', async (pair) => {
    await expectRefusal(pair, { token: await createPairToken(pair, 'witness') }, /witness|token/i);
  }),
  refusal('an address where nobody listens', async (pair) => {
    const address = `${pair.hosts.a.place.address}:7399`;
    await expectRefusal(pair, { token: await memberToken(pair), address }, /7399|reach|connect|listen/i);
  }),
  refusal('the address of the console instead of the pair', async (pair) => {
    const address = `${pair.hosts.a.place.address}:${CONSOLE_PORT}`;
    await expectRefusal(pair, { token: await memberToken(pair), address }, /7380|7382|pair/i);
  }),
  refusal('a release two minor versions apart', async (pair) => {
    const { overlays } = anotherRelease(pair, ([major, minor]) => `${major}.${minor + 2}.0`);
    await expectRefusal(
      pair,
      { token: await memberToken(pair), options: { overlays } },
      /minor|release|version/i,
    );
  }),
  refusal('a home that holds the data of another manager', async (pair) => {
    const { b } = pair.hosts;
    const other = pair.startKeeper('b');
    await other.waitForOutput(new RegExp(`https?://${b.place.address}:${CONSOLE_PORT}`), REFUSAL_TIMEOUT_MS);
    const token = await memberToken(pair);
    await pair.stopKeeper('b');
    await expectRefusal(pair, { token }, /another manager|system identifier|--set-data-aside/i);
    assert.ok(fs.existsSync(path.join(b.home, 'postgres/data/PG_VERSION')), 'the data was touched');
  }),
  refusal('a disk that is full', async (pair) => {
    const { b } = pair.hosts;
    if (process.getuid?.() !== 0) return;
    fs.mkdirSync(b.home, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${TINY_DISK_MIB}m,mode=0700`, 'tmpfs', b.home]);
    try {
      await expectRefusal(pair, { token: await memberToken(pair) }, /free|space|full/i);
    } finally {
      execFileSync('umount', ['--lazy', b.home]);
    }
  }),
  refusal('a port that is taken', async (pair) => {
    const { b } = pair.hosts;
    const listen = `require('node:net').createServer().listen(${PAIR_PORT}, '${b.place.address}', () => console.log('taken'))`;
    const taken = b.start([process.execPath, '-e', listen]);
    await taken.waitForOutput(/taken/, REFUSAL_TIMEOUT_MS);
    await expectRefusal(pair, { token: await memberToken(pair) }, /7382|taken|in use/i);
  }),
  clockOff('ahead', HOURS_MS),
  clockOff('behind', -HOURS_MS),
  {
    name: 'join: after all refusals a right one works; its token, and a third member, are refused',
    row: 'refusals',
    async play(pair) {
      const token = await memberToken(pair);
      await joinSecond(pair, { token });
      await pair.waitRedundant();
      await expectRefusal(pair, { host: pair.hosts.w, token }, /used|token/i);
      const fresh = await memberToken(pair).catch((error: Error) => error);
      if (fresh instanceof Error) assert.match(fresh.message, /two|already|member/i);
      else await expectRefusal(pair, { host: pair.hosts.w, token: fresh }, /two|already|member/i);
    },
  },
];

/** Either a sentence that names the clock, or a pair that works and says that the clocks differ. */
function clockOff(direction: string, byMs: number): JoinRefusal {
  return {
    name: `join: a clock that is an hour ${direction}: refused in a sentence, or it works and the status says so`,
    row: 'refusals',
    async play(pair) {
      const { b } = pair.hosts;
      emptyHome(b);
      setWallClock(pair.scratch, 'b', byMs);
      const program = await joinSecond(pair, { programs: shiftableClock(pair.scratch, 'b') });
      const settled = await waitFor(
        async () => {
          if (program.ended() !== null) return 'refused';
          const status = await pair.status('a');
          return (
            status?.redundancy === 'redundant' &&
            status.advice.some(({ code }) => code === 'clock_differs') &&
            'works'
          );
        },
        {
          timeoutMs: 120_000,
          intervalMs: 250,
          message: () => `refusal or redundancy: ${program.output().slice(-1000)}`,
        },
      );
      if (settled === 'refused') assert.match(program.output(), /clock/i);
      // Out of the pair again, for the next one; while it lives, since two of two must agree.
      setWallClock(pair.scratch, 'b', 0);
      const member = (await pair.status('a'))?.hosts.find((one) => !one.isSelf);
      if (member !== undefined) {
        const removed = await pair.control.a.command({ do: 'remove-member', member: member.id });
        assert.ok(removed.ok, removed.says);
      }
      await b.processes.kill('everything');
      emptyHome(b);
      await pair.waitForMaster('a', REFUSAL_TIMEOUT_MS);
    },
  };
}

export async function playJoinRefusals(
  where: { readonly network: Network; readonly onPrepared?: (pair: Pair) => void },
  chosen: readonly JoinRefusal[],
  report: (name: string, problem: string | null) => void,
): Promise<void> {
  const { network, onPrepared } = where;
  const pair = await preparePair({ network, witness: 'none', agents: 0, shiftableClocks: true });
  onPrepared?.(pair);
  let failed = false;
  try {
    await startFirst(pair, () => undefined);
    for (const one of chosen) {
      const problem = await one.play(pair).then(
        () => null,
        (error: Error) => error.message,
      );
      failed ||= problem !== null;
      report(one.name, problem);
      await pair.hosts.b.processes.kill('everything');
    }
  } catch (error) {
    failed = true;
    report('join: a master to join', (error as Error).message);
  } finally {
    await pair.stop({ keep: failed });
    if (failed) console.log(`          logs: ${pair.scratch}`);
  }
}
