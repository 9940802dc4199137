// Signing in to a manager elsewhere, and out again.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { CodedError } from '@nezuban/protocol/errors';
import { exitCodes } from '../../exit-codes.ts';
import { startFakeManager, testToken, type FakeHandlers } from '../../testing/fake-manager.ts';
import { createKeyboard, runCli, startCli } from '../../testing/run-cli.ts';
import { waitFor } from '../../testing/wait-for.ts';

const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));
const newHome = (): string => {
  const folder = mkdtempSync('/tmp/nz-cli-login-');
  folders.push(folder);
  return folder;
};

const at = '2026-11-22T09:00:00.000Z';
const start = (options: { mustChangePassword?: boolean; more?: FakeHandlers } = {}) => {
  let password = 'correct-horse';
  return startFakeManager({
    signIn: ({ body, headers, reply }) => {
      assert.equal(headers.origin, `http://${headers.host}`);
      if (body.password !== password)
        throw new CodedError('sign_in_refused', 'User name or password is wrong.');
      reply.setHeader('set-cookie', 'nezuban=secret; Path=/; HttpOnly');
      return {
        user: body.user,
        title: null,
        mustChangePassword: options.mustChangePassword ?? false,
        by: 'cookie',
        roles: ['administrator'],
        rights: [],
        grants: [],
        limits: null,
        passwordLengthMin: 10,
      };
    },
    changePassword: ({ body }) => {
      assert.equal(body.current, password);
      password = body.next;
      return undefined;
    },
    createToken: ({ body, headers }) => {
      assert.equal(headers.cookie, 'nezuban=secret');
      return {
        id: 5,
        user: 'admin',
        name: body.name,
        createdAt: at,
        expiresAt: at,
        lastUsedAt: null,
        rights: null,
        folder: null,
        scope: null,
        token: testToken,
      };
    },
    signOut: () => undefined,
    deleteToken: () => undefined,
    listNodes: () => ({ items: [], nextCursor: null }),
    ...options.more,
  });
};
const loginFile = (home: string) => path.join(home, '.config/nezuban/cli.json');

test('login by pipe: a token is made and stored for this user alone; later commands use it; logout revokes it', async () => {
  await using manager = await start();
  const homeDirectory = newHome();
  const result = await runCli(['login', manager.url, '--user', 'admin', '--password-stdin', '--json'], {
    homeDirectory,
    stdin: 'correct-horse\n',
  });
  assert.equal(result.exitCode, 0, result.stderr);
  assert(!result.stdout.includes(testToken), 'the token is not shown');
  assert.deepEqual(manager.calls, ['signIn', 'createToken', 'signOut']);
  assert.equal(statSync(loginFile(homeDirectory)).mode & 0o777, 0o600);
  assert.partialDeepStrictEqual(JSON.parse(readFileSync(loginFile(homeDirectory), 'utf8')), {
    token: testToken,
    user: 'admin',
    tokenId: 5,
  });

  assert.equal((await runCli(['nodes'], { homeDirectory })).exitCode, 0);

  const out = await runCli(['logout'], { homeDirectory });
  assert.match(out.stdout, /the token is revoked/);
  assert.equal(existsSync(loginFile(homeDirectory)), false);
  assert.equal((await runCli(['nodes'], { homeDirectory })).exitCode, exitCodes.unreachable);
});

test('login at a terminal: user and password are asked for on stderr, the password is not echoed', async () => {
  await using manager = await start();
  const keyboard = createKeyboard();
  const cli = startCli(['login', manager.url], { homeDirectory: newHome(), stdin: keyboard });
  await waitFor(
    () => cli.stderr().includes('User: '),
    () => 'the question',
  );
  keyboard.write('admin\n');
  await waitFor(
    () => cli.stderr().includes('Password: '),
    () => 'the question',
  );
  keyboard.write('wrong\u0015correct-hx\u007forse\r');
  const result = await cli.end;
  assert.equal(result.exitCode, 0, result.stderr);
  assert(!result.stderr.includes('horse'));
  assert.deepEqual(keyboard.rawModes.slice(-2), [true, false]);
});

