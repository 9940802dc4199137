// An agent for tests of the keeper: starts one detached "job" on its first start, and ends it only when a stop says so.
// NEZUBAN_STAND_IN_AGENT names a fault: `crash` (on every start).
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { connectToKeeper } from '@nezuban/platform/keeper-channel';
import { createLogger } from '@nezuban/platform/logger';
import { agentConfigSchema } from '@nezuban/protocol/keeper/child-messages';

let home: string | null = null;

const channel = connectToKeeper({
  configSchema: agentConfigSchema,
  logger: createLogger({ process: 'agent', level: 'info' }),
  onStart(config) {
    home = config.home;
    if (process.env['NEZUBAN_STAND_IN_AGENT'] === 'crash') process.exit(7);
    const jobFile = path.join(home, 'job.pid');
    if (!fs.existsSync(jobFile)) {
      const job = spawn('/bin/sleep', ['300'], { detached: true, stdio: 'ignore', cwd: '/' });
      job.unref();
      fs.writeFileSync(jobFile, String(job.pid));
    }
    fs.appendFileSync(
      path.join(home, 'stand-in-agent.jsonl'),
      `${JSON.stringify({ start: { pid: process.pid, config } })}\n`,
    );
    channel.ready();
  },
  onStop(order) {
    if (home === null) return;
    fs.appendFileSync(path.join(home, 'stand-in-agent.jsonl'), `${JSON.stringify({ stop: order })}\n`);
    if (order.withJobs) process.kill(Number(fs.readFileSync(path.join(home, 'job.pid'), 'utf8')), 'SIGKILL');
  },
});
