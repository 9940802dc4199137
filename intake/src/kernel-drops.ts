/**
 * Datagrams that the kernel dropped because a socket's buffer was full, before any receiver saw them.
 *
 * Responsible for reading `/proc/net/udp` and `/proc/net/udp6`, for telling our sockets from those of others, and for what is new since the last
 * look. Where there is no such file (other systems) nothing is said. Called by `intake.ts`.
 */
import fs from 'node:fs';

type SocketRow = { readonly inode: string; readonly port: number; readonly drops: number };

export type KernelDrops = {
  /** New drops by port since the last look. */
  readonly look: () => Promise<ReadonlyMap<number, number>>;
};

const FILES = ['/proc/net/udp', '/proc/net/udp6'] as const;
const OWN_FILES = '/proc/self/fd';
/** `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode ref pointer drops` */
const FIELD = { local: 1, inode: 9, drops: 12 } as const;

export function parseUdpTable(text: string): readonly SocketRow[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length > FIELD.drops)
    .map((fields) => ({
      inode: fields[FIELD.inode] ?? '',
      port: Number.parseInt(fields[FIELD.local]?.split(':')[1] ?? '', 16),
      drops: Number(fields[FIELD.drops]),
    }))
    .filter(({ port, drops }) => Number.isInteger(port) && Number.isInteger(drops));
}

export function createKernelDrops(): KernelDrops {
  let seen = new Map<string, number>();

  async function rows(): Promise<readonly SocketRow[]> {
    const texts = await Promise.all(FILES.map((file) => fs.promises.readFile(file, 'utf8').catch(() => '')));
    const own = await ownSockets();
    return texts.flatMap(parseUdpTable).filter(({ inode }) => own.has(inode));
  }

  return {
    async look() {
      const byPort = new Map<number, number>();
      const next = new Map<string, number>();
      for (const { inode, port, drops } of await rows()) {
        next.set(inode, drops);
        const added = drops - (seen.get(inode) ?? 0);
        if (added > 0) byPort.set(port, (byPort.get(port) ?? 0) + added);
      }
      seen = next;
      return byPort;
    },
  };
}

/** Inodes of this process's sockets. */
async function ownSockets(): Promise<ReadonlySet<string>> {
  const names = await fs.promises.readdir(OWN_FILES).catch(() => []);
  const links = await Promise.all(
    names.map((name) => fs.promises.readlink(`${OWN_FILES}/${name}`).catch(() => '')),
  );
  return new Set(
    links.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]).filter((inode) => inode !== undefined),
  );
}
