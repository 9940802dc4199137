// One operation on a session or one of its units: `nezuban stop`, `kill`, `interrupt`, `suspend`, `rerun`, `hold`, `release`, `skip`,
// `set-status`. With --what-if the manager only says what would follow.
import type { OperationRequest, SettableStatus } from '@nezuban/protocol/jobs/operate';
import type { OperationName } from '@nezuban/protocol/jobs/session';
import type { UnitPath } from '@nezuban/protocol/ids';
import { exitCodes } from '../../exit-codes.ts';
import { usageFailure } from '../../failure.ts';
import { readDefinitionSet } from '../definitions/definition-files.ts';
import type { CommandContext, CommandRun } from '../command.ts';
import { renderPreview } from './render-preview.ts';
import { sessionWord, unitWord } from './session-words.ts';
import { waitForSession } from './wait-for-session.ts';

const done: Readonly<Record<OperationName, string>> = {
  stop: 'is being stopped',
  kill: 'is being killed',
  interrupt: 'is interrupted',
  suspend: 'is suspended',
  rerun: 'runs again',
  rerun_only: 'runs again',
  rerun_next: 'is passed; what follows it runs again',
  rerun_failed: 'runs again from what failed',
  rerun_failed_nets: 'runs again from the nets that failed',
  rerun_after_failed: 'runs again behind what failed',
  rerun_warnings: 'runs again where it had ended with a warning',
  hold: 'is held',
  release: 'is released',
  skip: 'is skipped',
  set_status: 'has a new result',
  take_definition: 'has another definition',
  to_front: 'comes next in its queue',
};

export const run: CommandRun = async (context) => {
  const { command, args, out } = context;
  const id = Number(args.positional('SESSION'));
  const body = requestOf(context);
  const isRerun = command.name === 'rerun';
  const yaml = await yamlOf(context);
  const api = await context.api();
  if (args.flag('what-if')) {
    const preview =
      yaml === null
        ? await api.call('previewOperation', { params: { id }, body })
        : await api.call('previewSessionDefinition', { params: { id }, body: { yaml } });
    await out.result(preview, () => renderPreview(preview, id, out));
    return preview.refusal === null ? exitCodes.ok : exitCodes.refused;
  }
  const follow = isRerun && args.flag('follow');
  const wait = follow || (isRerun && args.flag('wait'));
  const { reason } = body;
  const before = follow ? await api.call('getSession', { params: { id } }) : null;
  const session =
    yaml === null
      ? await api.call('operateSession', { params: { id }, body })
      : await api.call('changeSessionDefinition', {
          params: { id },
          body: { yaml, ...(reason !== undefined && { reason }) },
        });
  const view = session.units.find((one) => one.path === body.unit);
  const what = body.unit === undefined ? `Session ${id}` : `${body.unit} of session ${id}`;
  const sentence = `${what} ${done[body.operation]} (${view === undefined ? sessionWord(session) : unitWord(view)})`;
  if (!wait) {
    await out.result(session, () => sentence);
    return exitCodes.ok;
  }
  out.note(sentence);
  return waitForSession(context, { id, follow, ...(before === null ? {} : { from: before.units }) });
};

/** Of `take-definition --file`. */
const yamlOf = async ({ command, args, ports }: CommandContext): Promise<string | null> => {
  const file = command.name === 'take-definition' ? args.text('file') : undefined;
  if (file === undefined) return null;
  if (args.integer('revision') !== undefined)
    throw usageFailure('Name either --revision or --file.', command.name);
  const [read] = await readDefinitionSet([file], ports.stdin);
  return read?.text ?? '';
};

const requestOf = ({ command, args }: CommandContext): OperationRequest => {
  const unit = ('unit' in command.options ? args.text('unit') : undefined) as UnitPath | undefined;
  const operation =
    command.name === 'rerun' ? rerunOf(args) : (command.name.replace('-', '_') as OperationName);
  const needsUnit = ['hold', 'skip', 'set_status', 'rerun_only', 'rerun_next'].includes(operation);
  const id = args.positional('SESSION');
  if (needsUnit && unit === undefined)
    throw usageFailure(
      `"nezuban ${command.name}" needs --unit PATH: which unit of session ${id}.`,
      command.name,
    );
  const reason = args.text('reason');
  return {
    operation,
    ...(unit !== undefined && { unit }),
    ...(reason !== undefined && { reason }),
    ...(command.name === 'rerun' && args.flag('hold') && { hold: true }),
    ...(command.name === 'rerun' && args.flag('old-as-warning') && { oldAsWarning: true }),
    ...(command.name === 'take-definition' && revisionOf(args)),
    ...(command.name === 'set-status' && statusOf(args, command.name)),
  };
};

const rerunOf = (args: CommandContext['args']): OperationName => {
  if (args.flag('only')) return 'rerun_only';
  if (args.flag('next')) return 'rerun_next';
  if (args.flag('failed')) return 'rerun_failed';
  if (args.flag('failed-nets')) return 'rerun_failed_nets';
  if (args.flag('after-failed')) return 'rerun_after_failed';
  return args.flag('warnings') ? 'rerun_warnings' : 'rerun';
};

const revisionOf = (args: CommandContext['args']): Pick<OperationRequest, 'revision'> => {
  const revision = args.integer('revision');
  return revision === undefined ? {} : { revision };
};

const statusOf = (
  args: CommandContext['args'],
  name: string,
): Pick<OperationRequest, 'status' | 'exitCode'> => {
  const status = args.positionals('STATUS')[0] as SettableStatus | undefined;
  const exitCode = args.integer('exit-code');
  if (status === undefined && exitCode === undefined)
    throw usageFailure('"nezuban set-status" needs a STATUS or --exit-code N.', name);
  return { ...(status !== undefined && { status }), ...(exitCode !== undefined && { exitCode }) };
};
