// The agent of one host: its parts, and how they are wired.
// Responsible for starting and stopping them in order, and for what goes to the master and comes from it. Not responsible for enrolment (main.ts
// has an identity when it comes here), for which of the managers is the master (manager-links.ts), nor for any part's work.
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { agentLinkFeatures, agentLinkVersions } from '@nezuban/protocol/agent/link';
import { termSchema, type AttemptId } from '@nezuban/protocol/ids';
import { systemClock, type Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import { isAlive } from '@nezuban/platform/process-identity';
import { systemTimers } from '@nezuban/platform/timers';
import { AttemptFolders } from './attempts/attempt-folders.ts';
import { agentMarkOf } from './agent-mark.ts';
import { createAttemptRunner } from './attempts/attempt-runner.ts';
import { readBootId } from './attempts/process-table.ts';
import { instant } from './attempts/receipts.ts';
import { createHousekeeping } from './housekeeping.ts';
import { createCertificateRenewal } from './identity/certificate-renewal.ts';
import { platformName } from './identity/enrolment.ts';
import { writeIdentity, type Identity } from './identity/identity.ts';
import { Journal } from './journal/journal.ts';
import { agentLimits, assertLimits } from './limits.ts';
import { linkCloseCodes, type ManagerLink, type ManagerLinkMessage } from './link/manager-link.ts';
import { createManagerLinks } from './link/manager-links.ts';
import { createOutputSender } from './link/output-sender.ts';
import { createReceiptSender, type ReceiptSender } from './link/receipt-sender.ts';
import { openHintPipe } from './spawner/hint-pipe.ts';
import { createReaders } from './transfers/readers.ts';
import { openTransfer, type TransferWish } from './transfers/transfer-connection.ts';
import { createWriterSocket } from './transfers/writer-socket.ts';
import { createSpawner } from './spawner/spawner-client.ts';
import { createWitnessFolder } from './witness/witness-folder.ts';
import { launchWitness, type LaunchWitness } from './witness/witness-process.ts';
import { createWitnessRole } from './witness/witness-role.ts';

export type AgentPorts = {
  readonly logger: Logger;
  readonly identity: Identity;
  /** Open: holding it is what makes this the one agent of its home. Closed by `stop`. */
  readonly journal: Journal;
  /** Managers that are always connected to, whatever the identity says: that of the own host. */
  readonly pinnedManagers?: readonly string[];
  readonly clock?: Clock;
  /** `nezuban witness` of this checkout; tests give a stand-in. */
  readonly launchWitness?: LaunchWitness;
  /** The kernel's; tests give another one to restart the host. */
  readonly bootId?: string;
};

export type AgentOptions = {
  readonly home: string;
  readonly version: string;
  /** `LANG` and `TZ`, where set. */
  readonly locale: Readonly<Record<string, string>>;
};

export type StopOptions = { readonly withJobs: boolean; readonly withinMs: number };

export type Agent = {
  readonly start: () => void;
  /** Jobs and their waiters go on unless `withJobs`: then open attempts are cancelled and waited for, within the bound. */
  readonly stop: (options: StopOptions) => Promise<void>;
  readonly spawnerPid: () => number | null;
};

export function openJournal(home: string, lockWaitMs = 0): Journal {
  fs.mkdirSync(home, { recursive: true, mode: 0o700 });
  return new Journal(path.join(home, 'journal.db'), lockWaitMs);
}

export function createAgent(ports: AgentPorts, options: AgentOptions): Agent {
  assertLimits();
  const { logger, journal } = ports;
  const clock = ports.clock ?? systemClock;
  const bootId = ports.bootId ?? readBootId();
  const startId = randomUUID();
  let identity = ports.identity;
  let journalFault: string | null = null;
  let hintPipe: { readonly close: () => void } | null = null;
  let stopped = false;

  const agentMark = agentMarkOf(options.home);
  const folders = new AttemptFolders(options.home);
  const output = createOutputSender({ folders, onDelivered: (id) => journal.noteOutputDelivered(id) });
  const spawner = createSpawner(
    {
      logger,
      writeGeneration: (generation) => folders.writeGeneration(generation),
      onGeneration: () => runner.spawnerReady(),
    },
    { home: options.home, agentMark, locale: options.locale },
  );
  const runner = createAttemptRunner(
    {
      journal,
      folders,
      spawner,
      clock,
      logger,
      onReceipts: () => receipts?.sendNew(),
      onOutput: (id, ended) => output.note(id, ended),
      onJournalFault: (reason) => {
        journalFault = reason;
        if (reason !== null)
          links.dropAll(linkCloseCodes.internal, `the agent cannot write its journal: ${reason}`);
      },
    },
    { bootId, agentMark },
  );
  const housekeeping = createHousekeeping({
    journal,
    folders,
    watches: path.join(options.home, 'watches'),
    clock,
    logger,
  });
  const renewal = createCertificateRenewal({
    clock,
    logger,
    identity: () => identity,
    store: (renewed) => {
      writeIdentity(options.home, renewed);
      identity = renewed;
    },
    send: (csr) => {
      const master = links.master();
      master?.send({ type: 'certificateRequest', csr });
      return master !== null;
    },
    onTrustChanged: () =>
      links.dropAll(linkCloseCodes.goingAway, 'other authorities are trusted from now on'),
  });

  const witness = createWitnessRole({
    folder: createWitnessFolder(options.home),
    launch: ports.launchWitness ?? launchWitness,
    clock,
    timers: systemTimers,
    logger,
    onReport: (report) => links.master()?.send({ type: 'witness', ...report }),
  });

  const carry = async (wish: TransferWish) => {
    const master = links.master();
    if (master === null) throw new Error('no manager on duty is connected');
    return await openTransfer({ address: master.address, identity }, wish);
  };
  const readers = createReaders({ open: carry, logger, locale: options.locale });
  const writers = createWriterSocket(
    { open: carry, logger, isOpenAttempt: (id) => runner.openIds().includes(id as AttemptId) },
    { home: options.home },
  );

  /** To the master that is connected. */
  let receipts: ReceiptSender | null = null;

  /** From here on nothing goes to the master before: what it has not acknowledged goes to this one. */
  const serve = (master: ManagerLink | null): void => {
    receipts?.stop();
    receipts = null;
    output.disconnected();
    if (master === null) return;
    receipts = createReceiptSender(journal, {
      sendText: master.sendText,
      takesSaid: master.features().includes(agentLinkFeatures.saidReasons),
    });
    receipts.sendNew();
    output.connected({
      send: (items) => master.send({ type: 'output', items: [...items] }),
      packed: master.features().includes(agentLinkFeatures.packedOutput),
    });
    master.send({ type: 'witness', ...witness.report() });
    renewal.check();
  };

  const links = createManagerLinks(
    {
      logger,
      identity: () => identity,
      unfit: () => (journalFault === null ? null : `the journal cannot be written: ${journalFault}`),
      hello: (highestTerm) => ({
        type: 'hello',
        protocol: { ...agentLinkVersions },
        agentId: identity.agentId,
        version: options.version,
        hostname: os.hostname(),
        platform: platformName(),
        bootId,
        startId,
        highestTerm: termSchema.parse(highestTerm),
        clock: instant(clock.epochMs()),
        features: Object.values(agentLinkFeatures),
      }),
      heartbeat: () => ({
        type: 'heartbeat',
        clock: instant(clock.epochMs()),
        runningAttempts: runner.openCount(),
      }),
      storedTerm: () => journal.highestTerm,
      storeTerm: runner.raiseTerm,
      storeManagers: (managers) => {
        identity = { ...identity, managers: [...managers], managersTold: true };
        writeIdentity(options.home, identity);
      },
      onMaster: serve,
      onTrust: (trust) => renewal.trustTold(trust),
      onMessage: (from, message) => handle(from, message),
    },
    { managers: identity.managers, pinned: ports.pinnedManagers ?? [] },
  );

  /** From a manager of the highest term: the master, or an older connection to it that it has not closed yet. */
  const handle = (from: ManagerLink, message: ManagerLinkMessage): void => {
    const resend = (id: Parameters<ReceiptSender['resend']>[0]): void => receipts?.resend(id);
    switch (message.type) {
      case 'dispatch':
        runner.dispatch(message.attempts, resend);
        break;
      case 'cancel':
        runner.cancel(message.items, resend);
        break;
      case 'query':
        runner.query(message.attemptIds, resend);
        break;
      case 'listAttempts':
        from.send({ type: 'openAttempts', ...runner.report() });
        break;
      case 'receiptsAck':
        journal.acknowledgeReceipts(message.seq);
        receipts?.sendNew();
        break;
      case 'outputAck':
        if (from === links.master()) output.acked(message.items);
        break;
      case 'certificate':
        renewal.certificateArrived(message.certificate, message.ca);
        break;
      case 'readFiles':
        if (from === links.master()) readers.read(message);
        break;
      case 'appointWitness':
        witness.appoint({ members: message.members, token: message.token });
        break;
      case 'dismissWitness':
        witness.dismiss();
        break;
      default:
        message satisfies never;
    }
  };

  return {
    start() {
      hintPipe = openHintPipe(path.join(options.home, 'hints'), (hints) => runner.hints(hints));
      runner.start();
      writers.start();
      spawner.start();
      tidyAtStart(folders, journal);
      for (const id of journal.undeliveredOutput()) output.note(id, true);
      housekeeping.start();
      renewal.start();
      witness.start();
      links.start();
      logger.info(
        {
          agentId: identity.agentId,
          nodeName: identity.nodeName,
          openAttempts: runner.openCount(),
          managers: links.addresses(),
        },
        'the agent runs',
      );
    },
    async stop({ withJobs, withinMs }) {
      if (stopped) return;
      stopped = true;
      if (withJobs) await cancelAll(runner, withinMs);
      links.stop();
      readers.stop();
      writers.stop();
      housekeeping.stop();
      renewal.stop();
      await Promise.all([spawner.stop(), witness.stop()]);
      runner.stop();
      hintPipe?.close();
      journal.close();
      logger.info({ openAttempts: runner.openCount() }, 'the agent has stopped; running jobs go on');
    },
    spawnerPid: spawner.pid,
  };
}

/** Ends every open attempt and waits for the outcomes; what hangs is left to its waiter. */
async function cancelAll(runner: ReturnType<typeof createAttemptRunner>, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  const killAfterMs = Math.min(agentLimits.stopJobsKillAfterMs, withinMs / 2);
  runner.cancel(
    runner.openIds().map((attemptId) => ({ attemptId, killAfterMs })),
    () => undefined,
  );
  while (runner.openCount() > 0 && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, pollMs));
}

/** How often the number of open attempts is looked at while the agent waits for them at its stop. */
const pollMs = 20;

/** Called after the new generation: what older spawners still hold cannot start any more. */
function tidyAtStart(folders: AttemptFolders, journal: Journal): void {
  folders.removeDrafts((pid, startTime) => isAlive({ pid, startTime }));
  for (const name of folders.list()) {
    if (!journal.mustKeepFolder(name)) folders.remove(name as Parameters<AttemptFolders['remove']>[0]);
  }
}
