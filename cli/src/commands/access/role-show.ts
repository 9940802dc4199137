// `nezuban role show`: a role as YAML, ready for `nezuban apply`.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async ({ api, args, out }) => {
  const name = args.positional('ROLE');
  const client = await api();
  if (out.json) {
    const role = await client.call('getRole', { params: { name } });
    await out.result(role, () => []);
    return;
  }
  const yaml = await client.call('exportRole', { params: { name } });
  await out.write(yaml.endsWith('\n') ? yaml : `${yaml}\n`);
};
