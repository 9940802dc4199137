// `nezuban admin renew-certificate`: a new server certificate now, instead of at two thirds of its life.
// The manager finds its file gone and makes another one within seconds, without a restart; agents and the command line trust the CA and
// notice nothing. Called by admin/commands.ts.
import { X509Certificate } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readIfExists } from '../../files/private-file.ts';
import type { Host } from '../host.ts';

/** The manager looks every few seconds; the rest is for a busy host. */
const WAIT_MAX_MS = 75_000;
const POLL_MS = 500;

/** When the new certificate ends; null: it is made at the next start of the manager, which does not run. */
export const renewCertificate = async (host: Host): Promise<Date | null> => {
  const file = path.join(host.home, 'manager', 'ca', 'server.json');
  await rm(file, { force: true });
  if ((await host.keeper.status()) === null) return null;
  const deadline = performance.now() + WAIT_MAX_MS;
  while (performance.now() < deadline) {
    const text = await readIfExists(file);
    if (text !== null) {
      const { certificate } = JSON.parse(text) as { certificate: string };
      return new X509Certificate(certificate).validToDate;
    }
    await delay(POLL_MS);
  }
  return null;
};
