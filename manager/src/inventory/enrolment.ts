// Makes an agent out of a join token and a certificate request.
// Responsible for the token's one use, the name's uniqueness and the certificate, all in one transaction. Not responsible for HTTP
// (agent-port.ts). An agent whose answer got lost may ask again with the same token for the same name, until it has connected once.
import { randomBytes } from 'node:crypto';
import type { Clock } from '@nezuban/platform/clock';
import type { enrolResponseSchema } from '@nezuban/protocol/agent/link';
import { enrolRequestSchema, joinTokenPattern } from '@nezuban/protocol/agent/link';
import { CodedError } from '@nezuban/protocol/errors';
import { agentIdSchema, nameSchema } from '@nezuban/protocol/ids';
import type { AgentId } from '@nezuban/protocol/ids';
import type * as z from 'zod';
import { hashSecret } from '../access/secrets.ts';
import type { Database } from '../database/database.ts';
import { findUnstorable } from '../database/storable-text.ts';
import { toIssues } from '../http/zod-issues.ts';
import type { Actor, AuditLog, EventSink, Transaction } from '../ports.ts';
import type { Authority, IssuedCertificate } from './certificates/authority.ts';
import { findJoinToken, lockJoinToken, useJoinToken } from './join-token-store.ts';
import type { JoinTokenRow } from './join-token-store.ts';
import { insertCertificate, insertNode, lockNode, replaceAgent } from './node-store.ts';
import type { NodeRow } from './node-store.ts';

export type EnrolmentPorts = {
  readonly database: Database;
  readonly authority: Authority;
  readonly events: EventSink;
  readonly audit: AuditLog;
  readonly clock: Clock;
  /** The node is committed. */
  readonly onJoined: (node: NodeRow) => void;
};

export type EnrolRequest = z.output<typeof enrolRequestSchema>;
export type EnrolResponse = z.output<typeof enrolResponseSchema>;

/** Reads a request. Throws invalid_request with every wrong place. */
export const parseEnrolRequest = (body: unknown): EnrolRequest => {
  const result = enrolRequestSchema.safeParse(body);
  const issues = result.success ? findUnstorable(result.data) : toIssues(result.error, '');
  if (!result.success || issues.length > 0) {
    throw new CodedError(
      'invalid_request',
      `${issues[0]?.path ?? ''}: ${issues[0]?.message ?? 'is not valid'}`,
      { issues },
    );
  }
  const name = nameSchema.safeParse(result.data.nodeName);
  if (!name.success) {
    const message = `"${result.data.nodeName}" cannot be the name of a node: it ${name.error.issues[0]?.message ?? 'is not valid'}; name another with --name`;
    throw new CodedError('invalid_request', `nodeName: ${message}`, {
      issues: [{ path: 'nodeName', message }],
    });
  }
  return result.data;
};

export const createEnrolment = (ports: EnrolmentPorts) => {
  const { database, authority, events, audit } = ports;

  /** Throws join_refused, already_exists or invalid_request. */
  const enrol = async (request: EnrolRequest, address: string): Promise<EnrolResponse> => {
    const [, secret, fingerprint] = joinTokenPattern.exec(request.token) ?? [];
    if (secret === undefined || fingerprint !== authority.fingerprint)
      throw new CodedError('join_refused', 'The join token was made by another manager.');
    const secretHash = hashSecret(secret);
    assertUsable(await findJoinToken(database, secretHash), request.nodeName);
    const agentId = newAgentId();
    const certificate = await authority.issueAgent(request.csr, agentId);
    const { node, publish } = await database.inTransaction(async (transaction) => {
      const token = assertUsable(await lockJoinToken(transaction, secretHash), request.nodeName);
      return await join(transaction, { request, token, secretHash, agentId, certificate, address });
    });
    ports.onJoined(node);
    publish();
    return { agentId, nodeName: request.nodeName, certificate: certificate.pem, ca: certificate.told };
  };

  type Join = {
    readonly request: EnrolRequest;
    readonly token: JoinTokenRow;
    readonly secretHash: Buffer;
    readonly agentId: AgentId;
    readonly certificate: IssuedCertificate;
    readonly address: string;
  };

  const join = async (
    transaction: Transaction,
    { request, token, secretHash, agentId, certificate, address }: Join,
  ): Promise<{ node: NodeRow; publish: () => void }> => {
    const name = request.nodeName;
    const { hostname, platform, version } = request;
    const facts = { name, agentId, hostname, platform, version, address };
    const taken = await lockNode(transaction, name);
    let id: number | null;
    if (token.used_at === null) id = await insertNode(transaction, facts);
    else if (taken?.last_seen_at !== null) throw taken === undefined ? tokenUsed(token) : nameTaken(name);
    else {
      // The answer to the first enrolment never arrived; that identity is void from here on.
      id = taken.id;
      await replaceAgent(transaction, id, facts);
    }
    if (id === null) throw nameTaken(name);
    await insertCertificate(transaction, id, certificate);
    await useJoinToken(transaction, secretHash, name);
    const actor: Actor = { name: `agent ${name}`, address, by: 'system' };
    await audit.record(transaction, {
      actor,
      action: 'joinAgent',
      target: name,
      details: { agentId, hostname },
    });
    const publish = await events.append(transaction, [
      {
        at: new Date(ports.clock.epochMs()),
        priority: 'info',
        code: 'agent_joined',
        node: name,
        message: `The agent of "${name}" (${hostname}) has joined`,
        details: { agentId, hostname, address },
      },
    ]);
    const node = await lockNode(transaction, name);
    if (node === undefined) throw new Error('A node that was just written is not there');
    return { node, publish };
  };

  return { enrol };
};

const assertUsable = (token: JoinTokenRow | undefined, nodeName: string): JoinTokenRow => {
  if (token === undefined) throw new CodedError('join_refused', 'This manager does not know the join token.');
  if (token.used_at !== null && token.used_by_node !== nodeName) throw tokenUsed(token);
  if (token.expired) throw new CodedError('join_refused', 'The join token has expired.');
  return token;
};

const tokenUsed = (token: JoinTokenRow): CodedError =>
  new CodedError(
    'join_refused',
    `The join token was used by "${token.used_by_node ?? 'another node'}" on ${token.used_at?.toISOString() ?? 'an earlier day'}; each is good for one agent.`,
  );

const nameTaken = (name: string): CodedError =>
  new CodedError(
    'already_exists',
    `There is a node "${name}" already. If this is the same host anew, remove that node first; else name another with --name.`,
  );

const AGENT_ID_BYTES = 10;
const newAgentId = (): AgentId => agentIdSchema.parse(`agt_${randomBytes(AGENT_ID_BYTES).toString('hex')}`);
