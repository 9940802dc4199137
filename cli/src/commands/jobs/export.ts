// `nezuban export`: the definition as YAML, ready for `nezuban apply`.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async ({ api, args, out }) => {
  const name = args.positional('NET');
  const yaml = await (await api()).call('exportNet', { params: { name } });
  if (out.json) await out.result({ net: name, yaml }, () => []);
  else await out.write(yaml.endsWith('\n') ? yaml : `${yaml}\n`);
};
