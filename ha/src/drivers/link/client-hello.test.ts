// Reading what a TLS client offers, from the bytes of real clients and from nonsense.
import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';
import tls from 'node:tls';
import { CLIENT_HELLO_BYTES_MAX, lookAtClientHello } from './client-hello.ts';

/** What Node's own TLS client sends first. */
async function clientHello(protocols: readonly string[]): Promise<Buffer> {
  const first = Promise.withResolvers<Buffer>();
  const server = net.createServer((socket) => {
    socket.once('data', (bytes: Buffer) => {
      first.resolve(bytes);
      socket.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as net.AddressInfo;
  const options = protocols.length === 0 ? {} : { ALPNProtocols: [...protocols] };
  tls.connect({ port, host: '127.0.0.1', ...options }).on('error', () => undefined);
  const bytes = await first.promise;
  server.close();
  return bytes;
}

test('client hello: of a real client: its protocols are read, and no prefix is taken for the whole', async () => {
  const bytes = await clientHello(['nezuban-bulk/1', 'h2']);
  assert.deepEqual(lookAtClientHello(bytes), { is: 'hello', protocols: ['nezuban-bulk/1', 'h2'] });
  for (let length = 0; length < bytes.length; length += 1)
    assert.deepEqual(lookAtClientHello(bytes.subarray(0, length)), { is: 'part' }, `${length} bytes`);
});

test('client hello: without protocols: offers none', async () => {
  assert.deepEqual(lookAtClientHello(await clientHello([])), { is: 'hello', protocols: [] });
});

test('client hello: spread over many records: is read as one', async () => {
  const bytes = await clientHello(['nezuban-duty/1']);
  const message = bytes.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += 37) {
    const part = message.subarray(at, at + 37);
    records.push(Buffer.from([22, 3, 1, 0, part.length]), part);
  }
  assert.deepEqual(lookAtClientHello(Buffer.concat(records)), { is: 'hello', protocols: ['nezuban-duty/1'] });
});

test('client hello: something else: is garbage from its first wrong byte on', () => {
  const garbage = { is: 'garbage' };
  assert.deepEqual(lookAtClientHello(Buffer.from('GET / HTTP/1.1\r\n')), garbage);
  assert.deepEqual(lookAtClientHello(Buffer.from([22, 9])), garbage);
  assert.deepEqual(lookAtClientHello(Buffer.from([22, 3, 1, 0, 0])), garbage, 'an empty record');
  assert.deepEqual(lookAtClientHello(Buffer.from([22, 3, 1, 0, 4, 2, 0, 0, 0])), garbage, 'a server hello');
  assert.deepEqual(lookAtClientHello(Buffer.from([22, 3, 1, 0, 4, 1, 0, 0, 0])), garbage, 'an empty hello');
  assert.deepEqual(
    lookAtClientHello(Buffer.from([22, 3, 1, 0, 4, 1, 255, 255, 255])),
    garbage,
    'a huge hello',
  );
});

test('client hello: any byte of a real one changed: never throws, never grows', async () => {
  const bytes = await clientHello(['nezuban-bulk/1']);
  for (let at = 0; at < bytes.length; at += 1)
    for (const value of [0, 0xff, (bytes[at] ?? 0) ^ 1]) {
      const changed = Buffer.from(bytes);
      changed[at] = value;
      const look = lookAtClientHello(changed);
      assert.ok(['part', 'hello', 'garbage'].includes(look.is));
    }
});

test('client hello: more bytes than one may have: is given up', () => {
  const record = Buffer.concat([Buffer.from([22, 3, 1, 0x40, 0]), Buffer.from([1, 0, 0x3f, 0xff])]);
  const endless = Buffer.concat([record, Buffer.alloc(CLIENT_HELLO_BYTES_MAX)]);
  assert.equal(lookAtClientHello(endless.subarray(0, 1_000)).is, 'part');
  assert.equal(lookAtClientHello(endless).is, 'garbage');
});
