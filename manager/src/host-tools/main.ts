// The program behind `nezuban admin`, `nezuban doctor` and `nezuban support`: what is done on the host itself, also while no manager answers.
// Responsible for the process: argv, environment, output, exit code. Started by the launcher `nezuban`; no child of the keeper.
import os from 'node:os';
import { HomeError, resolveHome } from '@nezuban/platform/home';
import { CodedError } from '@nezuban/protocol/errors';
import { runRenewCertificate, runResetPassword, runRotateKey, type Answer } from './admin/commands.ts';
import { runRenewCa } from './admin/renew-ca-command.ts';
import { openHost, type Host } from './host.ts';
import { parseToolWords, type Invocation } from './options.ts';
import { ToolError, toolExitCodes, type ToolExitCode } from './tool-error.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const wantsJson = process.argv.includes('--json');
process.stdout.on('error', () => undefined);

process.exitCode = await runMain();

async function runMain(): Promise<ToolExitCode> {
  try {
    const invocation = parseToolWords(process.argv.slice(2));
    if (invocation.command === 'help') {
      process.stdout.write(`${invocation.text}\n`);
      return toolExitCodes.ok;
    }
    const { answer, exitCode } = await run(invocation, hostOf(invocation.home));
    process.stdout.write(
      invocation.json ? `${JSON.stringify(answer.value, null, 2)}\n` : `${answer.lines.join('\n')}\n`,
    );
    return exitCode;
  } catch (error) {
    return fail(error);
  }
}

type Outcome = { readonly answer: Answer; readonly exitCode: ToolExitCode };

async function run(invocation: Exclude<Invocation, { command: 'help' }>, host: Host): Promise<Outcome> {
  const done = (answer: Answer): Outcome => ({ answer, exitCode: toolExitCodes.ok });
  switch (invocation.command) {
    case 'doctor': {
      const { runDoctor } = await import('./doctor/command.ts');
      return await runDoctor(host, invocation);
    }
    case 'support bundle': {
      const { runSupportBundle } = await import('./support/command.ts');
      return done(await runSupportBundle(host, invocation, say));
    }
    case 'admin reset-password':
      return done(await runResetPassword(host, invocation));
    case 'admin rotate-key':
      return done(await runRotateKey(host, invocation, say));
    case 'admin renew-certificate':
      return done(await runRenewCertificate(host));
    case 'admin renew-ca': {
      const { answer, isOpen } = await runRenewCa(host, invocation, say);
      return { answer, exitCode: isOpen ? toolExitCodes.warning : toolExitCodes.ok };
    }
  }
}

function hostOf(home: string | undefined): Host {
  const uid = process.getuid?.() ?? -1;
  const { username, homedir } = os.userInfo();
  const found = resolveHome({
    flag: home,
    variable: process.env['NEZUBAN_HOME'] || undefined,
    uid,
    userHome: homedir,
    cwd: process.cwd(),
  });
  const sudo = process.env['SUDO_USER'];
  return openHost({
    home: found,
    uid,
    locale: process.env['LC_ALL'] || process.env['LC_CTYPE'] || process.env['LANG'] || '',
    person: `${sudo === undefined || sudo === '' ? username : `${sudo} as ${username}`} on ${os.hostname()}`,
  });
}

function fail(error: unknown): ToolExitCode {
  const known = toKnown(error);
  if (wantsJson) {
    const { message, hints, exitCode } = known;
    say(JSON.stringify({ error: { code: 'host_tool', message, hints, issues: [], exitCode } }));
  } else for (const line of [`nezuban: ${known.message}`, ...known.hints]) say(line);
  return known.exitCode;
}

function toKnown(error: unknown): ToolError {
  if (error instanceof ToolError) return error;
  if (error instanceof HomeError) return new ToolError(error.message, { exitCode: toolExitCodes.usage });
  if (error instanceof CodedError)
    return new ToolError(error.message, { exitCode: toolExitCodes.refused, cause: error });
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new ToolError(`something broke inside this command; please report this:\n${stack}`, {
    exitCode: toolExitCodes.refused,
  });
}
