// The exchange of the authority, cut off after each of its steps: what managers let in and agents are told always fits together, and typing the
// command again ends it. With a real database; agents and hosts of the pair are rows and values here.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { X509Certificate } from 'node:crypto';
import { certificatesIn, digestOfTrust } from '@nezuban/platform/authority-exchange';
import { createSigningRequest } from '@nezuban/platform/signing-request';
import type { AgentId } from '@nezuban/protocol/ids';
import { openAuthority, readAuthority, type Authority } from '../../inventory/certificates/authority.ts';
import { openBareDatabase, type BareDatabase } from '../../testing/bare-database.ts';
import { lookAtExchange, renewCa, type ExchangeStep, type PairVoterTrust } from './renew-ca.ts';

let bare: BareDatabase;
let folder: string;
let authority: Authority;
before(async () => {
  bare = await openBareDatabase();
});
after(async () => {
  await bare.stop();
});
beforeEach(async (context) => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'nz-renew-ca-'));
  (context as { after: (work: () => Promise<void>) => void }).after(async () => {
    await rm(folder, { recursive: true, force: true });
  });
  authority = await openAuthority(folder);
  await bare.database.query({ text: 'DELETE FROM node' });
});

type Agent = { certificate: string; ca: string };

/** As a new agent, or as one that renews: what it has afterwards. The first use is noted, as at its next hello. */
const issue = async (name: string): Promise<Agent> => {
  const issued = await authority.issueAgent(createSigningRequest(name).csr, `agt_${name}` as AgentId);
  await bare.database.query({
    text: `INSERT INTO node (name, agent_id, hostname, platform, agent_version) VALUES ($1, $1, $1, '', '') ON CONFLICT DO NOTHING`,
    values: [name],
  });
  await bare.database.query({
    text: `INSERT INTO node_certificate (serial, node_id, fingerprint, expires_at, first_used_at)
           SELECT $2, id, $3, $4, now() FROM node WHERE name = $1`,
    values: [name, issued.serial, issued.fingerprint, issued.expiresAt],
  });
  return { certificate: issued.pem, ca: issued.told };
};

const isSignedBy = (certificate: string, trusted: string): boolean =>
  certificatesIn(trusted).some((one) =>
    new X509Certificate(certificate).verify(new X509Certificate(one).publicKey),
  );

/** The agent is let in, and lets the manager in. */
const assertFits = async (agent: Agent, what: string): Promise<void> => {
  assert.ok(isSignedBy(agent.certificate, authority.letIn), `${what}: the agent is let in`);
  const server = await authority.issueServer({ dns: ['localhost'], ip: [] });
  const [shown = ''] = certificatesIn(server.certificate);
  assert.ok(isSignedBy(shown, agent.ca), `${what}: the agent trusts the manager`);
};

type Way = {
  readonly until?: ExchangeStep;
  readonly onStep?: (step: ExchangeStep) => void;
  readonly pair?: () => readonly PairVoterTrust[];
  readonly leaveBehind?: boolean;
  /** Called while it waits; false: long enough. */
  readonly waitOn?: () => Promise<boolean>;
};
const renew = async (way: Way = {}) =>
  await renewCa(
    {
      database: bare.database,
      logger: bare.logger,
      directory: folder,
      share: async () => undefined,
      pairTrust: async () => way.pair?.() ?? [],
      waitOn: way.waitOn ?? (async () => false),
      onStep(step) {
        way.onStep?.(step);
        if (step === way.until) throw new Error(`cut off after ${step}`);
      },
    },
    { person: 'root on test', leaveBehind: way.leaveBehind ?? false },
  );

/** The agent hears what it is to trust and renews, if that is something else; the manager has looked at its files. */
const follow = async (name: string, agent: Agent): Promise<Agent> => {
  await authority.refresh();
  return digestOfTrust(agent.ca) === digestOfTrust(authority.certificate) ? agent : await issue(name);
};

