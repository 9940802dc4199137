// How full the disks are on which a home lies.
// Responsible for one answer for each file system: where PostgreSQL's folder is a mount of its own, both are told. Called by the self-watch.
import { stat, statfs } from 'node:fs/promises';
import path from 'node:path';

export type DiskUsage = {
  /** `home` or `database`. */
  readonly name: string;
  readonly folder: string;
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Null: this file system does not count them. */
  readonly freeInodesPercent: number | null;
};

const PERCENT = 100;

export const readDisks = async (home: string): Promise<readonly DiskUsage[]> => {
  const places = [
    { name: 'home', folder: home },
    { name: 'database', folder: path.join(home, 'postgres') },
  ];
  const seen = new Set<number>();
  const disks: DiskUsage[] = [];
  for (const { name, folder } of places) {
    const device = await deviceOf(folder);
    if (device === null || seen.has(device)) continue;
    seen.add(device);
    const { bsize, bavail, blocks, files, ffree } = await statfs(folder);
    disks.push({
      name,
      folder,
      freeBytes: bavail * bsize,
      totalBytes: blocks * bsize,
      freeInodesPercent: files === 0 ? null : (ffree / files) * PERCENT,
    });
  }
  return disks;
};

const deviceOf = async (folder: string): Promise<number | null> => {
  try {
    return (await stat(folder)).dev;
  } catch {
    // Not there, or not ours to look at (PostgreSQL's own user): the home's disk speaks for it.
    return null;
  }
};
