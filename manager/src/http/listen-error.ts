// Why a port could not be listened on, in one sentence for the person at the terminal. Pure.
// Called by the API server and the agent port; main.ts hands the message to the keeper as fatal.
import type { HostPort } from '@nezuban/protocol/keeper/child-messages';

export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: 'port_taken' | 'port_not_permitted' | 'address_not_here' | 'port_failed';

  constructor(code: ListenError['code'], message: string, options: { readonly cause: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** `what` begins the sentence: "The console's port". */
export const toListenError = (cause: unknown, { host, port }: HostPort, what: string): ListenError => {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  const place = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  switch (code) {
    case 'EADDRINUSE':
      return new ListenError(
        'port_taken',
        `${what} ${place} is taken by another program; end that program or choose another port.`,
        { cause },
      );
    case 'EACCES':
      return new ListenError(
        'port_not_permitted',
        `${what} ${place} may not be used by this user; choose a port above 1023 or run as root.`,
        { cause },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ListenError(
        'address_not_here',
        `${what} ${place} cannot be opened: this host has no such address; choose one of its own.`,
        { cause },
      );
    default:
      return new ListenError(
        'port_failed',
        `${what} ${place} cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}.`,
        { cause },
      );
  }
};
