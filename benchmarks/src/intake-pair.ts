/**
 * The same question as `intake.ts` for a pair on one machine: devices send every line to both hosts, both journal it, the master pairs the
 * copies and stores one, and its commits wait for the standby. Two of everything share the cores.
 *
 *   npm run bench:intake-pair -- --seconds 60 --rates 5000,10000,15000,20000
 *
 * Needs root: the hosts are network namespaces.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runDirectoryOf } from '@nezuban/platform/home';
import { operations } from '@nezuban/protocol/api/operations';
import { databasePlace } from '@nezuban/protocol/keeper/database-place';
import { createNetnsNetwork, whyNoNamespaces } from '@nezuban/tests/ha/netns-network';
import { createPair } from '@nezuban/tests/ha/pair';
import { prepareTraps, SYSLOG_PORT } from '@nezuban/tests/ha/trap-setup';
import { waitFor } from '@nezuban/tests/support/wait-for';
import pg from 'pg';
import { createLoad } from './intake/load.ts';
import { MONITOR, storeOf } from './intake/own-store.ts';
import { findHighest } from './intake/trial.ts';
import { printRow } from './statistics.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    try: { type: 'string', default: '10' },
    rates: { type: 'string', default: '4000,7000,10000,14000,18000,23000' },
  },
});
const why = whyNoNamespaces();
if (why !== null) throw new Error(`A pair on one machine needs network namespaces: ${why}`);
const network = createNetnsNetwork();
const pair = await createPair({
  network,
  witness: 'agent',
  agents: 1,
  say: (line) => console.log(`  ${line}`),
});
try {
  const master = await pair.waitRedundant();
  await prepareTraps(pair);
  await pair.api.call(operations.applyDefinitions, { body: MONITOR });
  const database = new pg.Client({
    host: path.join(
      runDirectoryOf(pair.hosts[master].home, process.getuid?.() ?? 0),
      databasePlace.socketFolder,
    ),
    port: databasePlace.port,
    user: databasePlace.role,
    database: databasePlace.name,
  });
  await database.connect();
  await waitFor(
    async () => {
      const { intakes } = await pair.api.call(operations.getIntake);
      return intakes.length === 2 && intakes.every(({ connected }) => connected);
    },
    { timeoutMs: 60_000, message: 'both intakes to be read' },
  );
  const load = await createLoad((command) => network.places.c.enter(command));
  const targets = (['a', 'b'] as const).map((name) => `${network.places[name].address}:${SYSLOG_PORT}`);
  const found = await findHighest(storeOf(database, 'Nezuban pair', targets), load, {
    rates: values.rates.split(',').map(Number),
    trySeconds: Number(values.try),
    fullSeconds: Number(values.seconds),
  });
  const { processing } = await pair.api.call(operations.getIntake);
  console.log(
    `  copies met ${processing.copies}, perhaps repeats ${processing.perhapsRepeats}, left unpaired ${processing.unpaired}`,
  );
  printRow(
    `syslog/UDP to both hosts of a pair on one machine, journaled on both, stored once, ${values.seconds} s, 0 lost, 0 doubled, per s`,
    found === null ? 'none of the rates' : String(found.rate),
  );
  await database.end();
} finally {
  await pair.stop();
  network.remove();
}
