// `nezuban admin renew-ca`: another certificate authority, while everything runs and without enrolling anew.
// Responsible for the order of the steps, and for who has to have moved before the next one. Each step is one file that is replaced at once; after
// each of them, whatever is cut off there, everybody still trusts everybody, and typing the command again goes on. What the phases mean is in
// `platform/src/authority-exchange.ts`; agents and hosts of the pair fetch their certificates by themselves. Called by admin/commands.ts.
//
// | step | written | the next one needs |
// | --- | --- | --- |
// | shared | the new one beside the old one, on every host | the hosts of the pair have the file |
// | moving | agents get certificates of the new one, and both to trust | every agent has used one; hosts and witness trust both |
// | serving | managers and the pair show certificates of the new one | hosts and witness show them |
// | finishing | the old one is not trusted any more | |
// | finished | ca.key, ca.crt are the new one's; the file of the exchange is gone | |
import { stat } from 'node:fs/promises';
import path from 'node:path';
import {
  EXCHANGE_FILE,
  exchangeSchema,
  wantedAuthority,
  type Exchange,
  type HeldAuthority,
} from '@nezuban/platform/authority-exchange';
import type { Logger } from '@nezuban/platform/logger';
import { createAuditLog } from '../../access/audit-log.ts';
import type { Database } from '../../database/database.ts';
import { readIfExists, removePrivateFile, writePrivateFile } from '../../files/private-file.ts';
import { certificateFile, serialMark, keyFile, makeCa } from '../../inventory/certificates/authority.ts';

export type ExchangeStep = Exchange['phase'] | 'finished';

/** A host of the pair or a witness, and what it holds; null: one authority alone, or nothing is known of it. */
export type PairVoterTrust = { readonly name: string; readonly held: HeldAuthority | null };

export type RenewCaPorts = {
  readonly database: Database;
  readonly logger: Logger;
  /** HOME/manager/ca */
  readonly directory: string;
  /** Resolves when every host of the pair has the files as they are now; throws a ToolError if one does not get them. */
  readonly share: () => Promise<void>;
  /** Empty: no pair. */
  readonly pairTrust: () => Promise<readonly PairVoterTrust[]>;
  /** Waits a little; false: it has been long enough. */
  readonly waitOn: () => Promise<boolean>;
  /** Told after each step; tests cut it off there. */
  readonly onStep: (step: ExchangeStep) => void;
};

export type RenewCaOrder = {
  readonly person: string;
  /** Whoever has not moved is left behind. */
  readonly leaveBehind: boolean;
};

export type RenewCaResult = {
  /** Null: no exchange is under way. */
  readonly phase: ExchangeStep | null;
  readonly missingAgents: readonly string[];
  readonly missingHosts: readonly string[];
};

const nobody = { missingAgents: [], missingHosts: [] } as const;

/** Begins an exchange, or goes on with one, as far as everybody has moved. */
export const renewCa = async (ports: RenewCaPorts, order: RenewCaOrder): Promise<RenewCaResult> => {
  const { directory, share, onStep } = ports;
  const write = async (exchange: Exchange): Promise<Exchange> => {
    await writeLikeCa(directory, EXCHANGE_FILE, JSON.stringify(exchange));
    onStep(exchange.phase);
    return exchange;
  };

  let exchange = await readExchange(directory);
  if (exchange === null) {
    // Asked before anything is written: a host that is away leaves no trace of an exchange that did not come about.
    await share();
    exchange = await write({ phase: 'shared', next: await makeCa() });
    await record(ports, order, 'begun');
  }
  if (exchange.phase === 'shared') {
    await share();
    exchange = await write({ ...exchange, phase: 'moving' });
  }
  if (exchange.phase === 'moving') {
    await share();
    const missing = await waitForAll(ports, order);
    if (missing !== null) return { phase: 'moving', ...missing };
    exchange = await write({ ...exchange, phase: 'serving' });
    await record(ports, order, 'moved');
  }
  if (exchange.phase === 'serving') {
    await share();
    const missing = await waitForAll(ports, order);
    if (missing !== null) return { phase: 'serving', ...missing };
    exchange = await write({ ...exchange, phase: 'finishing' });
  }
  const { key, certificate } = exchange.next;
  await writeLikeCa(directory, path.basename(keyFile(directory)), key);
  await writeLikeCa(directory, path.basename(certificateFile(directory)), certificate);
  await removePrivateFile(path.join(directory, EXCHANGE_FILE));
  onStep('finished');
  await record(ports, order, 'finished');
  await share();
  return { phase: 'finished', ...nobody };
};

/** How an exchange stands, without going on. */
export const lookAtExchange = async (
  ports: Pick<RenewCaPorts, 'database' | 'directory' | 'pairTrust'>,
): Promise<RenewCaResult> => {
  const exchange = await readExchange(ports.directory);
  if (exchange === null) return { phase: null, ...nobody };
  return { phase: exchange.phase, ...(await findMissing(ports)) };
};

type Missing = Pick<RenewCaResult, 'missingAgents' | 'missingHosts'>;

/** Null: all have moved, or nobody waits for them. */
const waitForAll = async (ports: RenewCaPorts, { leaveBehind }: RenewCaOrder): Promise<Missing | null> => {
  for (;;) {
    const missing = await findMissing(ports);
    const count = missing.missingAgents.length + missing.missingHosts.length;
    if (count === 0) return null;
    if (await ports.waitOn()) continue;
    return leaveBehind ? null : missing;
  }
};

const findMissing = async ({
  database,
  directory,
  pairTrust,
}: Pick<RenewCaPorts, 'database' | 'directory' | 'pairTrust'>): Promise<Missing> => {
  const exchange = await readExchange(directory);
  const current = await readCurrent(directory);
  if (exchange === null || current === null) return nobody;
  const rows = await database.query<{ name: string }>({
    text: `SELECT name FROM node WHERE NOT EXISTS (
             SELECT FROM node_certificate c
             WHERE c.node_id = node.id AND starts_with(c.serial, $1) AND c.first_used_at IS NOT NULL AND c.revoked_at IS NULL)
           ORDER BY name`,
    values: [serialMark(exchange.next.certificate)],
  });
  const wanted = wantedAuthority(current, exchange);
  const behind = (await pairTrust()).filter(
    ({ held }) => held?.trusts !== wanted?.trusts || held?.issuer !== wanted?.issuer,
  );
  return { missingAgents: rows.map(({ name }) => name), missingHosts: behind.map(({ name }) => name) };
};

const readExchange = async (directory: string): Promise<Exchange | null> => {
  const text = await readIfExists(path.join(directory, EXCHANGE_FILE));
  return text === null ? null : exchangeSchema.parse(JSON.parse(text));
};

const readCurrent = async (directory: string) => {
  const certificate = await readIfExists(certificateFile(directory));
  const key = await readIfExists(keyFile(directory));
  return certificate === null || key === null ? null : { certificate, key };
};

/** Root may type it in the home of another user: then that user's manager reads it. */
const writeLikeCa = async (directory: string, name: string, content: string): Promise<void> => {
  const { uid, gid } = await stat(directory);
  await writePrivateFile(path.join(directory, name), content, { owner: { uid, gid } });
};

const record = async (
  { database, logger }: RenewCaPorts,
  { person, leaveBehind }: RenewCaOrder,
  step: 'begun' | 'moved' | 'finished',
): Promise<void> => {
  await database.inTransaction(async (transaction) => {
    await createAuditLog(logger).record(transaction, {
      actor: { name: person, address: null, by: 'system' },
      action: 'renewAuthority',
      target: null,
      details: { step, leaveBehind },
    });
  });
};
