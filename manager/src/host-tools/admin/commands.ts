// The commands below `nezuban admin`: who may, what is done, what is said.
// Not responsible for the doing itself (the other files here). Called by main.ts.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createLogger } from '@nezuban/platform/logger';
import { assertMayAdminister, withDatabase, type Host } from '../host.ts';
import type { Invocation } from '../options.ts';
import { renewCertificate } from './renew-certificate.ts';
import { adviseBackup, readBackupFolder } from './advise-backup.ts';
import { resetPassword } from './reset-password.ts';
import { rotateKey, type RotationStep } from './rotate-key.ts';
import { shareKeys } from './share-keys.ts';

type Order<Name> = Extract<Invocation, { command: Name }>;
/** What is shown: one document for scripts, lines for people. */
export type Answer = { readonly value: unknown; readonly lines: readonly string[] };

/** Sealing and writing are a millisecond apart. */
const SETTLE_MS = 1_000;

const logger = () => createLogger({ process: 'host-tools', level: 'error' });

export const runResetPassword = async (host: Host, order: Order<'admin reset-password'>): Promise<Answer> => {
  assertMayAdminister(host);
  const { user, endTokens, administrator } = order;
  const done = await withDatabase(host, async (database) =>
    resetPassword({ database, logger: logger() }, { user, endTokens, administrator, person: host.person }),
  );
  const tokens = endTokens
    ? `${done.tokensEnded} API tokens were ended.`
    : done.tokensLeft === 0
      ? 'The user has no API tokens.'
      : `${done.tokensLeft} API tokens of the user still work; end them too with --end-tokens.`;
  return {
    value: done,
    lines: [
      done.created
        ? `The user "${user}" was made, with all rights.`
        : `The password of "${user}" was replaced.`,
      '',
      `  One-time password: ${done.password}`,
      '',
      'It is shown only now, and has to be replaced at the next sign-in.',
      `${done.signInsEnded} sign-ins were ended. ${tokens}`,
    ],
  };
};

const stepSentences: Readonly<Record<RotationStep, string>> = {
  prepared: 'The new key lies beside the old one.',
  shared: 'Every host has it.',
  sealed: 'All secrets are sealed by it.',
  taken: 'It is the key in use.',
  checked: 'Nothing is sealed by the old one any more.',
  forgotten: 'Former keys are removed.',
};

export const runRotateKey = async (
  host: Host,
  order: Order<'admin rotate-key'>,
  say: (line: string) => void,
): Promise<Answer> => {
  assertMayAdminister(host);
  const paired = existsSync(path.join(host.home, 'keeper', 'pair.json'));
  const done = await withDatabase(host, async (database) => {
    const rotated = await rotateKey(
      {
        database,
        logger: logger(),
        keyFile: path.join(host.home, 'manager', 'secret-key'),
        share: async () => await shareKeys(host.keeper, paired),
        settle: async () => await delay(SETTLE_MS),
        onStep: (step) => say(stepSentences[step]),
      },
      { forgetOld: order.forgetOld, person: host.person },
    );
    return { ...rotated, backup: adviseBackup(await readBackupFolder(database)) };
  });
  return {
    value: done,
    lines: [
      `The key was rotated; ${done.sealed} stored secrets were sealed anew.`,
      ...(done.formerKeys === 0
        ? []
        : [`${done.formerKeys} former keys stay in the key file, for backups from before.`]),
      `Make a backup now: those from before hold the old key. Type: ${done.backup}`,
    ],
  };
};

export const runRenewCertificate = async (host: Host): Promise<Answer> => {
  assertMayAdminister(host);
  const expiresAt = await renewCertificate(host);
  return {
    value: { expiresAt: expiresAt?.toISOString() ?? null },
    lines: [
      expiresAt === null
        ? 'The certificate was removed; the manager makes a new one when it starts.'
        : `The manager of this host has a new certificate, good until ${expiresAt.toISOString().slice(0, 10)}.`,
    ],
  };
};
