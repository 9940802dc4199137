// `nezuban status clear` and `status acknowledge`: an entry of the status view, by hand.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async ({ api, args, out, command }) => {
  const action = command.name.endsWith('clear') ? 'clear' : 'acknowledge';
  const part = (name: string): string | null => {
    const [text] = args.positionals(name);
    return text === undefined || text === '-' ? null : text;
  };
  const entry = { node: part('NODE'), monitor: part('MONITOR'), key: part('KEY') };
  const comment = args.text('comment');
  const result = await (
    await api()
  ).call('changeStatus', {
    body: { entries: [entry], action, ...(comment !== undefined && { comment }) },
  });
  await out.result(result, () => (action === 'clear' ? 'Cleared.' : 'Acknowledged.'));
};
