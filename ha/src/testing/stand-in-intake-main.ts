// An intake for tests of the keeper: hears nothing, says that it is well, writes down its start and its stop.
// NEZUBAN_STAND_IN_INTAKE names a fault: `crash` (on every start).
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { connectToKeeper } from '@nezuban/platform/keeper-channel';
import { createLogger } from '@nezuban/platform/logger';
import { encodeControl } from '@nezuban/protocol/intake/frame-codec';
import type { IntakeStatus } from '@nezuban/protocol/intake/hand-over';
import { intakeConfigSchema } from '@nezuban/protocol/keeper/child-messages';

const STATUS: IntakeStatus = {
  journalId: 'stand-in',
  firstSeq: 1,
  nextSeq: 1,
  processedSeq: 0,
  journalBytes: 0,
  journalBytesMax: 1,
  refusedFull: 0,
  summarised: 0,
  ordersRevision: 0,
  receivers: [],
  sources: [],
};

let home: string | null = null;

function note(line: object): void {
  if (home !== null) fs.appendFileSync(path.join(home, 'stand-in-intake.jsonl'), `${JSON.stringify(line)}\n`);
}

const channel = connectToKeeper({
  configSchema: intakeConfigSchema,
  logger: createLogger({ process: 'intake', level: 'info' }),
  onStart(config) {
    home = config.home;
    if (process.env['NEZUBAN_STAND_IN_INTAKE'] === 'crash') process.exit(7);
    note({ start: { pid: process.pid, config } });
    fs.rmSync(config.socketPath, { force: true });
    net
      .createServer((socket) => {
        socket.on('error', () => undefined);
        // Whoever asks, asks how it is.
        socket.once('data', () => socket.write(encodeControl({ type: 'status', status: STATUS })));
      })
      .listen(config.socketPath);
    channel.ready();
  },
  onStop: (order) => note({ stop: order }),
});
