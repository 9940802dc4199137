// What a closed attempt means: its end status, and in words why it did not end normally.
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import { say, type Said, type Sentence, type SentenceValue } from '@nezuban/protocol/sentences/sentence';
import { statusOfExitCode } from './exit-codes.ts';
import type { AttemptRules } from './attempt-rules.ts';
import { isPlannedAttempt } from './net-plan.ts';
import { joined, saidInRow } from './reasons.ts';
import type { SessionInput } from './session-inputs.ts';
import { choosesOne } from './targets.ts';
import type { AttemptRecord, UnitRecord } from './session-state.ts';

export type AttemptEnded = Extract<SessionInput, { readonly type: 'attemptEnded' }>;

/** How many nodes a unit's reason names before it only counts. */
const namedNodesMax = 3;
/** How many processes left behind a reason names. */
const namedLeftoversMax = 5;

/** What was timed out or cancelled is abnormal even if it answered TERM with exit code 0: its work is cut off. */
export function statusOfEnd({ exitCodes, endBy }: AttemptRules, input: AttemptEnded): EndStatus {
  if (isCutOff(input)) return 'abnormal';
  if (endBy === 'normal' || endBy === 'abnormal') return endBy;
  if (typeof endBy === 'object') return input.endFile?.held === true ? 'normal' : 'abnormal';
  return input.exitCode === null ? 'abnormal' : statusOfExitCode(exitCodes, input.exitCode);
}

function isCutOff({ startError, timedOut, cancelled }: AttemptEnded): boolean {
  return startError !== null || timedOut || cancelled;
}

/** Why it ended other than by itself, or what else than its exit code decided; null for a plain exit code. */
export function reasonOfEnd(rules: AttemptRules | null, input: AttemptEnded): Sentence | null {
  const leftovers = leftoverPhrase(input.leftovers);
  const cause = causeOfEnd(input) ?? endFilePhrase(rules, input) ?? exitPhrase(rules, input);
  if (cause === null) return leftovers;
  return leftovers === null ? cause : joined([cause, leftovers]);
}

function causeOfEnd(input: AttemptEnded): Sentence | null {
  if (input.startError !== null)
    return { code: 'attempt_not_started', values: { why: input.startErrorSaid ?? input.startError } };
  if (input.timedOut) return { code: 'attempt_timed_out' };
  if (input.cancelled) return { code: 'attempt_on_request' };
  const limit = limitPhrase(input);
  if (limit !== null) return limit;
  return input.signal === null ? null : { code: 'attempt_by_signal', values: { signal: input.signal } };
}

/** The limit that ended it, with what it had used. */
function limitPhrase({ usage }: AttemptEnded): Sentence | null {
  const limit = usage?.limit;
  if (limit === undefined) return null;
  if (limit.name === 'processes')
    return {
      code: limit.isDefault === true ? 'attempt_agent_processes_limit' : 'attempt_processes_limit',
      values: { max: limit.max },
    };
  const max = sizeWords(limit.max);
  if (limit.name === 'fileSize') return { code: 'attempt_file_size_limit', values: { max } };
  return usage?.memory === undefined
    ? { code: 'attempt_memory_limit', values: { max } }
    : { code: 'attempt_memory_limit_used', values: { max, used: sizeWords(usage.memory.bytes) } };
}

/** `512 MiB`: in the largest unit of which it is at least one. */
function sizeWords(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  return `${Number((bytes / 1024 ** power).toFixed(1))} ${units[power]}`;
}

function endFilePhrase(rules: AttemptRules | null, { endFile }: AttemptEnded): Sentence | null {
  const endBy = rules?.endBy;
  if (typeof endBy !== 'object' || endFile?.held === true) return null;
  const says: SentenceValue = endFile?.said ?? endFile?.says ?? { code: 'end_file_not_looked_at' };
  return { code: 'attempt_end_file', values: { file: endBy.file, says } };
}

function exitPhrase(rules: AttemptRules | null, { exitCode }: AttemptEnded): Sentence | null {
  const code = exitCode === null ? undefined : rules?.says?.[exitCode];
  return code === undefined ? null : { code };
}

export function leftoverPhrase(
  leftovers: readonly { readonly pid: number; readonly command: string }[],
): Sentence | null {
  if (leftovers.length === 0) return null;
  const named = leftovers.slice(0, namedLeftoversMax).map((process) => `${process.pid} ${process.command}`);
  const processes: SentenceValue =
    leftovers.length > named.length ? { code: 'processes_and_more', values: { processes: named } } : named;
  return { code: 'attempt_leftovers', values: { count: leftovers.length, processes } };
}

/** The newest attempt of each node in the unit's present run. */
export function latestAttempts(record: UnitRecord): readonly AttemptRecord[] {
  const last = record.attempts.at(-1);
  if (last === undefined || last.run !== record.run) return [];
  const latest = new Map<number, AttemptRecord>();
  const single =
    isPlannedAttempt(record.unit) &&
    record.unit.target !== null &&
    ('node' in record.unit.target || choosesOne(record.unit.target));
  if (single) return [last];
  for (const attempt of record.attempts)
    if (attempt.run === record.run) latest.set(attempt.nodeIndex, attempt);
  return [...latest.values()];
}

/** In whose place another of the same run has come: the next try on its node, or the node that was chosen next. */
export function supersededAttempts(record: UnitRecord): ReadonlySet<AttemptRecord> {
  const run = record.attempts.at(-1)?.run;
  const latest = new Set(latestAttempts({ ...record, run: run ?? record.run }));
  return new Set(record.attempts.filter((attempt) => attempt.run === run && !latest.has(attempt)));
}

/** One sentence on the attempts that did not end normally. */
export function reasonOfAttempts(latest: readonly AttemptRecord[]): Said {
  const failed = latest.filter((attempt) => attempt.endStatus !== 'normal');
  const phrases = failed.slice(0, namedNodesMax).map((attempt): Sentence => ({
    code: 'attempt_on',
    values: { outcome: outcomePhrase(attempt), node: attempt.node },
  }));
  const rest = failed.length - phrases.length;
  const named: SentenceValue = joined(phrases) ?? '';
  const said: SentenceValue =
    rest > 0 ? { code: 'attempts_more', values: { said: named, count: rest } } : named;
  return latest.length > 1
    ? say('reason_attempts_of', { failed: failed.length, all: latest.length, said })
    : say('reason_attempts', { Said: said });
}

function outcomePhrase(attempt: AttemptRecord): Sentence {
  const { state, exitCode } = attempt;
  const why = saidInRow(attempt);
  if (state === 'unknown' || state === 'refused')
    return { code: `attempt_${state}`, values: { why: why ?? { code: 'no_reason_given' } } };
  if (exitCode === null) return why ?? { code: 'attempt_no_exit_code' };
  return why === null
    ? { code: 'attempt_exit_code', values: { code: exitCode } }
    : { code: 'attempt_exit_code_because', values: { code: exitCode, why } };
}
