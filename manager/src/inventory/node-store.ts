// Nodes, their certificates and enrolment tokens in the database. Responsible for rows alone.
import type { AgentId } from '@nezuban/protocol/ids';
import type { Database } from '../database/database.ts';
import type { Transaction } from '../ports.ts';
import type { IssuedCertificate } from './certificates/authority.ts';

export type NodeRow = {
  readonly id: number;
  readonly name: string;
  readonly agent_id: AgentId;
  readonly hostname: string;
  readonly platform: string;
  readonly agent_version: string;
  /** Null: it has not said hello since this is kept. */
  readonly agent_protocol_min: number | null;
  readonly agent_protocol_max: number | null;
  readonly address: string | null;
  readonly joined_at: Date;
  readonly last_seen_at: Date | null;
  readonly told_connected: boolean;
  readonly certificate_expires_at: Date;
};

const SELECT = `SELECT n.id, n.name, n.agent_id, n.hostname, n.platform, n.agent_version, n.agent_protocol_min, n.agent_protocol_max, n.address, n.joined_at, n.last_seen_at, n.told_connected,
    (SELECT max(c.expires_at) FROM node_certificate c WHERE c.node_id = n.id AND c.revoked_at IS NULL) AS certificate_expires_at FROM node n`;

export const loadNodes = async (database: Database): Promise<NodeRow[]> =>
  await database.query<NodeRow>({ text: SELECT });

export const lockNode = async (transaction: Transaction, name: string): Promise<NodeRow | undefined> => {
  const { rows } = await transaction.query<NodeRow>(`${SELECT} WHERE n.name = $1 FOR UPDATE OF n`, [name]);
  return rows[0];
};

export type NewNode = {
  readonly name: string;
  readonly agentId: AgentId;
  readonly hostname: string;
  readonly platform: string;
  readonly version: string;
  readonly address: string | null;
};

/** Null: the name is taken. */
export const insertNode = async (transaction: Transaction, node: NewNode): Promise<number | null> => {
  const { rows } = await transaction.query<{ id: number }>(
    `INSERT INTO node (name, agent_id, hostname, platform, agent_version, address) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (name) DO NOTHING RETURNING id`,
    [node.name, node.agentId, node.hostname, node.platform, node.version, node.address],
  );
  return rows[0]?.id ?? null;
};

/** Gives a node that has never connected to a new agent; what the old one was given is void. */
export const replaceAgent = async (transaction: Transaction, id: number, node: NewNode): Promise<void> => {
  await transaction.query('DELETE FROM node_certificate WHERE node_id = $1', [id]);
  await transaction.query(
    'UPDATE node SET agent_id = $2, hostname = $3, platform = $4, agent_version = $5, address = $6, joined_at = now() WHERE id = $1',
    [id, node.agentId, node.hostname, node.platform, node.version, node.address],
  );
};

export const deleteNode = async (transaction: Transaction, id: number): Promise<void> => {
  await transaction.query('DELETE FROM node WHERE id = $1', [id]);
};

export const insertCertificate = async (
  transaction: Transaction,
  nodeId: number,
  certificate: IssuedCertificate,
): Promise<void> => {
  await transaction.query(
    'INSERT INTO node_certificate (serial, node_id, fingerprint, expires_at) VALUES ($1, $2, $3, $4)',
    [certificate.serial, nodeId, certificate.fingerprint, certificate.expiresAt],
  );
};

export type CertificateOwner = {
  readonly node_id: number;
  readonly name: string;
  readonly agent_id: AgentId;
  readonly serial: string;
  readonly revoked: boolean;
};

/**
 * Whose certificates these are, by fingerprint (hexadecimal). One that is unknown has no entry: never issued by this manager, or of a node
 * that was removed.
 */
export const findCertificateOwners = async (
  database: Database,
  fingerprints: readonly string[],
): Promise<ReadonlyMap<string, CertificateOwner>> => {
  const rows = await database.query<CertificateOwner & { fingerprint: string }>({
    name: 'find_certificate_owners',
    text: `SELECT encode(c.fingerprint, 'hex') AS fingerprint, n.id AS node_id, n.name, n.agent_id, c.serial, c.revoked_at IS NOT NULL AS revoked
           FROM node_certificate c JOIN node n ON n.id = c.node_id WHERE c.fingerprint = ANY($1::bytea[])`,
    values: [fingerprints.map((fingerprint) => Buffer.from(fingerprint, 'hex'))],
  });
  return new Map(rows.map(({ fingerprint, ...owner }) => [fingerprint, owner]));
};

export type Greeting = {
  readonly nodeId: number;
  readonly serial: string;
  readonly hostname: string;
  readonly platform: string;
  readonly version: string;
  readonly protocol: { readonly min: number; readonly max: number };
  readonly address: string | null;
};

/**
 * Writes what agents say of themselves; the first use of a renewed certificate makes the older ones void. Gives which of the nodes are
 * there. Rows are locked in the order of their ids, as in `touchNodes`: two that lock the same ones never wait for each other.
 */
export const greetNodes = async (
  transaction: Transaction,
  greetings: readonly Greeting[],
): Promise<ReadonlySet<number>> => {
  const ids = greetings.map(({ nodeId }) => nodeId);
  await transaction.query('SELECT FROM node WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE', [ids]);
  const { rows } = await transaction.query<{ id: number }>(
    `UPDATE node SET hostname = g.hostname, platform = g.platform, agent_version = g.version, address = g.address, last_seen_at = now(),
       agent_protocol_min = g.protocol_min, agent_protocol_max = g.protocol_max
     FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::integer[], $7::integer[])
       AS g (id, hostname, platform, version, address, protocol_min, protocol_max)
     WHERE node.id = g.id RETURNING node.id`,
    [
      ids,
      greetings.map(({ hostname }) => hostname),
      greetings.map(({ platform }) => platform),
      greetings.map(({ version }) => version),
      greetings.map(({ address }) => address),
      greetings.map(({ protocol }) => protocol.min),
      greetings.map(({ protocol }) => protocol.max),
    ],
  );
  await transaction.query(
    `WITH used AS (
       UPDATE node_certificate c SET first_used_at = now() FROM unnest($1::bigint[], $2::text[]) AS g (node_id, serial)
       WHERE c.serial = g.serial AND c.first_used_at IS NULL RETURNING c.node_id, c.serial, c.issued_at)
     UPDATE node_certificate c SET revoked_at = now() FROM used
     WHERE c.node_id = used.node_id AND c.serial <> used.serial AND c.revoked_at IS NULL AND c.issued_at < used.issued_at`,
    [ids, greetings.map(({ serial }) => serial)],
  );
  return new Set(rows.map(({ id }) => id));
};

export const setToldConnected = async (
  transaction: Transaction,
  nodeId: number,
  connected: boolean,
): Promise<void> => {
  await transaction.query('UPDATE node SET told_connected = $2 WHERE id = $1', [nodeId, connected]);
};

export const touchNodes = async (database: Database, ids: readonly number[]): Promise<void> => {
  await database.query({
    text: `UPDATE node SET last_seen_at = now()
           WHERE id IN (SELECT id FROM node WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE)`,
    values: [ids],
  });
};
