/**
 * Scenarios: two hosts without a witness, and a command that surely ends the other one.
 *
 * Part of the table in `scenarios.ts`. "Power off" is the end of every process in the peer's namespace.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { waitFor } from '../support/wait-for.ts';
import { monotonicMs } from './http-call.ts';
import { whyNoNamespaces } from './netns-network.ts';
import { memberNames, type Pair } from './pair.ts';
import type { Scenario } from './scenario.ts';

const FENCE_ROW = 'truly two hosts';
/** Head start of the former master, the fence's hard limit of 30 s, and what follows. */
const FENCED_TIMEOUT_MS = 120_000;

/** Kills whatever runs in the namespace of the host that it is told, until nothing does. */
const script = (folder: string): string => `#!/bin/sh
# Ends every process in the namespace of the peer; success means that none is left.
want=$(cat "${folder}/$NEZUBAN_PEER_NAME") || exit 2
echo "$NEZUBAN_PEER_NAME" >> "${folder}/fenced"
for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  found=
  for process in /proc/[0-9]*; do
    if [ "$(readlink "$process/ns/net" 2>/dev/null)" = "$want" ]; then
      found=1
      kill -9 "\${process#/proc/}" 2>/dev/null
    fi
  done
  [ -n "$found" ] || exit 0
  sleep 0.1
done
exit 1
`;

const folderOf = (pair: Pair): string => path.join(pair.scratch, 'fence');

function fencedHosts(pair: Pair): string[] {
  const file = path.join(folderOf(pair), 'fenced');
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n') : [];
}

/** As the manual says: the command into `pair.json` of both hosts, both started again, then the tie-breaker chosen. */
async function configureFence(pair: Pair): Promise<void> {
  const folder = folderOf(pair);
  fs.mkdirSync(folder);
  const file = path.join(folder, 'fence.sh');
  fs.writeFileSync(file, script(folder), { mode: 0o755 });
  const master = await pair.waitRedundant();
  for (const name of memberNames) {
    const { place } = pair.hosts[name];
    fs.writeFileSync(path.join(folder, place.hostname), place.namespaceLink ?? '');
  }
  for (const name of memberNames.toSorted((one) => (one === master ? 1 : -1))) {
    await pair.stopKeeper(name);
    const identity = path.join(pair.hosts[name].home, 'keeper/pair.json');
    const text = JSON.parse(fs.readFileSync(identity, 'utf8')) as Record<string, unknown>;
    fs.writeFileSync(identity, JSON.stringify({ ...text, fenceCommand: [file] }), { mode: 0o600 });
  }
  for (const name of memberNames) pair.startKeeper(name);
  await pair.waitRedundant();
  for (const name of memberNames) {
    const result = await pair.control[name].command({ do: 'tie-breaker', tieBreaker: 'fence' });
    assert.ok(result.ok, result.says);
  }
  await waitFor(
    async () => {
      const all = await Promise.all(memberNames.map((name) => pair.status(name)));
      return all.every((status) => status?.tieBreaker === 'fence');
    },
    { timeoutMs: FENCED_TIMEOUT_MS, message: 'both hosts to have the fence as tie-breaker' },
  );
}

const fenceScenario = (scenario: Pick<Scenario, 'name' | 'play'>): Scenario => ({
  row: FENCE_ROW,
  own: { witness: 'none', agents: 2, tieBreaker: 'manual' },
  prepare: configureFence,
  // A watch in the peer's namespace would be fenced too.
  load: { dutyEveryMs: 0 },
  outageMsMax: null,
  whyNot: whyNoNamespaces,
  ...scenario,
});

export const fenceScenarios: readonly Scenario[] = [
  fenceScenario({
    name: 'two hosts alone with a fence: the master dies, the standby fences it and takes over',
    async play(stage) {
      await stage.fault(() => stage.pair.powerOff(stage.master));
      await stage.expectTakeOver();
      assert.deepEqual(fencedHosts(stage.pair), [`host-${stage.master}`]);
    },
  }),
  fenceScenario({
    name: 'two hosts alone with a fence: the standby dies, the master fences it and goes on',
    async play(stage) {
      await stage.fault(() => stage.pair.powerOff(stage.standby));
      await waitFor(() => fencedHosts(stage.pair).length > 0, {
        timeoutMs: FENCED_TIMEOUT_MS,
        message: 'a fence',
      });
      await stage.load.waitForAck(monotonicMs(), { timeoutMs: FENCED_TIMEOUT_MS });
      assert.deepEqual(fencedHosts(stage.pair), [`host-${stage.standby}`]);
    },
  }),
  fenceScenario({
    name: 'two hosts alone with a fence: cut from each other, exactly one is fenced and one serves',
    async play(stage) {
      const { pair } = stage;
      await stage.fault(() => pair.network.cut('a', 'b'));
      await waitFor(() => fencedHosts(pair).length > 0, { timeoutMs: FENCED_TIMEOUT_MS, message: 'a fence' });
      await stage.load.waitForAck(monotonicMs(), { timeoutMs: FENCED_TIMEOUT_MS });
      assert.equal(fencedHosts(pair).length, 1);
      stage.note(`${fencedHosts(pair).join()} was fenced; the master was host-${stage.master}`);
    },
  }),
];
