import { createPairBench } from './pair-bench.ts';
import pg from 'pg';
const bench = await createPairBench();
const a = await bench.start('a');
await a.beMaster(1);
await bench.share();
const client = new pg.Client(bench.database.config);
await client.connect();
await client.query('UPDATE app_user SET must_change_password = false');
await client.end();
for (let i = 0; i < Number(process.argv[2] ?? 3); i += 1) {
  const b = await bench.start(i % 2 === 0 ? 'b' : 'a');
  await b.standBy('alpha');
  if (i === 0) await a.stop();
  await new Promise((r) => setTimeout(r, 1500));
  const t = performance.now();
  await b.beMaster(2 + i);
  console.log(Math.round(performance.now() - t), JSON.stringify(b.manager.phases()));
  await b.stop();
}
await bench.stop();
