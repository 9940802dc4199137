// A warm standby: both ports open, agents waiting, people sent on to the master, everything ready to take over.
// Responsible for putting that together and for handing it over. There is no database here. Not responsible for the take-over itself
// (master.ts). Made by manager.ts on `duty standby`.
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { ManagerDuty } from '@nezuban/protocol/keeper/child-messages';
import type { PairStatus } from '@nezuban/protocol/pair/status';
import { writeStandbyAccess } from '../access/local-access.ts';
import type { Ground } from '../ground.ts';
import type { RequestHandler } from '../http/console-door.ts';
import type { WaitingAgents } from '../inventory/agent-reception.ts';
import type { AgentVoices } from '../inventory/agent-voices.ts';
import { createStandbyConsole } from './standby-console.ts';
import { createWaitingRoom } from './waiting-room.ts';

export type StandbyDuty = Extract<ManagerDuty, { role: 'standby' }>;

export type StandbyPorts = {
  readonly ground: Ground;
  readonly voices: AgentVoices;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly pairStatus: () => PairStatus | null;
};

export type Standby = {
  /** Opens both ports. Throws a ListenError. */
  readonly start: () => Promise<{ readonly consoleUrl: string; readonly agentAddress: string }>;
  readonly update: (duty: StandbyDuty) => void;
  /** Agents that wait. */
  readonly connected: () => number;
  /** From now on requests of people wait for the new master; agents wait on as before. */
  readonly beginTakeOver: () => WaitingAgents;
  /** The new master answers: whoever waited goes to it. */
  readonly endTakeOver: (handler: RequestHandler) => void;
  readonly stop: () => void;
};

export type StandbyOptions = {
  readonly home: string;
  readonly version: string;
  readonly forwardTo: string | null;
};

export const createStandby = (ports: StandbyPorts, options: StandbyOptions): Standby => {
  const { ground, voices, clock, timers, logger, pairStatus } = ports;
  const room = createWaitingRoom({ clock, timers, logger, voices }, { version: options.version });
  const people = createStandbyConsole({ door: ground.door, timers, logger, pairStatus }, options.forwardTo);
  let consoleUrl: string | undefined;

  const letCommandLineIn = async (): Promise<void> => {
    if (consoleUrl === undefined) return;
    try {
      await writeStandbyAccess(options.home, { url: consoleUrl, ca: ground.consoleCa });
    } catch (error) {
      logger.warn(
        { err: error },
        'The file by which the command line finds this manager could not be written',
      );
    }
  };

  ground.setExchangeListener(() => void letCommandLineIn());

  return {
    async start() {
      ground.agentPort.setReception(room.reception);
      ground.door.setHandler(people.handler);
      room.start();
      const addresses = await ground.open();
      consoleUrl = addresses.consoleUrl;
      await letCommandLineIn();
      logger.info(addresses, 'This manager stands by');
      return addresses;
    },
    update(duty) {
      people.setMaster({ name: duty.master?.name ?? null, says: duty.says });
      room.setManagers(duty.agentAddresses ?? []);
      // The token may have come from the other host only now.
      void letCommandLineIn();
    },
    connected: room.count,
    beginTakeOver() {
      people.hold();
      return room;
    },
    endTakeOver(handler) {
      people.release(handler);
    },
    stop() {
      people.release(null);
      people.stop();
      room.stop();
    },
  };
};
