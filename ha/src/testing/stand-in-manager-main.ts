// A manager for tests of the keeper: connects to PostgreSQL, listens on both ports, writes down what it is told.
// NEZUBAN_STAND_IN names a fault: `crash` (on every start), `deaf` (ignores stop, and hangs when the keeper is gone).
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { connectToKeeper } from '@nezuban/platform/keeper-channel';
import { createLogger } from '@nezuban/platform/logger';
import { managerConfigSchema, type ManagerConfig } from '@nezuban/protocol/keeper/child-messages';

const fault = process.env['NEZUBAN_STAND_IN'] ?? '';
const logger = createLogger({ process: 'manager', level: 'info' });
let journal: string | null = null;

const channel = connectToKeeper({
  configSchema: managerConfigSchema,
  logger,
  onStart: start,
  async onStop(order) {
    write({ stop: order });
    if (fault === 'deaf') await blockForever();
  },
  onNotice: (notice) => write({ notice }),
});

async function start(config: ManagerConfig): Promise<void> {
  journal = path.join(config.home, 'stand-in-manager.jsonl');
  if (fault === 'crash') throwLater();
  const pool = new pg.Pool({ ...config.database, max: 2 });
  pool.on('error', (error) => logger.warn({ err: error }, 'the database connection broke'));
  await pool.query('CREATE TABLE IF NOT EXISTS start (at timestamptz NOT NULL DEFAULT now())');
  await pool.query('INSERT INTO start DEFAULT VALUES');
  const { rows } = await pool.query<{ starts: number }>('SELECT count(*)::int AS starts FROM start');
  const consolePort = await listen(config.listen.host, config.listen.port, '--listen');
  const agentPort = await listen(config.agentListen.host, config.agentListen.port, '--agent-listen');
  if (consolePort === null || agentPort === null) return;
  const starts = rows[0]?.starts ?? 0;
  write({ start: { pid: process.pid, starts, config } });
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
