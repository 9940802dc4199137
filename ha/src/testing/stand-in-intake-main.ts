// An intake for tests of the keeper: hears nothing, writes down its start and its stop.
// NEZUBAN_STAND_IN_INTAKE names a fault: `crash` (on every start).
import fs from 'node:fs';
import path from 'node:path';
import { connectToKeeper } from '@nezuban/platform/keeper-channel';
import { createLogger } from '@nezuban/platform/logger';
import { intakeConfigSchema } from '@nezuban/protocol/keeper/child-messages';

let home: string | null = null;

function note(line: object): void {
  if (home !== null) fs.appendFileSync(path.join(home, 'stand-in-intake.jsonl'), `${JSON.stringify(line)}\n`);
}

const channel = connectToKeeper({
  configSchema: intakeConfigSchema,
  logger: createLogger({ process: 'intake', level: 'info' }),
  onStart(config) {
    home = config.home;
    if (process.env['NEZUBAN_STAND_IN_INTAKE'] === 'crash') process.exit(7);
    note({ start: { pid: process.pid, config } });
    channel.ready();
  },
  onStop: (order) => note({ stop: order }),
});
