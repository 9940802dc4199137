/**
 * What a report says about where it was made: machine and release. Called by both drills.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { repositoryRoot } from '../../acceptance/product.ts';

export function describeMachine(): string {
  const cpus = os.cpus();
  const model = cpus[0]?.model.trim().replaceAll(/\s+/g, ' ');
  const memory = (os.totalmem() / 1024 ** 3).toFixed(0);
  return `${os.hostname()}, ${os.type()} ${os.release()}, ${cpus.length} × ${model === '' || model === undefined ? os.arch() : model}, ${memory} GiB`;
}

/** Of this checkout. */
export function ownRelease(): string {
  const text = fs.readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
