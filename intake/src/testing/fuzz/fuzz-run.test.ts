// A smoke run of the fuzzer for each protocol; the long one is `npm run fuzz:traps`.
import assert from 'node:assert/strict';
import test from 'node:test';
import { fuzzProtocols } from './fuzz-protocols.ts';
import { createFuzzRandom, fuzzBytes } from './fuzz-random.ts';
import { fuzzTraps } from './fuzz-run.ts';

const COUNT = 3_000;
const SEED = 20_240_102;
const PORT = 18_391;

for (const protocol of fuzzProtocols) {
  test(`fuzz: ${protocol.name}: random and mutated messages: no crash, and every good neighbour arrives`, async () => {
    const result = await fuzzTraps(protocol, { count: COUNT, seed: SEED, port: PORT });
    assert.equal(result.sent, COUNT);
    assert.ok(result.malformed > 0 && result.neighbours > 0);
  });
}

test('fuzz: the same seed: the same bytes', () => {
  const [protocol] = fuzzProtocols;
  const run = (): string => {
    const random = createFuzzRandom(SEED);
    return Array.from({ length: 100 }, () => fuzzBytes(random, protocol!.shape).toString('hex')).join();
  };
  assert.equal(run(), run());
});
