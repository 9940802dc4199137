// `nezuban sample`: installs the sample, and tells what to type next.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async (context) => {
  const { out } = context;
  const { url } = await context.connection();
  const sample = await (await context.api()).call('installSample');
  await out.result(
    sample,
    () => `Job net ${sample.net} is ${sample.change === 'unchanged' ? 'there already' : sample.change}.`,
  );
  out.note(`Run it:          nezuban run ${sample.net} --follow`);
  out.note(`Look at it:      ${url.origin}`);
  out.note(`See how it is written: nezuban export ${sample.net}`);
};
