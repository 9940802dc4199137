// The role of a witness over time: deaths, giving up, trying again, wishes that cross. With a fake clock and programs that are not there.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { createFakeClock, type FakeClock } from '@nezuban/platform/testing/fake-clock';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { agentLimits } from '../limits.ts';
import { createWitnessFolder } from './witness-folder.ts';
import type { WitnessProcess, WitnessStart } from './witness-process.ts';
import { createWitnessRole, type WitnessReport, type WitnessRole } from './witness-role.ts';

const members = ['a:1', 'b:1'];

describe('witness role', () => {
  let home: string;
  let clock: FakeClock;
  let role: WitnessRole;
  let reports: WitnessReport[];
  let starts: WitnessStart[];
  let die: (how: string) => void;
  /** What the program does at its start. */
  let behave: (start: WitnessStart) => void;

  beforeEach(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'nz-witness-'));
    clock = createFakeClock();
    reports = [];
    starts = [];
    behave = joins;
    role = createRole();
  });
  afterEach(async () => {
    await role.stop();
    assert.equal(clock.timerCount(), 0);
    fs.rmSync(home, { recursive: true });
  });

  const joins = (start: WitnessStart): void =>
    void fs.mkdirSync(path.join(start.home, 'keeper', 'pair.json'), { recursive: true });
  const createRole = (): WitnessRole =>
    createWitnessRole({
      folder: createWitnessFolder(home),
      launch: (start) => {
        starts.push(start);
        const { promise, resolve } = Promise.withResolvers<{ how: string }>();
        die = (how) => resolve({ how });
        behave(start);
        const launched: WitnessProcess = {
          pid: starts.length,
          exited: promise,
          lastLine: () => 'last words',
          end: async () => resolve({ how: 'the witness ended by itself' }),
        };
        return launched;
      },
      clock,
      timers: clock,
      logger: createMemoryLogger(),
      onReport: (report) => reports.push(report),
    });
  const states = () => reports.map(({ state }) => state);
  const settle = () => clock.advance(agentLimits.witnessSettledMs + 2 * agentLimits.witnessLookMs);
  /** Dies at once at each start. */
  const crashes = (): void => {
    queueMicrotask(() => die('the witness ended with exit code 1'));
  };

  test('appointed: starting until it has joined and lived a while, then running', async () => {
    role.start();
    behave = () => undefined;
    role.appoint({ members, token: 't' });
    await settle();
    assert.deepEqual(states(), ['starting']);
    assert.equal(reports[0]?.says, 'The witness joins the pair.');
    joins({ home: path.join(home, 'witness'), join: null });
    await settle();
    assert.deepEqual(states(), ['starting', 'running']);
  });

  test('dies each time: failed after the budget, tried again at long intervals, running when it lives', async () => {
    role.start();
    behave = (start) => {
      joins(start);
      crashes();
    };
    role.appoint({ members, token: 't' });
    await clock.advance(agentLimits.witnessRestarts.windowMs / 2);
    assert.equal(reports.at(-1)?.state, 'failed');
    assert.match(reports.at(-1)?.says ?? '', /started 6 times in vain: .*exit code 1; it said: last words/);
    assert.equal(starts.length, agentLimits.witnessRestarts.restartsMax + 1);
    assert.ok(
      starts.slice(1).every(({ join }) => join === null),
      'the token is for the first start alone',
    );
    const known = reports.length;
    behave = joins;
    await clock.advance(agentLimits.witnessRetryMs);
    await settle();
    assert.deepEqual(states().slice(known), ['running']);
  });

  test('failed: the same appointment begins nothing, another one begins with an empty home', async () => {
    role.start();
    behave = (start) => {
      joins(start);
      crashes();
    };
    role.appoint({ members, token: 't' });
    await clock.advance(agentLimits.witnessRestarts.windowMs / 2);
    const count = starts.length;
    role.appoint({ members, token: 't' });
    await clock.advance(0);
    assert.equal(starts.length, count);
    behave = joins;
    role.appoint({ members, token: 'another' });
    await settle();
    assert.deepEqual(starts.at(-1)?.join, { members, token: 'another' });
    assert.equal(reports.at(-1)?.state, 'running');
  });

  test('agent restarted before the program had joined: it joins with the appointment that is kept', async () => {
    role.start();
    behave = () => undefined;
    role.appoint({ members, token: 't' });
    await clock.advance(0);
    await role.stop();
    role = createRole();
    role.start();
    await clock.advance(0);
    assert.deepEqual(starts.at(-1)?.join, { members, token: 't' });
  });

  test('wishes that cross: the newest one counts', async () => {
    role.start();
    role.appoint({ members, token: 't' });
    await settle();
    role.dismiss();
    role.appoint({ members, token: 'u' });
    role.dismiss();
    await clock.advance(0);
    assert.equal(role.report().state, 'none');
    assert.equal(fs.existsSync(path.join(home, 'witness')), false);
    assert.equal(starts.length, 1);
  });

  test('power cut amid a dismissal: no role, and what was left is tidied', async () => {
    fs.mkdirSync(path.join(home, 'witness.gone'));
    fs.writeFileSync(path.join(home, 'witness.json'), JSON.stringify({ members, token: null }));
    role.start();
    await clock.advance(0);
    assert.equal(role.report().state, 'none');
    assert.deepEqual(fs.readdirSync(home), []);
  });

  test('files that cannot be written: failed with the reason', async () => {
    role.start();
    fs.mkdirSync(path.join(home, 'witness.json.draft'));
    role.appoint({ members, token: 't' });
    await clock.advance(0);
    assert.match(reports.at(-1)?.says ?? '', /The files of the witness cannot be changed: .*EISDIR/);
    fs.rmdirSync(path.join(home, 'witness.json.draft'));
    role.appoint({ members, token: 'u' });
    await settle();
    assert.equal(role.report().state, 'running');
  });
});
