// `nezuban manager status` and `nezuban manager stop`: they talk to the running keeper of a home.
import { systemTimers } from '@nezuban/platform/timers';
import { identifyProcess, isAlive } from '@nezuban/platform/process-identity';
import { renderStatus } from './banner.ts';
import { askKeeper } from './control-client.ts';
import { EXIT, ExitError, type ExitCode } from './exit-codes.ts';

type Target = {
  readonly home: string;
  readonly runDirectory: string;
  readonly print: (text: string) => void;
};

/** A stop is done within 10 s; what lasts longer is reported, not waited for. */
const STOP_WAIT_MS = 15_000;
const POLL_MS = 50;

export async function runStatus(target: Target, json: boolean): Promise<ExitCode> {
  const status = await askKeeper(target.runDirectory, { command: 'status' });
  if (status === null) throw notRunning(target.home);
  target.print(json ? `${JSON.stringify(status)}\n` : renderStatus(status));
  return EXIT.ok;
}

export async function runStop(target: Target, withJobs: boolean): Promise<ExitCode> {
  const status = await askKeeper(target.runDirectory, { command: 'stop', withJobs });
  if (status === null) throw notRunning(target.home);
  const keeper = identifyProcess(status.pid);
  for (let waited = 0; keeper !== null && isAlive(keeper); waited += POLL_MS) {
    if (waited >= STOP_WAIT_MS)
      throw new ExitError(
        EXIT.failed,
        `The manager (process ${status.pid}) was told to stop but still runs after ${STOP_WAIT_MS / 1000} s; see ${target.home}/log/keeper.log.`,
      );
    await systemTimers.sleep(POLL_MS);
  }
  target.print(
    withJobs
      ? 'Nezuban has stopped, running jobs too.\n'
      : 'Nezuban has stopped. Jobs that were running go on; the next start picks them up.\n',
  );
  return EXIT.ok;
}

function notRunning(home: string): ExitError {
  return new ExitError(EXIT.notRunning, `No manager runs for the home ${home}.`);
}
