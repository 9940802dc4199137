// `nezuban login`: signs in once by password, makes an API token, stores it for this user. The sign-in itself is ended again.
import os from 'node:os';
import path from 'node:path';
import { createApiClient, type ApiClient } from '../../api/client.ts';
import { isLoopback, parseUrl, type Connection } from '../../connection/connection.ts';
import { loginFile, writeLogin } from '../../connection/connection-files.ts';
import { formatInstant } from '../../output/time.ts';
import { exitCodes } from '../../exit-codes.ts';
import { Failure, usageFailure } from '../../failure.ts';
import type { CommandContext, CommandRun } from '../command.ts';
import { askLine, askSecret, readSecretLine } from './prompt.ts';

const daysDefault = 90;

export const run: CommandRun = async (context) => {
  const { args, ports, out, signal } = context;
  const url = parseUrl(args.positional('URL'), 'URL');
  if (url.protocol === 'http:' && !isLoopback(url))
    throw usageFailure(`The password would go to ${url.origin} unprotected; write https://.`, 'login');
  const ca = args.text('ca');
  const connection: Connection = {
    url,
    token: undefined,
    ca: ca === undefined ? undefined : path.resolve(ca),
    source: 'URL',
  };
  const api = await createApiClient(connection, signal);
  try {
    const who = await askWho(context);
    const { headers, mustChangePassword } = await signIn(api, who);
    const made = await signedIn(api, headers, async () => {
      if (mustChangePassword) await replacePassword(api, { headers, current: who.password }, context);
      return makeToken(api, headers, context);
    });
    const { user } = who;
    const file = loginFile(ports);
    await writeLogin(file, {
      url: url.href,
      token: made.token,
      user,
      tokenId: made.id,
      ...(connection.ca !== undefined && { ca: connection.ca }),
    });
    const { token: _secret, ...shown } = made;
    await out.result({ url: url.href, user, file, token: shown }, () => [
      `Signed in to ${url.origin} as ${user}.`,
      `The token "${made.name}" is stored in ${file}${made.expiresAt === null ? '' : ` and expires ${formatInstant(made.expiresAt)}`}.`,
    ]);
  } finally {
    api.close();
  }
};

const askWho = async ({ args, ports, signal }: CommandContext) => {
  const fromPipe = args.flag('password-stdin');
  const named = args.text('user');
  if (fromPipe && named === undefined) throw usageFailure('--password-stdin needs --user NAME.', 'login');
  if (!fromPipe && ports.stdin.isTTY !== true) {
    throw usageFailure(
      'There is no terminal to ask for the password; use --user NAME --password-stdin.',
      'login',
    );
  }
  const user = named ?? (await askLine('User: ', ports, signal));
  const password = fromPipe
    ? await readSecretLine(ports.stdin)
    : await askSecret('Password: ', ports, signal);
  if (user === '' || password === '')
    throw usageFailure('User name and password must not be empty.', 'login');
  return { user, password };
};

/** What the console's own pages send with a change: the cookie, and where the request comes from. */
type CookieHeaders = { readonly cookie: string; readonly origin: string };

const signIn = async (api: ApiClient, who: { readonly user: string; readonly password: string }) => {
  const { origin } = api.url;
  const { cookies, body } = await api.reply('signIn', { body: who, headers: { origin } });
  const headers: CookieHeaders = {
    cookie: cookies.map((cookie) => cookie.split(';', 1)[0]).join('; '),
    origin,
  };
  return { headers, mustChangePassword: body.mustChangePassword };
};

/** Ends the sign-in behind `work`, whatever comes of it. */
const signedIn = async <T>(api: ApiClient, headers: CookieHeaders, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } finally {
    // It ends by itself as well; a failure here must not hide that of the work.
    await api.call('signOut', { headers }).catch(() => undefined);
  }
};

type PasswordChange = { readonly headers: CookieHeaders; readonly current: string };

/** The one-time password of the first start is good for this alone. */
const replacePassword = async (
  api: ApiClient,
  { headers, current }: PasswordChange,
  { args, ports, out, signal }: CommandContext,
): Promise<void> => {
  if (args.flag('password-stdin')) {
    throw new Failure('The one-time password must be replaced first.', {
      exitCode: exitCodes.refused,
      code: 'password_change_needed',
      hints: [`Sign in at ${api.url.origin}, or run this command in a terminal without --password-stdin.`],
    });
  }
  out.note('This is a one-time password; choose a new one.');
  const next = await askSecret('New password: ', ports, signal);
  if ((await askSecret('Once more: ', ports, signal)) !== next) {
    throw new Failure('The two were not the same; nothing was changed.', {
      exitCode: exitCodes.refused,
      code: 'password_change_needed',
    });
  }
  await api.call('changePassword', { body: { current, next }, headers });
};

const makeToken = (api: ApiClient, headers: CookieHeaders, { args, ports }: CommandContext) => {
  const name =
    args.text('name') ?? `cli on ${os.hostname()} ${new Date(ports.now()).toISOString().slice(0, 19)}`;
  return api.call('createToken', {
    body: { name: name.slice(0, 100), expires_in_days: args.integer('days') ?? daysDefault },
    headers,
  });
};
