// `HOST:PORT` of a manager, as people write it. Pure.

export type ManagerAddress = { readonly host: string; readonly port: number };

/** Name in every manager's server certificate: agents check this one, so that any address, tunnel or floating address works. */
export const managerServerName = 'nezuban-manager';

/** Throws a sentence if it is not `HOST:PORT`, `[IPv6]:PORT` included. */
export function parseManagerAddress(text: string): ManagerAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]/\s]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || port < 1 || port > 65_535)
    throw new Error(
      `"${text}" is not the address of a manager: write HOST:PORT, such as manager.example.com:7381`,
    );
  return { host, port };
}
