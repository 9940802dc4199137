// What a keeper is given: its surroundings, and what it was started with. Types alone; filled in by `start-command.ts`.
import type { Clock } from '@nezuban/platform/clock';
import type { Timers } from '@nezuban/platform/timers';
import type { VoterId } from '@nezuban/protocol/pair/roster';
import type { DatabaseActor, DatabaseActorEvents } from '../drivers/ports.ts';
import type { HomeLayout } from './child-config.ts';
import type { LogCollector } from './log-collector.ts';
import type { StartOptions } from './options.ts';
import type { PairOfficeOptions } from './pair-office.ts';
import type { ProcessRegister } from './process-register.ts';
import type { Programs } from './programs.ts';

export type KeeperPorts = {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logs: LogCollector;
  readonly register: ProcessRegister;
  /** One line for the person at the terminal. */
  readonly say: (line: string) => void;
  readonly createDatabase: (events: DatabaseActorEvents) => DatabaseActor;
};

export type KeeperOptions = {
  readonly layout: HomeLayout;
  readonly start: StartOptions;
  readonly programs: Programs;
  readonly environment: NodeJS.ProcessEnv;
  /** Null while this host has never been part of a pair. */
  readonly pair: PairOfficeOptions['identity'];
  readonly databaseUser: PairOfficeOptions['databaseUser'];
  /** This host's voter; see `chooseVoterId`. */
  readonly voterId: VoterId;
  /** The manager serves for the first time in this run. */
  readonly onRunning: (ready: {
    readonly consoleUrl: string | null;
    readonly adminPassword: string | null;
    readonly duty: 'master' | 'standby';
  }) => void;
};
