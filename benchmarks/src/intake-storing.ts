// How fast the manager turns what lies in the journals into traps and events: parsing, judging, pairing, COPY and commit, without the network.
//
//   node benchmarks/src/intake-storing.ts [records] [single|pair]
//
// One question apart from `intake.ts`, which measures the whole way from the datagram on.
import { readFileSync } from 'node:fs';
import { startTrapsBench } from '@nezuban/manager/testing/traps-bench';

const records = Number(process.argv[2] ?? 200_000);
const isPair = process.argv[3] === 'pair';
const LINES = 4_096;

const bench = await startTrapsBench();
try {
  for (let n = 0; n < records; n += 1) {
    const line = `<${n % 184}>Nov 26 13:00:${String(n % 60).padStart(2, '0')} host-${n % 50} app[${n % LINES}]: message ${n} of the load, which is about as long as lines of devices are, says nothing`;
    const options = { address: `192.0.2.${n % 50}`, atMs: Date.now() };
    bench.own.hear(line, options);
    if (isPair) bench.peer.hear(line, options);
  }
  const from = performance.now();
  const cpu = process.cpuUsage();
  const processing = bench.process({ single: !isPair, recordsMax: 4_096 });
  while (bench.own.processed() < records || (isPair && bench.peer.processed() < records))
    await new Promise((resolve) => setTimeout(resolve, 20));
  const seconds = (performance.now() - from) / 1_000;
  const backends = await bench.database.query<{ pid: number }>({
    text: `SELECT pid FROM pg_stat_activity WHERE application_name = 'traps'`,
  });
  const server = backends.map(({ pid }) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  });
  const used = process.cpuUsage(cpu);
  const stats = processing.loop.stats();
  const [stored] = await bench.database.query<{ traps: number; events: number }>({
    text: `SELECT (SELECT count(*) FROM trap) AS traps, (SELECT count(*) FROM event WHERE code = 'trap_received') AS events`,
  });
  console.log({
    mode: isPair ? 'pair' : 'single',
    perSecond: Math.round(records / seconds),
    seconds,
    cpuOfThisProcess: (used.user + used.system) / 1e6,
    cpuOfServer: server.reduce((sum, one) => sum + one, 0),
    commits: stats.commits,
    copies: stats.copies,
    stored,
  });
  await processing.stop();
} finally {
  await bench.stop();
}
