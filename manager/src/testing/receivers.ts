// Receivers of notifications for tests: a webhook and a mail server, real sockets, which do what a test tells them.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export type HookRequest = {
  readonly headers: http.IncomingHttpHeaders;
  readonly body: {
    readonly delivery: string;
    readonly repeat: boolean;
    readonly test: boolean;
    readonly event: { readonly message: string };
    readonly events: readonly { readonly message: string }[];
    readonly more: number;
    readonly recovered: boolean;
    readonly escalation: { readonly chain: string; readonly step: number } | null;
  };
};
/** A status to answer with, with headers if need be; `die`: the request is read, then the connection is cut; `hang`: no answer. */
export type HookBehaviour =
  | number
  | { readonly status: number; readonly headers: Readonly<Record<string, string>> }
  | 'die'
  | 'hang';

export const startHook = async (behaviour: (count: number) => HookBehaviour) => {
  const requests: HookRequest[] = [];
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      requests.push({
        headers: request.headers,
        body: JSON.parse(Buffer.concat(parts).toString('utf8')) as HookRequest['body'],
      });
      const what = behaviour(requests.length);
      if (what === 'die') request.socket.destroy();
      else if (typeof what === 'object') response.writeHead(what.status, { ...what.headers }).end('wait');
      else if (what !== 'hang')
        response
          .writeHead(what, what >= 300 && what < 400 ? { location: '/elsewhere' } : {})
          .end('thank you');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    requests,
    stop: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};

export type Mail = { readonly from: string; readonly to: readonly string[]; readonly raw: string };

/** `refuse`: answers 554 to the message; `die`: takes the message, then the connection is cut; `user`: demands that sign-in. */
export const startMailServer = async (
  options: {
    readonly behaviour?: (count: number) => 'accept' | 'refuse' | 'die';
    readonly user?: { readonly name: string; readonly password: string };
    readonly badRecipients?: readonly string[];
  } = {},
) => {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    disabledCommands: options.user === undefined ? ['STARTTLS', 'AUTH'] : ['STARTTLS'],
    allowInsecureAuth: true,
    authOptional: options.user === undefined,
    logger: false,
    onAuth: ({ username, password }, _session, callback) =>
      username === options.user?.name && password === options.user?.password
        ? callback(null, { user: username })
        : callback(new Error('Invalid user name or password')),
    onRcptTo: ({ address }, _session, callback) =>
      callback(options.badRecipients?.includes(address) === true ? new Error('No such mailbox') : null),
    onData: (stream, session, callback) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(parts).toString('utf8'),
        });
        const what = options.behaviour?.(mails.length) ?? 'accept';
        if (what === 'accept') callback(null);
        else if (what === 'refuse')
          callback(Object.assign(new Error('The mailbox is full'), { responseCode: 554 }));
        else for (const connection of connectionsOf(server)) connection.close();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
};

/** The library keeps its open connections in a set that its types do not name. */
const connectionsOf = (server: SMTPServer): Iterable<{ close: () => void }> =>
  (server as unknown as { connections: Set<{ close: () => void }> }).connections;
