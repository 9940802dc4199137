// `nezuban stop`, `rerun`, `hold`, `release`, `skip`: one operation on a session or one of its units.
import type { OperationName } from '@nezuban/protocol/jobs/session';
import { exitCodes } from '../../exit-codes.ts';
import { usageFailure } from '../../failure.ts';
import type { CommandRun } from '../command.ts';
import { sessionWord, unitWord } from './session-words.ts';
import { waitForSession } from './wait-for-session.ts';

const done: Readonly<Record<OperationName, string>> = {
  stop: 'is being stopped',
  kill: 'is being killed',
  interrupt: 'is interrupted',
  suspend: 'is suspended',
  rerun: 'runs again',
  rerun_only: 'runs again',
  rerun_next: 'is passed; what follows runs again',
  rerun_failed: 'runs again from what failed',
  rerun_failed_nets: 'runs again from the nets that failed',
  rerun_after_failed: 'runs again behind what failed',
  rerun_warnings: 'runs again where it had ended with a warning',
  hold: 'is held',
  release: 'is released',
  skip: 'is skipped',
  set_status: 'has its result set',
};

export const run: CommandRun = async (context) => {
  const { command, args, out } = context;
  const operation = command.name as OperationName;
  const id = Number(args.positional('SESSION'));
  const unit = args.text('unit');
  const isForUnits = operation === 'hold' || operation === 'release' || operation === 'skip';
  if (isForUnits && unit === undefined)
    throw usageFailure(`"nezuban ${operation}" needs --unit PATH: which unit of session ${id}.`, operation);
  const isRerun = operation === 'rerun';
  const follow = isRerun && args.flag('follow');
  const wait = follow || (isRerun && args.flag('wait'));

  const api = await context.api();
  const session = await api.call('operateSession', {
    params: { id },
    body: { operation, ...(unit !== undefined && { unit }) },
  });
  const view = session.units.find((one) => one.path === unit);
  const what = unit === undefined ? `Session ${id}` : `${unit} of session ${id}`;
  const sentence = `${what} ${done[operation]} (${view === undefined ? sessionWord(session) : unitWord(view)})`;
  if (!wait) {
    await out.result(session, () => sentence);
    return exitCodes.ok;
  }
  out.note(sentence);
  return waitForSession(context, { id, follow });
};
