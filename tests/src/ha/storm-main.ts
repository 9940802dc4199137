/**
 * One device that has gone mad: the same datagrams to both hosts, as many as one process can send or as it is told, for some seconds.
 *
 * `node storm-main.ts PORT PER_SECOND SECONDS ADDRESS...`; prints how many it sent, to each address. Started by a scenario, in a namespace of
 * its own.
 */
import dgram from 'node:dgram';

const [port = '', perSecond = '', seconds = '', ...addresses] = process.argv.slice(2);
const BATCH = 64;
const rate = Number(perSecond);
const endMs = performance.now() + Number(seconds) * 1000;
const startMs = performance.now();
const line = Buffer.from('<11>1 2026-01-01T00:00:00Z mad-device storm - - - link flaps again and again');
const socket = dgram.createSocket({ type: 'udp4', sendBufferSize: 4 * 1024 * 1024 });
let sent = 0;
let waiting = 0;

// What the kernel does not take is not counted: it never was on the wire.
const onSent = (error: Error | null): void => {
  waiting -= 1;
  if (error === null) sent += 1;
};

function burst(): void {
  const now = performance.now();
  if (now >= endMs) {
    socket.close();
    process.stdout.write(`${JSON.stringify({ sent: Math.round(sent / addresses.length) })}\n`);
    return;
  }
  const due = ((now - startMs) / 1000) * rate;
  for (
    let n = 0;
    n < BATCH && waiting < BATCH * addresses.length && (sent + waiting) / addresses.length < due;
    n += 1
  )
    for (const address of addresses) {
      waiting += 1;
      socket.send(line, Number(port), address, onSent);
    }
  setImmediate(burst);
}

socket.bind(0, burst);
