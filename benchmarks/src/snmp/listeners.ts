/**
 * Who is compared: the intake as the keeper starts it, alone, into its durable journal; and snmptrapd of Debian's package, into a file.
 *
 * Responsible for starting and stopping them and for how many traps of a run they have kept, each number counted once. Called by `../snmp.ts`.
 */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { createFrameReader, encodeControl } from '@nezuban/protocol/intake/frame-codec';
import { HAND_OVER_VERSION } from '@nezuban/protocol/intake/hand-over';
import { intakeSettingsSchema } from '@nezuban/protocol/intake/orders';
import { decodeRecords } from '@nezuban/protocol/intake/record-codec';
import { termSchema } from '@nezuban/protocol/ids';
import { waitFor } from '@nezuban/tests/support/wait-for';

export type Listener = {
  readonly name: string;
  readonly port: number;
  /** Kept since it was started, about; cheap. */
  readonly kept: () => number;
  /** Different ones among those of the run `mark`, exactly. */
  readonly count: (mark: string) => number;
  readonly stop: () => Promise<void>;
};

const INTAKE = path.join(import.meta.dirname, '../../../intake/src/main.ts');
const SNMPTRAPD = '/usr/sbin/snmptrapd';
export const hasSnmptrapd = (): boolean => fs.existsSync(SNMPTRAPD);
const WINDOW_BYTES = 4_000_000;
const NUMBER_CHARS = 8;

export async function startIntake(home: string, port: number): Promise<Listener> {
  const off = { enabled: false };
  const settings = intakeSettingsSchema.parse({
    syslog_udp: off,
    syslog_tcp: off,
    http: off,
    snmp: { enabled: true, port },
    source_per_second_max: 1_000_000,
  });
  fs.mkdirSync(path.join(home, 'intake'), { mode: 0o700, recursive: true });
  fs.writeFileSync(
    path.join(home, 'intake/orders.json'),
    JSON.stringify({ revision: 1, settings, snmpUsers: [], httpTokenHashes: [], tls: null }),
  );
  const socketPath = path.join(home, 'intake.sock');
  const child = fork(INTAKE, ['--keeper'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  let ready = false;
  child.on('message', (message: { type?: string }) => {
    if (message.type === 'ready') ready = true;
  });
  child.send({
    type: 'start',
    config: { home, socketPath, hostName: 'bench', tls: null, logLevel: 'error' },
  });
  await waitFor(() => ready, { timeoutMs: 20_000, message: 'the intake to listen' });
  const reader = await connectReader(socketPath);
  return {
    name: 'Nezuban',
    port,
    kept: reader.kept,
    count: reader.count,
    async stop() {
      reader.close();
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

/** Reads what is durable, as a manager does; keeps the numbers. */
async function connectReader(socketPath: string) {
  const socket = net.connect(socketPath);
  await once(socket, 'connect');
  const frames = createFrameReader();
  const seen = new Set<string>();
  let kept = 0;
  const say = (message: Parameters<typeof encodeControl>[0]): void =>
    void socket.write(encodeControl(message));
  socket.on('data', (chunk: Buffer) => {
    for (const frame of frames.push(chunk)) {
      if (frame.type === 'control') continue;
      for (const record of decodeRecords(frame.bytes, null)) {
        if (record.protocol !== 'snmp') continue;
        kept += 1;
        seen.add(markIn(Buffer.from(record.payload).toString('latin1')) ?? '');
      }
      say({ type: 'more', bytes: frame.bytes.length });
    }
  });
  say({ type: 'hello', version: HAND_OVER_VERSION, term: termSchema.parse(1) });
  say({ type: 'read', fromSeq: 1, windowBytes: WINDOW_BYTES });
  return {
    kept: () => kept,
    count: (mark: string) => countOf(seen, mark),
    close: () => socket.destroy(),
  };
}

/** `run-0000002a`: the mark of the run, and the number. */
const markIn = (text: string): string | null => /run\d+-[0-9a-f]{8}/.exec(text)?.[0] ?? null;

const countOf = (seen: ReadonlySet<string>, mark: string): number => {
  let count = 0;
  for (const one of seen)
    if (one.length === mark.length + 1 + NUMBER_CHARS && one.startsWith(`${mark}-`)) count += 1;
  return count;
};

export async function startSnmptrapd(home: string, port: number): Promise<Listener> {
  const log = path.join(home, 'traps.log');
  fs.writeFileSync(log, '');
  const configuration = path.join(home, 'snmptrapd.conf');
  // As much of the kernel's buffer as the intake asks for; one line a trap.
  fs.writeFileSync(
    configuration,
    'disableAuthorization yes\n[snmp] serverRecvBuf 16777216\n[snmptrapd]\nformat2 %b %v\\n\n',
  );
  const child: ChildProcess = spawn(
    SNMPTRAPD,
    [
      '-f', '-n', '-On', '-C', '-m', '', '-Lf', log,
      '-c', configuration, '-p', path.join(home, 'pid'), `udp:127.0.0.1:${port}`,
    ], // prettier-ignore
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        SNMPCONFPATH: home,
        SNMP_PERSISTENT_DIR: path.join(home, 'persistent'),
        MIBS: '',
      },
    },
  );
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  await waitFor(() => fs.readFileSync('/proc/net/udp', 'utf8').includes(`:${hexPort} `), {
    timeoutMs: 15_000,
    message: 'snmptrapd to listen',
  });
  return {
    name: 'snmptrapd',
    port,
    // Bytes stand for traps: they only tell whether more has come.
    kept: () => fs.statSync(log).size,
    count(mark) {
      const seen = new Set<string>();
      for (const line of fs.readFileSync(log, 'utf8').split('\n')) {
        const found = markIn(line);
        if (found !== null) seen.add(found);
      }
      return countOf(seen, mark);
    },
    async stop() {
      if (child.exitCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}
