// What the person at the terminal reads. Pure texts.
import type { KeeperStatus } from '@nezuban/protocol/keeper/control';

export type BannerInput = {
  readonly version: string;
  readonly consoleUrl: string | null;
  readonly consoleBuilt: boolean;
  readonly adminPassword: string | null;
  readonly home: string;
  readonly withJobs: boolean;
  readonly duty: 'master' | 'standby';
};

/** Printed once everything serves. */
export function renderBanner(input: BannerInput): string {
  const lines = [
    `Nezuban ${input.version} is running${input.duty === 'standby' ? ', as a host of a pair that is not the master now. "nezuban pair status" says more' : ''}.`,
    '',
    `  Console   ${input.consoleUrl ?? '(the manager named no address)'}`,
  ];
  if (!input.consoleBuilt)
    lines.push(
      '            The console is not built, so this address serves the API alone: run "npm run build".',
    );
  lines.push(`  Home      ${input.home}`);
  lines.push(
    `  Stop      Ctrl-C, or "nezuban manager stop"; running jobs ${input.withJobs ? 'end too' : 'go on'}`,
  );
  if (input.adminPassword !== null) {
    const box = [
      'Sign in for the first time with',
      `  user      admin`,
      `  password  ${input.adminPassword}`,
      'It is shown until it has been changed.',
    ];
    lines.push('', ...drawBox(box));
  }
  return `${lines.join('\n')}\n`;
}

export function renderStatus(status: KeeperStatus): string {
  const lines = [
    `Nezuban ${status.version} is ${status.state} (process ${status.pid}, since ${status.startedAt}).`,
    `  Console   ${status.consoleUrl ?? '-'}`,
    `  Agents    ${status.agentAddress ?? '-'}`,
    `  Home      ${status.home}`,
    ...status.processes.map(
      ({ name, state, pid, restarts }) =>
        `  ${name.padEnd(9)} ${state}${pid === null ? '' : `, process ${pid}`}${restarts === 0 ? '' : `, restarted ${restarts} times`}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function drawBox(lines: readonly string[]): readonly string[] {
  const width = Math.max(...lines.map((line) => line.length));
  const rule = '-'.repeat(width + 2);
  return [`  +${rule}+`, ...lines.map((line) => `  | ${line.padEnd(width)} |`), `  +${rule}+`];
}
