// Tests of the kernel's drop counts: the table as Linux writes it, and a real socket that is not read while it overflows.
import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import fs from 'node:fs';
import { once } from 'node:events';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { createKernelDrops, parseUdpTable } from './kernel-drops.ts';

test('kernel drops: the table of Linux: inode, port and count of each socket', () => {
  const text = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 1063: 0100007F:158A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 123456 2 0000000000000000 42
 1064: 00000000000000000000000001000000:00A2 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 9 2 0000000000000000 0
 cut
`;
  assert.deepEqual(parseUdpTable(text), [
    { inode: '123456', port: 5514, drops: 42 },
    { inode: '9', port: 162, drops: 0 },
  ]);
});

const whyNot = fs.existsSync('/proc/net/udp') ? false : 'only Linux has this table';

test(
  'kernel drops: a socket overflows while nobody reads: what was dropped is told once',
  { skip: whyNot },
  async () => {
    const socket = dgram.createSocket({ type: 'udp4', recvBufferSize: 4_096 });
    try {
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
      const { port } = socket.address();
      const drops = createKernelDrops();
      await drops.look();
      let heard = 0;
      socket.on('message', () => (heard += 1));
      // This process stands still meanwhile, so nothing is read.
      const sender = `const s=require('dgram').createSocket('udp4');let n=500;const go=()=>n-->0?s.send('x'.repeat(500),${port},'127.0.0.1',go):s.close();go()`;
      assert.equal(spawnSync(process.execPath, ['-e', sender]).status, 0);
      const dropped = (await drops.look()).get(port) ?? 0;
      assert.ok(dropped > 300, `${dropped}`);
      assert.equal((await drops.look()).get(port), undefined);
      assert.ok(heard + dropped <= 500);
    } finally {
      socket.close();
    }
  },
);
