// A manager for tests of the keeper: connects to PostgreSQL, listens on both ports, writes down what it is told.
// NEZUBAN_STAND_IN names a fault: `crash` (on every start), `deaf` (ignores stop, and hangs when the keeper is gone).
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { connectToKeeper } from '@nezuban/platform/keeper-channel';
import { createLogger } from '@nezuban/platform/logger';
import {
  managerConfigSchema,
  type ManagerConfig,
  type ManagerDuty,
} from '@nezuban/protocol/keeper/child-messages';

const fault = process.env['NEZUBAN_STAND_IN'] ?? '';
const logger = createLogger({ process: 'manager', level: 'info' });
let journal: string | null = null;
let config: ManagerConfig | null = null;
let serves = false;

const channel = connectToKeeper({
  configSchema: managerConfigSchema,
  logger,
  onStart(own) {
    config = own;
    journal = path.join(own.home, 'stand-in-manager.jsonl');
    if (fault === 'crash') throwLater();
  },
  onMessage(message) {
    if (message.type === 'pair-status') return;
    write({ told: message });
    if (message.type === 'duty' && config !== null && !serves) {
      serves = true;
      void start(config, message.duty.role);
    }
  },
  async onStop(order) {
    write({ stop: order });
    if (fault === 'deaf') await blockForever();
  },
  onNotice: (notice) => write({ notice }),
});

async function countStart(own: ManagerConfig): Promise<number> {
  const pool = new pg.Pool({ ...own.database, max: 2 });
  pool.on('error', (error) => logger.warn({ err: error }, 'the database connection broke'));
  await pool.query('CREATE TABLE IF NOT EXISTS start (at timestamptz NOT NULL DEFAULT now())');
  await pool.query('INSERT INTO start DEFAULT VALUES');
  const { rows } = await pool.query<{ starts: number }>('SELECT count(*)::int AS starts FROM start');
  return rows[0]?.starts ?? 0;
}

async function start(own: ManagerConfig, role: ManagerDuty['role']): Promise<void> {
  const starts = role === 'master' ? await countStart(own) : 0;
  const consolePort = await listen(own.listen.host, own.listen.port, '--listen');
  const agentPort = await listen(own.agentListen.host, own.agentListen.port, '--agent-listen');
  if (consolePort === null || agentPort === null) return;
  write({ start: { pid: process.pid, starts, config: own } });
  logger.info({ starts }, 'serving');
  channel.ready({
    consoleUrl: `http://127.0.0.1:${consolePort}/`,
    agentAddress: `127.0.0.1:${agentPort}`,
    ...(starts === 1 ? { adminPassword: 'once-only-password' } : {}),
  });
}

function listen(host: string, port: number, flag: string): Promise<number | null> {
  return new Promise((resolve) => {
    const server = net.createServer((socket) => socket.end());
    server.once('error', (error: NodeJS.ErrnoException) => {
      channel.fatal(
        'port_taken',
        `Cannot listen on ${host}:${port} (${error.code ?? error.message}): choose another address with ${flag}.`,
      );
      resolve(null);
    });
    server.listen(port, host, () => resolve((server.address() as net.AddressInfo).port));
  });
}

function throwLater(): void {
  setImmediate(() => {
    throw new Error('the stand-in was told to crash');
  });
}

function blockForever(): Promise<void> {
  return new Promise(() => undefined);
}

function write(line: object): void {
  if (journal !== null) fs.appendFileSync(journal, `${JSON.stringify(line)}\n`);
}
