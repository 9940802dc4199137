// A whole manager with users of many kinds, for tests of who may do what over real HTTP.
// Responsible for two job nets in two folders with a session each, two nodes in two scopes, and for a token of each user: signing in would cost
// a password hash each. Called by the tests of access.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { RoleDefinition } from '@nezuban/protocol/access/role';
import { buildRequest } from '@nezuban/protocol/api/operation';
import type { Operation, OperationInput, OperationOutput } from '@nezuban/protocol/api/operation';
import { operations } from '@nezuban/protocol/api/operations';
import type { OperationId, Operations } from '@nezuban/protocol/api/operations';
import type { Problem } from '@nezuban/protocol/problem';
import { testDatabase } from '@nezuban/tests/support/postgres';
import { waitFor } from '@nezuban/tests/support/wait-for';
import pg from 'pg';
import { apiTokenPrefix, hashSecret, randomSecret } from '../access/secrets.ts';
import { startManaged } from './keeper-stand-in.ts';

export type BenchAnswer<Body> = {
  readonly status: number;
  /** Of a problem; null: it is none. */
  readonly code: Problem['code'] | null;
  readonly body: Body;
  readonly text: string;
};

/** Lives in `night` and `batch`, or in `day` and `web`. */
export type BenchPlace = {
  readonly net: string;
  readonly session: number;
  readonly attempt: string;
  readonly node: string;
  readonly scope: string;
};
export type AccessBench = Awaited<ReturnType<typeof startAccessBench>>;

const nodes = ['n-batch', 'n-web', 'local'];
const netOf = (name: string, node: string): string =>
  `---\nkind: jobnet\nname: ${name}\ntarget: { node: ${node} }\nunits:\n  - { name: a, command: "true" }\n`;
/** Named after its net, which is all that lies in it. */
const windowOf = (net: string): string =>
  `---\nkind: maintenance_window\nname: ${windowName(net)}\nplaces: [{ net: ${net} }]\nstart: "2099-01-01T00:00:00Z"\nend: "2099-01-01T00:10:00Z"\n`;
export const windowName = (net: string): string => net.replace('/', '-');
const scopes = `---\nkind: scope\nname: all\nnodes: []\n---\nkind: scope\nname: batch\nparent: all\nnodes: [n-batch]\n---\nkind: scope\nname: web\nparent: all\nnodes: [n-web]\n`;

export const startAccessBench = async () => {
  const database = await testDatabase();
  const home = await mkdtemp(path.join(os.tmpdir(), 'nz-access-'));
  const config = { home, database: { ...database.config } };
  const first = await startManaged(config);
  await first.beMaster();
  await first.stop();
  const client = new pg.Client(database.config);
  await client.connect();
  // As if agents had joined long ago.
  for (const [index, name] of nodes.entries()) {
    await client.query(
      `WITH made AS (INSERT INTO node (name, agent_id, hostname, platform, agent_version) VALUES ($1, $2, $1, 'linux', '0.1.0') RETURNING id)
       INSERT INTO node_certificate (serial, node_id, fingerprint, expires_at)
       SELECT $1, id, sha256($1::text::bytea), now() + interval '1 year' FROM made`,
      [name, `agt_${String(index).padStart(20, '0')}`],
    );
  }
  const managed = await startManaged(config);
  await managed.beMaster();
  const url = managed.serves().consoleUrl.replace(/\/$/, '');
  const { token: local } = JSON.parse(await readFile(path.join(home, 'cli.json'), 'utf8')) as {
    token: string;
  };

  /** By a token; null: by nobody. A stream is left once it has begun. */
  const call = async <Id extends OperationId>(
    token: string | null,
    id: Id,
    input: OperationInput<Operations[Id]> = {},
  ): Promise<BenchAnswer<OperationOutput<Operations[Id]>>> => {
    const operation: Operation = operations[id];
    const {
      method,
      path: place,
      headers,
      body,
    } = buildRequest(operation, input as OperationInput<Operation>);
    const left = new AbortController();
    const answer = await fetch(`${url}${place}`, {
      method,
      signal: left.signal,
      headers: { ...headers, ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
      ...(body === undefined ? {} : { body }),
    });
    const type = answer.headers.get('content-type') ?? '';
    if (type.startsWith('text/event-stream')) {
      left.abort();
      return { status: answer.status, code: null, body: undefined as never, text: '' };
    }
    const text = await answer.text();
    const parsed: unknown =
      type.includes('json') && !type.includes('ndjson') && text !== '' ? JSON.parse(text) : text;
    return {
      status: answer.status,
      code: type.startsWith('application/problem+json') ? (parsed as Problem).code : null,
      body: parsed as OperationOutput<Operations[Id]>,
      text,
    };
  };
  const must = async <Id extends OperationId>(
    id: Id,
    input: OperationInput<Operations[Id]> = {},
    token: string = local,
  ): Promise<OperationOutput<Operations[Id]>> => {
    const answer = await call(token, id, input);
    if (answer.status !== operations[id].status)
      throw new Error(`${id} answered ${answer.status}: ${answer.text}`);
    return answer.body;
  };
  const makeRole = async (role: RoleDefinition): Promise<void> => {
    await must('putRole', { params: { name: role.name }, body: role, ifMatch: null });
  };
  /** A user and a token of his. */
  const makeUser = async (name: string, roles: readonly string[]): Promise<string> => {
    await must('createUser', { body: { name, roles: [...roles] } });
    return await tokenOf(name);
  };
  const tokenOf = async (name: string): Promise<string> => {
    const token = `${apiTokenPrefix}${randomSecret()}`;
    await client.query(
      'INSERT INTO api_token (user_id, name, secret_hash) SELECT id, $2, $3 FROM app_user WHERE name = $1',
      [name, `bench ${randomSecret().slice(0, 8)}`, hashSecret(token)],
    );
    return token;
  };

  await must('applyDefinitions', {
    body:
      scopes +
      windowOf('night/load') +
      windowOf('day/load') +
      netOf('night/load', 'n-batch') +
      netOf('day/load', 'n-web'),
  });
  const placeOf = async (net: string, node: string, scope: string): Promise<BenchPlace> => {
    const session = Number((await must('runNet', { params: { name: net }, body: {} })).id);
    const attempt = await waitFor(async () => {
      const { items } = await must('listAttempts', {
        params: { id: session },
        query: { unit: 'a' },
      });
      return items[0]?.id;
    });
    return { net, session, attempt, node, scope };
  };

  const waitForEnd = async (id: number) =>
    await waitFor(async () => {
      const session = await must('getSession', { params: { id } });
      return session.state === 'ended' ? session : undefined;
    });

  return {
    database,
    client,
    waitForEnd,
    managed,
    url,
    local,
    call,
    must,
    makeRole,
    makeUser,
    tokenOf,
    night: await placeOf('night/load', 'n-batch', 'batch'),
    day: await placeOf('day/load', 'n-web', 'web'),
    async stop() {
      await client.end();
      await managed.stop();
      await database.drop();
      await rm(home, { recursive: true, force: true });
    },
  };
};
