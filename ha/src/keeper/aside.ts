// The mark of a standby that stepped aside for its own stop: `HOME/keeper/aside`.
// Responsible for one thing: the maintenance that such a host asked for ends with its next start, while one that an operator wanted lasts.
// Called by the keeper.
import fs from 'node:fs';
import path from 'node:path';

export async function markAside(directory: string): Promise<void> {
  await fs.promises.writeFile(fileIn(directory), '', { mode: 0o600, flush: true });
}

export function isAside(directory: string): boolean {
  return fs.existsSync(fileIn(directory));
}

export function clearAside(directory: string): void {
  fs.rmSync(fileIn(directory), { force: true });
}

function fileIn(directory: string): string {
  return path.join(directory, 'aside');
}
