// An agent as the manager sees one, for tests: enrolment and link over real TLS, nothing behind them.
import { webcrypto } from 'node:crypto';
import https from 'node:https';
import { agentEnrolPath, agentLinkPath, managerMessageSchema } from '@nezuban/protocol/agent/link';
import type { AgentMessage, ManagerMessage } from '@nezuban/protocol/agent/link';
import type { Problem } from '@nezuban/protocol/problem';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { WebSocket } from 'ws';
import { loadX509 } from '../inventory/certificates/x509-library.ts';
import type { ManagerHarness } from './manager-harness.ts';

/** What an agent needs of a manager. */
type Reachable = Pick<ManagerHarness, 'agentAddress' | 'ca'>;

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export type AgentIdentity = {
  readonly agentId: string;
  readonly nodeName: string;
  readonly certificate: string;
  readonly ca: string;
  readonly key: string;
};
export type EnrolAnswer = { readonly status: number; readonly body: Problem & Partial<AgentIdentity> };

export const createRequest = async (
  name = 'CN=whatever',
): Promise<{ readonly csr: string; readonly key: string }> => {
  const x509 = await loadX509();
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const csr = (
    await x509.Pkcs10CertificateRequestGenerator.create(
      { name, keys, signingAlgorithm: ALGORITHM },
      webcrypto,
    )
  ).toString('pem');
  const key = x509.PemConverter.encode(
    await webcrypto.subtle.exportKey('pkcs8', keys.privateKey),
    'PRIVATE KEY',
  );
  return { csr, key };
};

/** POSTs to the enrolment path; `change` replaces fields. */
export const postEnrolment = async (manager: Reachable, body: unknown): Promise<EnrolAnswer> => {
  const [host, port] = manager.agentAddress.split(':');
  const { promise, resolve, reject } = Promise.withResolvers<EnrolAnswer>();
  const request = https.request(
    {
      host,
      port,
      method: 'POST',
      path: agentEnrolPath,
      ca: manager.ca,
      servername: 'nezuban-manager',
      agent: false,
      headers: { 'content-type': 'application/json' },
    },
    (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body: JSON.parse(Buffer.concat(parts).toString('utf8')) as EnrolAnswer['body'],
        }),
      );
    },
  );
  request.on('error', reject);
  request.end(typeof body === 'string' ? body : JSON.stringify(body));
  return await promise;
};

export const enrolmentOf = (token: string, csr: string, nodeName: string) => ({
  token,
  csr,
  nodeName,
  hostname: `${nodeName}.example`,
  platform: 'linux 6.1 x64',
  version: '0.1.0',
});

/** A new node with a certificate. */
export const enrolAgent = async (manager: ManagerHarness, nodeName: string): Promise<AgentIdentity> => {
  const { body } = await manager.call('createJoinToken', { body: {} });
  const { csr, key } = await createRequest();
  const answer = await postEnrolment(manager, enrolmentOf(body.token, csr, nodeName));
  if (answer.status !== 200) throw new Error(`enrolment answered ${answer.status}: ${answer.body.detail}`);
  const { agentId = '', certificate = '', ca = '' } = answer.body;
  return { agentId, nodeName, certificate, ca, key };
};

export type TestAgent = {
  readonly socket: WebSocket;
  readonly messages: ManagerMessage[];
  /** Set when it is over. */
  readonly closed: () => { readonly code: number; readonly reason: string } | null;
  readonly error: () => Error | null;
  send(message: unknown): void;
  received<Type extends ManagerMessage['type']>(type: Type): Promise<Extract<ManagerMessage, { type: Type }>>;
  whenClosed(): Promise<{ readonly code: number; readonly reason: string }>;
  stop(): void;
};

export const helloOf = (
  identity: AgentIdentity,
  change: Partial<Extract<AgentMessage, { type: 'hello' }>> = {},
) => ({
  type: 'hello' as const,
  protocol: { min: 1, max: 1 },
  agentId: identity.agentId,
  version: '0.1.0',
  hostname: `${identity.nodeName}.example`,
  platform: 'linux 6.1 x64',
  bootId: 'boot',
  startId: 'start',
  highestTerm: 0,
  clock: new Date().toISOString(),
  ...change,
});

/** Connects; says nothing by itself. */
export const openLink = (manager: Reachable, identity: Partial<AgentIdentity>): TestAgent => {
  const socket = new WebSocket(`wss://${manager.agentAddress}${agentLinkPath}`, {
    ca: manager.ca,
    servername: 'nezuban-manager',
    perMessageDeflate: false,
    ...(identity.certificate === undefined ? {} : { cert: identity.certificate, key: identity.key }),
  } as ConstructorParameters<typeof WebSocket>[2]);
  const messages: ManagerMessage[] = [];
  let closed: { code: number; reason: string } | null = null;
  let error: Error | null = null;
  socket.on('message', (data: Buffer) =>
    messages.push(managerMessageSchema.parse(JSON.parse(data.toString('utf8')))),
  );
  socket.on('error', (thrown) => (error = thrown));
  socket.on('close', (code, reason) => (closed = { code, reason: reason.toString('utf8') }));
  return {
    socket,
    messages,
    closed: () => closed,
    error: () => error,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    received: async (type) =>
      (await waitFor(() => messages.find((message) => message.type === type), {
        message: () => `a ${type}; closed: ${JSON.stringify(closed)}`,
      })) as never,
    whenClosed: () => waitFor(() => closed, { message: 'the link to be closed' }),
    stop: () => socket.terminate(),
  };
};

/** Connects and is welcomed. */
export const connectAgent = async (manager: Reachable, identity: AgentIdentity): Promise<TestAgent> => {
  const agent = openLink(manager, identity);
  await waitFor(() => agent.socket.readyState === WebSocket.OPEN, {
    message: () => `the link to open: ${agent.error()?.message ?? ''}`,
  });
  agent.send(helloOf(identity));
  await agent.received('welcome');
  return agent;
};
