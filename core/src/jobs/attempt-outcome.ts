// What a closed attempt means: its end status, and in words why it did not end normally.
import type { EndStatus } from '@nezuban/protocol/jobs/end-status';
import { statusOfExitCode } from './exit-codes.ts';
import type { AttemptRules } from './attempt-rules.ts';
import { isPlannedAttempt } from './net-plan.ts';
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
export function reasonOfEnd(rules: AttemptRules | null, input: AttemptEnded): string | null {
  const leftovers = leftoverPhrase(input.leftovers);
  const cause = causeOfEnd(input) ?? endFilePhrase(rules, input) ?? exitPhrase(rules, input);
  if (cause === null) return leftovers;
  return leftovers === null ? cause : `${cause}; ${leftovers}`;
}

function causeOfEnd(input: AttemptEnded): string | null {
  if (input.startError !== null) return `could not be started: ${input.startError}`;
  if (input.timedOut) return 'ended because it ran into its timeout';
  if (input.cancelled) return 'ended on request';
  const limit = limitPhrase(input);
  if (limit !== null) return limit;
  return input.signal === null ? null : `ended by ${input.signal}`;
}

/** The limit that ended it, with what it had used. */
function limitPhrase({ usage }: AttemptEnded): string | null {
  const limit = usage?.limit;
  switch (limit?.name) {
    case undefined:
      return null;
    case 'memory':
      return `ended by its memory limit of ${sizeWords(limit.max)}${usage?.memory === undefined ? '' : ` (it had used ${sizeWords(usage.memory.bytes)})`}`;
    case 'processes':
      return `ended after it had met ${limit.isDefault === true ? "the agent's" : 'its'} limit of ${limit.max} processes`;
    case 'fileSize':
      return `ended by its limit of ${sizeWords(limit.max)} for the size of a file`;
  }
}

/** `512 MiB`: in the largest unit of which it is at least one. */
function sizeWords(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  return `${Number((bytes / 1024 ** power).toFixed(1))} ${units[power]}`;
}

function endFilePhrase(rules: AttemptRules | null, { endFile }: AttemptEnded): string | null {
  const endBy = rules?.endBy;
  if (typeof endBy !== 'object' || endFile?.held === true) return null;
  return `${endBy.file} ${endFile?.says ?? 'was not looked at by the agent'}`;
}

function exitPhrase(rules: AttemptRules | null, { exitCode }: AttemptEnded): string | null {
  return exitCode === null ? null : (rules?.says?.[exitCode] ?? null);
}

export function leftoverPhrase(
  leftovers: readonly { readonly pid: number; readonly command: string }[],
): string | null {
  if (leftovers.length === 0) return null;
  const named = leftovers.slice(0, namedLeftoversMax).map((process) => `${process.pid} ${process.command}`);
  return `${leftovers.length} of its processes still ran afterwards (${named.join(', ')}${leftovers.length > named.length ? ', ...' : ''})`;
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

/** One sentence on the attempts that did not end normally. */
export function reasonOfAttempts(latest: readonly AttemptRecord[]): string {
  const failed = latest.filter((attempt) => attempt.endStatus !== 'normal');
  const phrases = failed
    .slice(0, namedNodesMax)
    .map((attempt) => `${outcomePhrase(attempt)} on ${attempt.node}`);
  const rest = failed.length - phrases.length;
  const text = `${phrases.join('; ')}${rest > 0 ? `; and on ${rest} more nodes` : ''}`;
  const of = latest.length > 1 ? `${failed.length} of ${latest.length} nodes: ${text}` : text;
  return `${of.charAt(0).toUpperCase()}${of.slice(1)}.`;
}

function outcomePhrase(attempt: AttemptRecord): string {
  if (attempt.state === 'unknown') return `result unknown (${attempt.reason ?? 'no reason given'})`;
  if (attempt.state === 'refused') return `refused (${attempt.reason ?? 'no reason given'})`;
  const exit = attempt.exitCode === null ? null : `exit code ${attempt.exitCode}`;
  if (attempt.reason === null) return exit ?? 'no exit code';
  return exit === null ? attempt.reason : `${exit}, ${attempt.reason}`;
}
