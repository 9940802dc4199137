// `nezuban support bundle`: the file, and what the person reads before passing it on. Called by main.ts.
import { open } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { formatBytes } from '@nezuban/core/self-watch/sentences';
import type { Answer } from '../admin/commands.ts';
import { withContext } from '../doctor/context.ts';
import { kindOfHome } from '../doctor/doctor.ts';
import type { Host } from '../host.ts';
import type { Invocation } from '../options.ts';
import { ToolError, toolExitCodes } from '../tool-error.ts';
import { makeBundle } from './bundle.ts';
import { packTar } from './tar.ts';

const MODE = 0o600;

export const runSupportBundle = async (
  host: Host,
  { file }: Extract<Invocation, { command: 'support bundle' }>,
  say: (line: string) => void,
): Promise<Answer> => {
  const kind = kindOfHome(host.home);
  if (kind === 'none')
    throw new ToolError(`There is no home of Nezuban at ${host.home}.`, {
      exitCode: toolExitCodes.unreachable,
      hints: ['Name its home with --home DIR, or with NEZUBAN_HOME.'],
    });
  if (host.uid !== host.owner && host.uid !== 0)
    throw new ToolError(`Only the owner of ${host.home} and root can read what belongs into a bundle.`, {
      exitCode: toolExitCodes.refused,
      hints: ['Run it as that user, for instance with sudo -u.'],
    });
  say('Collecting; secrets are masked. Nothing is sent anywhere.');
  const { bundle, now } = await withContext(host, kind, async (context) => ({
    bundle: await makeBundle(context),
    now: context.now,
  }));
  const target = path.resolve(file ?? defaultName(now));
  const packed = await promisify(gzip)(packTar(bundle.entries, now.getTime()));
  await writeNew(target, packed);
  return {
    value: { file: target, bytes: packed.length, contents: bundle.contents },
    lines: [
      `Written: ${target} (${formatBytes(packed.length)})`,
      '',
      'It contains:',
      ...bundle.contents.map(
        ({ name, bytes, about }) => `  ${name.padEnd(32)} ${formatBytes(bytes).padStart(8)}  ${about}`,
      ),
      '',
      'Masked: passwords, tokens, keys, addresses of webhooks, values of environment variables of jobs.',
      'Not masked: names of hosts, nodes, job nets and users, and addresses in your network. Look into it before you pass it on:',
      `  tar -xzf ${target} -O | less`,
    ],
  };
};

const defaultName = (now: Date): string =>
  `nezuban-support-${os.hostname().replaceAll(/[^A-Za-z0-9.-]/g, '_')}-${now.toISOString().slice(0, 16).replaceAll(/[-:]/g, '')}.tar.gz`;

/** Never over a file that is there. */
const writeNew = async (file: string, content: Buffer): Promise<void> => {
  let handle;
  try {
    handle = await open(file, 'wx', MODE);
  } catch (cause) {
    const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    throw new ToolError(
      isThere
        ? `${file} is there already.`
        : `${file} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
      { exitCode: toolExitCodes.refused, hints: ['Name another file.'], cause },
    );
  }
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
};
