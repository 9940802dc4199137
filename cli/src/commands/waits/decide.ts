// `nezuban approve` and `nezuban refuse`: a decision about a unit that waits for people.
import type { SessionId, UnitPath } from '@nezuban/protocol/ids';
import type { CommandRun } from '../command.ts';
import { unitWord } from '../jobs/session-words.ts';

export const run: CommandRun = async (context) => {
  const { command, args, out } = context;
  const id = Number(args.positional('SESSION')) as SessionId;
  const unit = args.positional('UNIT') as UnitPath;
  const approve = command.name === 'approve';
  const comment = args.text('comment');
  const api = await context.api();
  const session = await api.call('decideApproval', {
    params: { id },
    body: { unit, approve, ...(comment !== undefined && { comment }) },
  });
  const view = session.units.find(({ path }) => path === unit);
  await out.result(
    session,
    () =>
      `${unit} of session ${id} was ${approve ? 'approved' : 'refused'}${view === undefined ? '' : ` (${unitWord(view)}): ${view.reason ?? ''}`}`,
  );
};
