// The links to all managers that this agent knows: one each, independent of one another.
// Responsible for which of them is the master (the newest welcome of the highest term seen; links of lower terms are dropped at once), for the
// list of managers as managers tell it, and for what each is told of the others. Not responsible for one connection (manager-link.ts), nor for
// what is sent to the master (agent.ts, which calls this).
import { staleTermReason, type AgentMessage } from '@nezuban/protocol/agent/link';
import type { Logger } from '@nezuban/platform/logger';
import { nextManagers, unique } from '../identity/manager-list.ts';
import { agentLimits } from '../limits.ts';
import {
  createManagerLink,
  linkCloseCodes,
  type ManagerLink,
  type ManagerLinkMessage,
  type ManagerLinkPorts,
} from './manager-link.ts';

type Heartbeat = Extract<AgentMessage, { type: 'heartbeat' }>;

export type ManagerLinksPorts = Pick<ManagerLinkPorts, 'logger' | 'identity' | 'unfit'> & {
  readonly hello: (highestTerm: number) => Extract<AgentMessage, { type: 'hello' }>;
  readonly heartbeat: () => Omit<Heartbeat, 'otherMasterHeardAgoMs'>;
  /** The highest term that is on disk. */
  readonly storedTerm: () => number;
  readonly storeTerm: (term: number) => void;
  /** The managers as a manager has told them; they are to be there after a restart. May throw: then they are used all the same. */
  readonly storeManagers: (managers: readonly string[]) => void;
  /** Another one, another connection of the same one, or none. What was meant for the one before is not sent any more. */
  readonly onMaster: (master: ManagerLink | null) => void;
  /** Digest of the authorities that the master wants to be trusted; asked for at each of its welcomes. */
  readonly onTrust: (trust: string) => void;
  readonly onMessage: (from: ManagerLink, message: ManagerLinkMessage) => void;
};

export type ManagerLinksOptions = {
  readonly managers: readonly string[];
  /** Addresses that stay whatever managers tell, such as that of the own host. */
  readonly pinned: readonly string[];
};

export type ManagerLinks = {
  readonly start: () => void;
  readonly master: () => ManagerLink | null;
  readonly dropAll: (code: number, reason: string) => void;
  readonly addresses: () => readonly string[];
  readonly stop: () => void;
};

export function createManagerLinks(ports: ManagerLinksPorts, options: ManagerLinksOptions): ManagerLinks {
  const logger: Logger = ports.logger;
  const links = new Map<string, ManagerLink>();
  /** As told by managers or given at the start, without those that are only pinned. */
  let told = options.managers;
  let master: ManagerLink | null = null;
  /** Ahead of the journal, which stores it a moment later: nothing of a lower term may slip in between. */
  let seenTerm = 0;
  /** From then on no standby's list counts: it may be an older one. */
  let masterHasTold = false;
  let stopped = false;

  const highestTerm = (): number => Math.max(seenTerm, ports.storedTerm());

  const add = (address: string): ManagerLink => {
    const via = options.pinned.includes(address) ? null : address;
    const link: ManagerLink = createManagerLink(
      {
        logger,
        identity: ports.identity,
        unfit: ports.unfit,
        hello: () => ports.hello(highestTerm()),
        heartbeat: () => ({ ...ports.heartbeat(), otherMasterHeardAgoMs: otherMasterHeardAgoMs(link) }),
        highestTerm,
        hasMaster: () => master !== null,
        hasOther: () => others(link).some((other) => other.state() !== 'down'),
        onWelcome: (welcome) => {
          raiseTerm(welcome.term);
          if (welcome.managers !== undefined && welcome.managers.length > 0) masterHasTold = true;
          learn(nextManagers(told, { said: welcome.managers, via, onDuty: true }));
          if (link !== master) setMaster(link);
          if (welcome.trust !== undefined) ports.onTrust(welcome.trust);
        },
        onStandby: (standby) => {
          if (!masterHasTold) learn(nextManagers(told, { said: standby.managers, via, onDuty: false }));
        },
        onMessage: (message) => ports.onMessage(link, message),
        onLost: () => {
          if (link === master) setMaster(welcomed()[0] ?? null);
          for (const other of others(link)) other.wake();
        },
      },
      address,
    );
    links.set(address, link);
    return link;
  };

  const others = (link: ManagerLink): ManagerLink[] => [...links.values()].filter((other) => other !== link);
  const welcomed = (): ManagerLink[] => [...links.values()].filter((link) => link.term() === highestTerm());

  const setMaster = (link: ManagerLink | null): void => {
    master = link;
    ports.onMaster(link);
  };

  /** The master of a lower term has been replaced, however alive its connection looks. */
  const raiseTerm = (term: number): void => {
    seenTerm = Math.max(seenTerm, term);
    if (term > ports.storedTerm()) ports.storeTerm(term);
    for (const link of links.values()) {
      const shown = link.term();
      if (shown !== null && shown < seenTerm) link.drop(linkCloseCodes.policy, staleTermReason(seenTerm));
    }
  };

  const otherMasterHeardAgoMs = (link: ManagerLink): number | null => {
    const heard = others(link).flatMap((other) => other.dutyHeardAt() ?? []);
    return heard.length === 0 ? null : Math.max(0, performance.now() - Math.max(...heard));
  };

  const learn = (managers: readonly string[]): void => {
    if (managers.length === told.length && managers.every((address, index) => address === told[index]))
      return;
    logger.info({ managers, before: told }, 'the managers that this agent connects to have changed');
    told = managers;
    try {
      ports.storeManagers(managers);
    } catch (error) {
      logger.warn(
        { err: error },
        'the list of managers could not be stored; it counts until the agent stops',
      );
    }
    // Not from within a message of a link that may be one of those that go.
    setImmediate(align);
  };

  const wanted = (): string[] => unique([...options.pinned, ...told]).slice(0, agentLimits.managersMax);

  const align = (): void => {
    if (stopped) return;
    const addresses = wanted();
    for (const [address, link] of links) {
      if (addresses.includes(address)) continue;
      links.delete(address);
      link.stop('no longer one of the managers');
    }
    for (const address of addresses) if (!links.has(address)) add(address).start();
  };

  for (const address of wanted()) add(address);

  return {
    start() {
      for (const link of links.values()) link.start();
    },
    master: () => master,
    dropAll(code, reason) {
      for (const link of links.values()) link.drop(code, reason);
    },
    addresses: () => [...links.keys()],
    stop() {
      stopped = true;
      for (const link of links.values()) link.stop('the agent stops');
    },
  };
}
