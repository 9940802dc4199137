// A database behind a door that can be cut, with a second connection past the door: what tests of lost commits stand on.
// Responsible for opening, emptying and closing these together. Called by the engine's and the schedules' tests.
import { testDatabase, type TestDatabase } from '@nezuban/tests/support/postgres';
import pg from 'pg';
import { prepareDatabase } from './jobs-harness.ts';
import { createLossyDatabase, type LossyDatabase } from './lossy-database.ts';

export type LossyBench = {
  readonly server: TestDatabase;
  readonly door: LossyDatabase;
  /** Past the door: sees what is really stored. */
  readonly admin: pg.Client;
  readonly empty: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export const openLossyBench = async (): Promise<LossyBench> => {
  const server = await testDatabase();
  await prepareDatabase(server.config);
  const door = await createLossyDatabase(server.config);
  const admin = new pg.Client(server.config);
  await admin.connect();
  return {
    server,
    door,
    admin,
    empty: async () => {
      await admin.query(
        'TRUNCATE net, net_release, net_revision, session, session_unit, attempt, attempt_output, report_aside, run_key, schedule_state, calendar CASCADE',
      );
    },
    close: async () => {
      await admin.end();
      await door.stop();
      await server.drop();
    },
  };
};
