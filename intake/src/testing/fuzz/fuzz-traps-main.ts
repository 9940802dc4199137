/**
 * `npm run fuzz:traps -- --protocol syslog|custom|snmp --count 1000000 --seed N [--port P]`
 *
 * Responsible for the command line; `fuzz-run.ts` says what must hold. Prints the seed first: the same seed gives the same messages.
 */
import { parseArgs } from 'node:util';
import { fuzzProtocols } from './fuzz-protocols.ts';
import { fuzzTraps } from './fuzz-run.ts';

const { values } = parseArgs({
  options: {
    protocol: { type: 'string', default: 'syslog' },
    count: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 32) },
    port: { type: 'string', default: '18390' },
  },
});
const protocol = fuzzProtocols.find(({ name }) => name === values.protocol);
if (protocol === undefined) {
  const known = fuzzProtocols.map(({ name }) => name).join(', ');
  console.error(`--protocol must be one of ${known}; "${values.protocol}" is not.`);
  process.exit(2);
}
const [count, seed, port] = [Number(values.count), Number(values.seed), Number(values.port)];
console.log(`protocol ${protocol.name}, ${count} messages, seed ${seed}`);
const startMs = performance.now();
const result = await fuzzTraps(protocol, { count, seed, port });
const seconds = (performance.now() - startMs) / 1000;
console.log(
  [
    `${result.sent} messages (${(result.bytes / 1e6).toFixed(0)} MB) in ${seconds.toFixed(0)} s through parser and ${protocol.transport} receiver`,
    `${result.neighbours} good neighbours, all arrived once; ${result.malformed} malformed; no crash`,
    `parser: ${Math.round((result.sent / result.parseMs) * 1000)} messages/s, slowest message ${result.slowestParseMs.toFixed(1)} ms`,
  ].join('\n'),
);
