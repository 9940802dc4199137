// Stands in for `nezuban witness` in the agent's tests: joins with any token but "bad-token", keeps an identity, ends with its life line.
// Each start is a line in `starts` beside its home.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    home: { type: 'string' },
    join: { type: 'string' },
    token: { type: 'string' },
    'life-line': { type: 'boolean' },
  },
});
const home = values.home ?? '';
const identity = path.join(home, 'keeper', 'pair.json');
const beside = path.dirname(home);
fs.appendFileSync(
  path.join(beside, 'starts'),
  `${JSON.stringify({ pid: process.pid, join: values.join ?? null, token: values.token ?? null })}\n`,
);

function fail(says: string): never {
  fs.writeSync(2, `${says}\n`);
  process.exit(1);
}

if (values.token === 'bad-token') fail('the token has been used');
if (values.token !== undefined) {
  fs.mkdirSync(path.dirname(identity), { recursive: true });
  fs.writeFileSync(identity, '{}');
}
if (!fs.existsSync(identity)) fail('not one of a pair');
if (values['life-line'] === true) {
  process.stdin.resume();
  process.stdin.on('end', () => process.exit(0));
}
