// The names by which this manager is reached, for its certificate. Pure.
import net from 'node:net';
import type { ServerNames } from './authority.ts';

/** Agents check this one, whatever address or tunnel they come by. */
export const managerServerName = 'nezuban-manager';

/** `hosts`: own host name, listen and advertised hosts; wild card addresses are no names. */
export const serverNames = (hosts: readonly string[]): ServerNames => {
  const dns = new Set([managerServerName, 'localhost']);
  const ip = new Set(['127.0.0.1', '::1']);
  for (const host of hosts) {
    if (host === '0.0.0.0' || host === '::' || host === '') continue;
    if (net.isIP(host) !== 0) ip.add(host);
    // A name that no certificate can carry, such as one with an underscore, is left out: it could not be checked either.
    else if (/^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/.test(host))
      dns.add(host.toLowerCase());
  }
  return { dns: [...dns], ip: [...ip] };
};
