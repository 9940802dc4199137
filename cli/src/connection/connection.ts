// Which manager to talk to, and as whom. Pure: files are read by connection-files.ts.
// The first that names an address wins: options, environment, the home named by --home or NEZUBAN_HOME, `nezuban login`, the local
// manager's own home. A token is only ever sent to the address that it was stored for, or that was named together with it.
import { exitCodes } from '../exit-codes.ts';
import { Failure, usageFailure } from '../failure.ts';

/** Form of `cli.json`: written by the manager at each start into its home, and by `nezuban login` into the user's configuration. */
export type StoredConnection = {
  readonly url: string;
  readonly token: string;
  /** PEM text, or the path of a PEM file. */
  readonly ca?: string;
  readonly user?: string;
  readonly tokenId?: number;
};

export type Connection = {
  readonly url: URL;
  readonly token: string | undefined;
  /** PEM text, or a path. */
  readonly ca: string | undefined;
  /** Where the address came from, for messages. */
  readonly source: string;
  /** The token as its file holds it now, for the same address; undefined: there is none. Only where the token came from a file. */
  readonly rereadToken?: () => Promise<string | undefined>;
};

export type ConnectionInput = {
  readonly options: {
    readonly url?: string | undefined;
    readonly token?: string | undefined;
    readonly ca?: string | undefined;
  };
  readonly env: { readonly url?: string | undefined; readonly token?: string | undefined };
  /** In the order in which they are asked. */
  readonly stored: readonly { readonly source: string; readonly connection: StoredConnection }[];
};

/** Chooses address and token. */
export const chooseConnection = (input: ConnectionInput): Connection => {
  const token = input.options.token ?? input.env.token;
  const named = input.options.url ?? input.env.url;
  if (named !== undefined) {
    const source = input.options.url === undefined ? 'NEZUBAN_URL' : '--url';
    const url = parseUrl(named, source);
    const match = input.stored.find(({ connection }) => sameServer(connection.url, url));
    return finish({
      url,
      source,
      token: token ?? match?.connection.token,
      ca: input.options.ca ?? match?.connection.ca,
    });
  }
  const first = input.stored[0];
  if (first === undefined) throw noManager();
  const { connection, source } = first;
  return finish({
    url: parseUrl(connection.url, source),
    source,
    token: token ?? connection.token,
    ca: input.options.ca ?? connection.ca,
  });
};

/** Parses the address of a manager, as typed. */
export const parseUrl = (text: string, source: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    url === undefined ||
    (url.protocol !== 'http:' && url.protocol !== 'https:') ||
    url.username !== '' ||
    url.search !== ''
  ) {
    throw usageFailure(
      `"${text}" (${source}) is not the address of a manager; write one such as https://manager.example:7380.`,
      'connection',
    );
  }
  return url;
};

const sameServer = (stored: string, url: URL): boolean =>
  URL.canParse(stored) && new URL(stored).origin === url.origin;

/** Whether the address is this computer itself. */
export const isLoopback = (url: URL): boolean =>
  url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d+){3}$/.test(url.hostname);

const finish = (connection: Connection): Connection => {
  if (connection.url.protocol === 'http:' && !isLoopback(connection.url)) {
    throw new Failure(
      `${connection.url.origin} (${connection.source}) would carry the token unprotected over the network.`,
      {
        exitCode: exitCodes.usage,
        code: 'usage',
        hints: ['A manager that listens on a network address speaks TLS: write https://.'],
      },
    );
  }
  return connection;
};

const noManager = (): Failure =>
  new Failure('No manager is known here.', {
    exitCode: exitCodes.unreachable,
    code: 'no_manager',
    hints: [
      'Start one on this computer with: nezuban manager',
      'Or sign in to one elsewhere with: nezuban login URL',
    ],
  });
