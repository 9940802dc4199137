// All checks of the doctor, in the order in which they read.
// Responsible for that one that fails is a finding, not an end. Called by the commands doctor and support bundle.
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Host } from '../host.ts';
import { checkAccess } from './checks/access.ts';
import { checkAgent } from './checks/agent.ts';
import { checkBackup, checkCertificates, checkDatabase, checkPair } from './checks/data.ts';
import { checkDisk, checkHome } from './checks/home.ts';
import { checkIntake } from './checks/intake.ts';
import { checkPorts, checkProcesses } from './checks/processes.ts';
import { checkClock, checkKernel, checkLimits, checkMemory, checkRuntime } from './checks/system.ts';
import { withContext, type DoctorContext } from './context.ts';
import { warning, worstLevel, type Finding, type FindingLevel } from './finding.ts';

export type Diagnosis = {
  readonly at: string;
  readonly home: string;
  readonly kind: DoctorContext['kind'];
  readonly level: FindingLevel;
  readonly findings: readonly Finding[];
};

const checks = {
  home: checkHome,
  disk: checkDisk,
  processes: checkProcesses,
  ports: checkPorts,
  intake: checkIntake,
  release: checkRuntime,
  database: checkDatabase,
  certificates: checkCertificates,
  pair: checkPair,
  backup: checkBackup,
  access: checkAccess,
  clock: checkClock,
  memory: checkMemory,
  limits: checkLimits,
  kernel: checkKernel,
  agent: checkAgent,
} as const;

/** Any one of them; a check that asks the network is bounded by itself, this is for what nobody thought of. */
const CHECK_MS = 20_000;

export const kindOfHome = (home: string): DoctorContext['kind'] => {
  if (existsSync(path.join(home, 'VERSION')) || existsSync(path.join(home, 'manager'))) return 'manager';
  return existsSync(path.join(home, 'identity.json')) || existsSync(path.join(home, 'journal.db'))
    ? 'agent'
    : 'none';
};

/** `kind`: what the home is taken for; null: what it looks like. */
export const diagnose = async (host: Host, kind: DoctorContext['kind'] | null): Promise<Diagnosis> =>
  await withContext(host, kind ?? kindOfHome(host.home), diagnoseWith);

export const diagnoseWith = async (context: DoctorContext): Promise<Diagnosis> => {
  const findings: Finding[] = [];
  for (const [name, check] of Object.entries(checks)) findings.push(...(await guarded(name, check, context)));
  return {
    at: context.now.toISOString(),
    home: context.host.home,
    kind: context.kind,
    level: worstLevel(findings),
    findings,
  };
};

const guarded = async (
  name: string,
  check: (context: DoctorContext) => Promise<Finding[]>,
  context: DoctorContext,
): Promise<Finding[]> => {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('no answer in time')), CHECK_MS);
  try {
    return await Promise.race([check(context), tooLate]);
  } catch (error) {
    return [
      warning(
        `${name}.unchecked`,
        `"${name}" could not be checked: ${error instanceof Error ? error.message : String(error)}.`,
      ),
    ];
  } finally {
    clearTimeout(timer);
  }
};
