// What does a storm of one UDP sender cost its neighbours, by how many sockets share the port? A receiver of 30 µs a message, one sender as fast as
// it can, 16 others at 200 messages a second each. The kernel gives each sender to one of the sockets.
// Run: node benchmarks/src/udp-neighbours.ts
import { fork } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

const PORT = 18_361;
const HOST = '127.0.0.1';
const STORM_MS = 5_000;
const DRAIN_MS = 4_000;
const NEIGHBOURS = 16;
const MESSAGE_MS = 0.03;
const STORM_BYTE = 0x73;
const [role, count] = process.argv.slice(2);

async function receive(sockets: number): Promise<void> {
  const seen: Record<string, number> = {};
  for (let i = 0; i < sockets; i += 1) {
    const socket = dgram.createSocket({ type: 'udp4', reusePort: true, recvBufferSize: 16 * 1024 * 1024 });
    socket.bind({ port: PORT, address: HOST, exclusive: true });
    await once(socket, 'listening');
    socket.on('message', (message) => {
      const untilMs = performance.now() + MESSAGE_MS;
      while (performance.now() < untilMs);
      const from = message[0] === STORM_BYTE ? 'storm' : message.toString();
      seen[from] = (seen[from] ?? 0) + 1;
    });
  }
  process.send?.('ready');
  await once(process, 'message');
  process.send?.(seen, () => process.exit(0));
}

async function storm(): Promise<void> {
  const socket = dgram.createSocket('udp4');
  const message = Buffer.alloc(150, STORM_BYTE);
  const untilMs = performance.now() + STORM_MS;
  let sent = 0;
  while (performance.now() < untilMs) {
    for (let i = 0; i < 200; i += 1, sent += 1) socket.send(message, PORT, HOST, () => undefined);
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.close();
  process.send?.(sent, () => process.exit(0));
}

async function measure(sockets: number): Promise<void> {
  const receiver = fork(import.meta.filename, ['receive', String(sockets)]);
  await once(receiver, 'message');
  const stormer = fork(import.meta.filename, ['storm']);
  const neighbours = Array.from({ length: NEIGHBOURS }, () => dgram.createSocket('udp4'));
  let sent = 0;
  const timer = setInterval(() => {
    for (const [index, socket] of neighbours.entries()) socket.send(`n${index}`, PORT, HOST);
    sent += 1;
  }, 5);
  const [stormed] = (await once(stormer, 'message')) as [number];
  clearInterval(timer);
  await delay(DRAIN_MS);
  receiver.send('end');
  const [seen] = (await once(receiver, 'message')) as [Record<string, number>];
  for (const socket of neighbours) socket.close();
  const heard = neighbours.map((_, index) => seen[`n${index}`] ?? 0);
  const share = (100 * heard.reduce((sum, one) => sum + one, 0)) / (sent * NEIGHBOURS);
  const whole = heard.filter((one) => one === sent).length;
  console.log(
    `${sockets} sockets: storm ${seen['storm'] ?? 0} of ${stormed} heard; of the neighbours ${share.toFixed(1)} %, ${whole} of ${NEIGHBOURS} without a loss`,
  );
}

if (role === 'receive') await receive(Number(count));
else if (role === 'storm') await storm();
else for (const sockets of [1, 4, 16]) await measure(sockets);
