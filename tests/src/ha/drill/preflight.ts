/**
 * What is looked at before a drill begins, so that it does not fail in the middle: the report's file, room on disk and in memory, ports, and
 * which faults can be played here.
 *
 * Each check gives null, or one sentence: what, where, what would be right. Called by `drill-main.ts` and `scratch-drill.ts`.
 */
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { hostNames, type Network } from '../network.ts';
import { AGENT_PORT, CONSOLE_PORT, memberNames, PAIR_PORT } from '../pair.ts';
import { type DrillFault, type Language, scenarioOf } from './faults.ts';

const MEBIBYTE = 1024 * 1024;
/** Two homes with a database cluster and its write-ahead log, copies of them, logs; twice what was measured. */
const DISK_MEBIBYTES_MIN = 2_000;
/** Two keepers with all their children, two agents, clients. */
const MEMORY_MEBIBYTES_MIN = 1_000;

/** The file is made and removed again, or opened if it is there: what is written into it comes at the end. */
export function whyNoReport(file: string): string | null {
  const before = fs.statSync(file, { throwIfNoEntry: false });
  if (before?.isDirectory() === true)
    return `The report cannot be written to ${file}: it is a folder; name a file in it.`;
  try {
    fs.closeSync(fs.openSync(file, 'a'));
    if (before === undefined) fs.rmSync(file);
    return null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const folder = path.dirname(path.resolve(file));
    const why =
      code === 'ENOENT'
        ? `the folder ${folder} does not exist`
        : code === 'EACCES' || code === 'EPERM'
          ? 'this user may not write there'
          : message;
    return `The report cannot be written to ${file}: ${why}. Name another file with --report.`;
  }
}

export function whyNoRoom(folder: string): string | null {
  const { bavail, bsize } = fs.statfsSync(folder);
  const free = Math.floor((bavail * bsize) / MEBIBYTE);
  if (free < DISK_MEBIBYTES_MIN)
    return `The disk of ${folder} has ${free} MiB free; the drill needs ${DISK_MEBIBYTES_MIN} MiB for its two databases. Make room there.`;
  const memory = availableMebibytes();
  if (memory < MEMORY_MEBIBYTES_MIN)
    return `This machine has ${memory} MiB of memory free; the drill needs ${MEMORY_MEBIBYTES_MIN} MiB for two managers and two agents. End something else first.`;
  return null;
}

/** Of memory, without swapping; plenty where the kernel does not say. */
export function availableMebibytes(): number {
  try {
    const found = /^MemAvailable:\s+(\d+) kB$/m.exec(fs.readFileSync('/proc/meminfo', 'utf8'))?.[1];
    return found === undefined ? Number.POSITIVE_INFINITY : Math.floor(Number(found) / 1024);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Namespaces have all ports to themselves; loopback addresses are shared with whatever listens on every address. */
export async function whyNoPorts(network: Network): Promise<string | null> {
  if (network.kind === 'namespaces') return null;
  for (const name of hostNames.filter((one) => (memberNames as readonly string[]).includes(one)))
    for (const port of [CONSOLE_PORT, AGENT_PORT, PAIR_PORT]) {
      const { address } = network.places[name];
      const code = await tryPort(address, port);
      if (code === 'EADDRINUSE')
        return `${address}:${port} is in use, perhaps by a manager of this machine that listens on every address. As root the drill has a network of its own; else stop what listens there.`;
      if (code !== null) return `The drill cannot listen on ${address}:${port} (${code}); it needs Linux.`;
    }
  return null;
}

async function tryPort(host: string, port: number): Promise<string | null> {
  const server = net.createServer();
  const { promise, resolve } = Promise.withResolvers<string | null>();
  server.once('listening', () => resolve(null));
  server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  server.listen(port, host);
  const code = await promise;
  if (code === null) await new Promise<void>((closed) => server.close(() => closed()));
  return code;
}

/** One sentence in each language if a fault cannot be played on hosts of that kind, or on this machine. */
export function whyNotHere(
  fault: DrillFault,
  kind: Network['kind'],
  memory = availableMebibytes(),
): Readonly<Record<Language, string>> | null {
  if (fault.needsRoot === true && kind === 'loopback')
    return {
      en: 'needs hosts that can be cut off, or small disks: root on Linux',
      ja: '切り離せるホストか小さなディスクが要る（Linux の root）',
    };
  if (fault.needsMebibytes !== undefined && memory < fault.needsMebibytes)
    return {
      en: `needs ${fault.needsMebibytes} MiB of free memory for its small disks; there are ${memory}`,
      ja: `小さなディスクのためにメモリの空き ${fault.needsMebibytes} MiB が要る（今は ${memory} MiB）`,
    };
  const why = kind === 'namespaces' ? (scenarioOf(fault).whyNot?.() ?? null) : null;
  return why === null ? null : { en: why, ja: why };
}
