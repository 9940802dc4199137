// `nezuban version`: of the command line; `nezuban status` tells the manager's.
import packageJson from '../../../package.json' with { type: 'json' };
import type { CommandRun } from '../command.ts';

export const run: CommandRun = async ({ out }) => {
  await out.result(
    { version: packageJson.version, node: process.versions.node },
    () => `Nezuban ${packageJson.version}`,
  );
};