test('login at a terminal: the one-time password: is replaced first', async () => {
  await using manager = await start({ mustChangePassword: true });
  const keyboard = createKeyboard();
  const cli = startCli(['login', manager.url, '--user', 'admin'], {
    homeDirectory: newHome(),
    stdin: keyboard,
  });
  for (const [question, answer] of [
    ['Password: ', 'correct-horse'],
    ['New password: ', 'battery-staple'],
    ['Once more: ', 'battery-staple'],
  ] as const) {
    await waitFor(
      () => cli.stderr().includes(question),
      () => question,
    );
    keyboard.write(`${answer}\r`);
  }
  const result = await cli.end;
  assert.equal(result.exitCode, 0, result.stderr);
  assert.deepEqual(manager.calls, ['signIn', 'changePassword', 'createToken', 'signOut']);
});

test('login: Ctrl-C at the password: exit code 130, nothing is stored, the terminal is as before', async () => {
  await using manager = await start();
  const homeDirectory = newHome();
  const keyboard = createKeyboard();
  const cli = startCli(['login', manager.url, '--user', 'admin'], { homeDirectory, stdin: keyboard });
  await waitFor(
    () => cli.stderr().includes('Password: '),
    () => 'the question',
  );
  keyboard.write('abc\u0003');
  assert.equal((await cli.end).exitCode, exitCodes.interrupted);
  assert.deepEqual(keyboard.rawModes, [true, false]);
  assert.equal(existsSync(loginFile(homeDirectory)), false);
  assert.deepEqual(manager.calls, []);
});

test('login: wrong password: exit code 4, nothing is stored', async () => {
  await using manager = await start();
  const homeDirectory = newHome();
  const result = await runCli(['login', manager.url, '--user', 'admin', '--password-stdin'], {
    homeDirectory,
    stdin: 'wrong\n',
  });
  assert.equal(result.exitCode, exitCodes.notSignedIn);
  assert.match(result.stderr, /^nezuban: User name or password is wrong\.\n/);
  assert.equal(existsSync(loginFile(homeDirectory)), false);
});

test('login: a token cannot be made: said so, and signed out again', async () => {
  await using manager = await start({
    more: {
      createToken: () => {
        throw new CodedError('already_exists', 'There is a token of that name.');
      },
    },
  });
  const result = await runCli(['login', manager.url, '--user', 'admin', '--password-stdin'], {
    homeDirectory: newHome(),
    stdin: 'correct-horse',
  });
  assert.match(result.stderr, /There is a token of that name/);
  assert.deepEqual(manager.calls, ['signIn', 'createToken', 'signOut']);
});

test('login: unprotected, without a terminal, without a user, a one-time password by pipe: refused', async () => {
  await using manager = await start({ mustChangePassword: true });
  const refuse = async (words: string[], stdin = '') => {
    const result = await runCli(['login', ...words], { homeDirectory: newHome(), stdin });
    assert.notEqual(result.exitCode, 0);
    return result.stderr;
  };
  assert.match(await refuse(['http://manager.example']), /unprotected; write https/);
  assert.match(await refuse([manager.url]), /no terminal to ask for the password/);
  assert.match(await refuse([manager.url, '--password-stdin']), /needs --user/);
  assert.match(await refuse([manager.url, '--user', 'a', '--password-stdin']), /must not be empty/);
  assert.match(
    await refuse([manager.url, '--user', 'a', '--password-stdin'], 'correct-horse'),
    /one-time password must be replaced first/,
  );
});

test('logout: the manager is away: forgotten here, and said that it is not revoked', async () => {
  const homeDirectory = newHome();
  await (async () => {
    await using manager = await start();
    await runCli(['login', manager.url, '--user', 'admin', '--password-stdin'], {
      homeDirectory,
      stdin: 'correct-horse',
    });
  })();
  const result = await runCli(['logout'], { homeDirectory });
  assert.match(result.stdout, /forgotten here, but not revoked: .*cannot be reached/);
  assert.equal(existsSync(loginFile(homeDirectory)), false);
});