const playCut = async (until: ExchangeStep): Promise<void> => {
  const old = authority.certificate;
  let agent = await issue('a');
  const waitOn = async (): Promise<boolean> => {
    // Whoever has not looked yet still fits.
    await assertFits(agent, 'before it moves');
    agent = await follow('a', agent);
    await assertFits(agent, 'after it has moved');
    return true;
  };
  await assert.rejects(renew({ until, waitOn }), /cut off/);
  await authority.refresh();
  await assertFits(agent, `after ${until}`);
  const restarted = await readAuthority(folder);
  assert.equal(restarted?.letIn, authority.letIn);
  agent = await follow('a', agent);
  await assertFits(agent, `after ${until} and a look`);

  const done = await renew({ waitOn });
  agent = await follow('a', agent);
  assert.equal(done.phase, 'finished');
  await assertFits(agent, 'at the end');
  assert.equal(certificatesIn(agent.ca).length, 1);
  assert.notEqual(authority.certificate, old);
  assert.ok(!isSignedBy(agent.certificate, old));
  assert.deepEqual((await readdir(folder)).toSorted(), ['ca.crt', 'ca.key']);
};
for (const until of ['shared', 'moving', 'serving', 'finishing', 'finished'] as const)
  test(`renew-ca: cut off after "${until}": agent and manager fit together, before and after a restart; typed again it ends`, async () => {
    await playCut(until);
  });

test('renew-ca: an agent is away: it is named, both stay trusted, and it ends when the agent has come or is left behind', async () => {
  const old = authority.certificate;
  let here = await issue('here');
  const away = await issue('away');
  const waiting = await renew();
  assert.deepEqual([waiting.phase, waiting.missingAgents], ['moving', ['away', 'here']]);
  here = await follow('here', here);
  assert.deepEqual((await renew()).missingAgents, ['away']);
  await assertFits(away, 'the one that is away');
  await assertFits(here, 'the one that has moved');
  const seen = await lookAtExchange({
    database: bare.database,
    directory: folder,
    pairTrust: async () => [],
  });
  assert.deepEqual([seen.phase, seen.missingAgents], ['moving', ['away']]);
  assert.equal((await renew({ leaveBehind: true })).phase, 'finished');
  await authority.refresh();
  await assertFits(await follow('here', here), 'the one that has moved');
  assert.ok(!isSignedBy(away.certificate, authority.letIn), 'who is left behind has to be enrolled anew');
  assert.ok(!certificatesIn(authority.letIn).includes(old.trim()));
});

test('renew-ca: a host of the pair does not trust both yet: nothing is shown that it would refuse', async () => {
  const pair = (): readonly PairVoterTrust[] => [{ name: 'host-b', held: null }];
  const waiting = await renew({ pair });
  assert.deepEqual([waiting.phase, waiting.missingHosts], ['moving', ['host-b']]);
  await authority.refresh();
  const { certificate, ca } = await authority.issuePair(createSigningRequest('pair:b.0000').csr, 'b.0000');
  assert.equal(certificatesIn(ca).length, 2);
  assert.ok(
    isSignedBy(certificate, certificatesIn(ca)[0] ?? ''),
    'it still shows the old one, and is told of both',
  );
});

test('renew-ca: a host copies the files and is cut off between key and certificate: it is known where it was', async () => {
  const { copyFile, writeFile, readFile } = await import('node:fs/promises');
  await renew({ pair: () => [{ name: 'host-b', held: null }] });
  await authority.refresh();
  const exchange = JSON.parse(await readFile(path.join(folder, 'exchange.json'), 'utf8')) as {
    next: { key: string; certificate: string };
  };
  await copyFile(path.join(folder, 'ca.key'), path.join(folder, 'kept'));
  await writeFile(path.join(folder, 'ca.key'), exchange.next.key);
  const opened = await readAuthority(folder);
  assert.equal(opened?.letIn.trim(), exchange.next.certificate.trim());
});
