// `nezuban trap alias show`: an alias as YAML, ready for `nezuban apply`.
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async ({ api, args, out }) => {
  const name = args.positional('ALIAS');
  const client = await api();
  if (out.json) {
    await out.result(await client.call('getTrapAlias', { params: { name } }), () => []);
    return;
  }
  const yaml = await client.call('exportTrapAlias', { params: { name } });
  await out.write(yaml.endsWith('\n') ? yaml : `${yaml}\n`);
};
