// How ends of attempts are read, by the type of their unit: what exit codes mean, and which ends are worth another try.
// Pure, from the definition alone. Called by the plan, once a unit. Not responsible for the orders (`attempt-kinds/`).
import type { SentenceCode } from '@nezuban/protocol/sentences/sentence';
import { toolExitCodes } from '@nezuban/protocol/agent/tool-inputs';
import type { AttemptUnit } from '@nezuban/protocol/jobs/units/attempt-units';
import type { EndBy } from '@nezuban/protocol/jobs/units/command';
import type { FileTransferUnit } from '@nezuban/protocol/jobs/units/file-transfer';
import type { FileWatchUnit } from '@nezuban/protocol/jobs/units/file-watch';
import type { HttpUnit } from '@nezuban/protocol/jobs/units/http';
import { exitCodeClasses, retryCodesOf } from './exit-codes.ts';
import type { ExitCodeClasses, ExitCodeRange } from './exit-codes.ts';

export type AttemptRules = {
  readonly exitCodes: ExitCodeClasses;
  readonly endBy: EndBy;
  /** Of the ends that `retry.on` names, only those with one of these exit codes are tried again; null: all. */
  readonly retryCodes: readonly ExitCodeRange[] | null;
  /**
   * An attempt whose result nobody knows is begun again instead of ending the unit: because it changes nothing on the node, or because the next
   * try finds what the last one has begun and goes on with it.
   */
  readonly repeatable: boolean;
  /** What a tool needs, beyond `kill_after_s`, to end what it has begun elsewhere, before it is killed itself. */
  readonly killReserveMs: number;
  /** The same where it is killed without grace. */
  readonly killMs: number;
  /** In words, what exit codes of a tool say. */
  readonly says?: Readonly<Record<number, SentenceCode>>;
};

const codes = toolExitCodes;
/** What an engine of containers says by it: it could not make or start the container. */
const engineFailed = 125;
/** To ask the other host, and to hear how the command ended there. */
const sshReserveMs = 5_000;
/** To remove what has arrived. */
const transferReserveMs = 2_000;
/** To let the engine stop the container, and to take its result. */
const containerReserveMs = 15_000;

export function rulesOf(unit: AttemptUnit): AttemptRules {
  const retryCodes = retryCodesOf(unit.retry);
  const byCode = { endBy: 'exit_code', retryCodes, repeatable: false, killReserveMs: 0, killMs: 0 } as const;
  switch (unit.type) {
    case 'command':
      return { ...byCode, exitCodes: exitCodeClasses(unit.exit_codes), endBy: unit.end_by };
    case 'file_watch':
      return { ...byCode, exitCodes: watchCodes(unit), repeatable: true, says: watchSays };
    case 'http':
      return {
        ...byCode,
        exitCodes: { normal: [one(0)], warning: [one(codes.warning)] },
        retryCodes: retryCodes ?? statusesToRetry(unit),
        says: httpSays,
      };
    case 'ssh':
      return {
        ...byCode,
        exitCodes: exitCodeClasses(unit.exit_codes),
        killReserveMs: sshReserveMs,
        says: sshSays,
      };
    case 'container':
      return {
        ...byCode,
        exitCodes: exitCodeClasses(unit.exit_codes),
        repeatable: true,
        killReserveMs: containerReserveMs,
        killMs: containerReserveMs,
        says: containerSays,
      };
    case 'file_transfer':
      return {
        ...byCode,
        exitCodes: transferCodes(unit),
        repeatable: true,
        killReserveMs: transferReserveMs,
        says: transferSays,
      };
  }
}

/** From TERM to KILL on the node. */
export function killAfterMsOf(
  {
    definition,
    rules,
  }: { readonly definition: Pick<AttemptUnit, 'kill_after_s'>; readonly rules: AttemptRules },
  isKill = false,
): number {
  return isKill ? rules.killMs : definition.kill_after_s * 1000 + rules.killReserveMs;
}

function watchCodes({ on_timeout: onTimeout }: FileWatchUnit): ExitCodeClasses {
  const over = one(codes.timeOver);
  return {
    normal: onTimeout === 'normal' ? [one(0), over] : [one(0)],
    warning: onTimeout === 'warning' ? [over] : [],
  };
}

function transferCodes({ from: { on_missing: onMissing } }: FileTransferUnit): ExitCodeClasses {
  const missing = one(codes.noInput);
  return {
    normal: onMissing === 'normal' ? [one(0), missing] : [one(0)],
    warning: onMissing === 'warning' ? [missing] : [],
  };
}

/** Where statuses that ask to come again are named, nothing else is worth another try but a server that was not reached at all. */
function statusesToRetry({ status }: HttpUnit): readonly ExitCodeRange[] | null {
  return status?.retry === undefined ? null : [one(codes.tryAgain), one(codes.unreachable)];
}

const watchSays = {
  [codes.timeOver]: 'tool_file_not_found_in_time',
  [codes.permission]: 'tool_permission',
} as const;
const httpSays = {
  [codes.abnormal]: 'http_not_as_wanted',
  [codes.usage]: 'http_wrong_request',
  [codes.unreachable]: 'http_unreachable',
  [codes.tryAgain]: 'http_try_again',
  [codes.noAnswer]: 'http_no_answer',
  [codes.permission]: 'http_file',
} as const;
const sshSays = {
  [codes.unreachable]: 'ssh_nothing_ran',
  [codes.noAnswer]: 'ssh_lost',
  [codes.permission]: 'ssh_key',
  [codes.notInstalled]: 'ssh_no_client',
} as const;
const containerSays = {
  [engineFailed]: 'container_engine_failed',
  [codes.noAnswer]: 'container_nobody_knows',
  [codes.notInstalled]: 'container_no_engine',
} as const;

const transferSays = {
  [codes.abnormal]: 'transfer_not_taken',
  [codes.usage]: 'transfer_wrong_target',
  [codes.noInput]: 'transfer_no_file',
  [codes.unreachable]: 'transfer_silent',
  [codes.trouble]: 'transfer_disk',
  [codes.permission]: 'tool_permission',
} as const;

function one(code: number): ExitCodeRange {
  return { from: code, to: code };
}
