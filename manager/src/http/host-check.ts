// Whether a request is meant for this server, by its Host header. Pure.
// On loopback a page of another site could otherwise reach the API by pointing its own name at 127.0.0.1 (DNS rebinding).

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

/** `allowed`: further names under which a loopback server is reached, such as by a proxy on the same host. */
export const isHostAllowed = (header: string | undefined, allowed: ReadonlySet<string>): boolean => {
  if (header === undefined) return false;
  const name = header.toLowerCase().replace(/:\d{1,5}$/, '');
  return LOOPBACK_NAMES.has(name) || /^127(\.\d{1,3}){3}$/.test(name) || allowed.has(name);
};
