// Judges what the schemas of tools cannot: keys that exclude each other, patterns, paths, bounds that depend on others.
// Called by `judgeAttemptUnit`. Not responsible for what all units with attempts share.
import type { ContainerUnit } from '@nezuban/protocol/jobs/units/container';
import type { FileWatchUnit } from '@nezuban/protocol/jobs/units/file-watch';
import type { BodyCheck, HttpUnit } from '@nezuban/protocol/jobs/units/http';
import type { SshUnit } from '@nezuban/protocol/jobs/units/ssh';
import { definitionLimits } from '@nezuban/protocol/jobs/definition-limits';
import { parseJsonPath } from '@nezuban/protocol/jobs/json-path';
import { statusRanges } from '../jobs/status-ranges.ts';
import { compilePattern } from '../traps/rules/bounded-pattern.ts';
import { judgeExitCodes } from './judge-exit-codes.ts';
import type { PathIssue, PathSegment } from './path-issue.ts';

type Path = readonly PathSegment[];

export function judgeFileWatch(unit: FileWatchUnit, path: Path): PathIssue[] {
  const issues: PathIssue[] = [];
  const say = (key: string, message: string): void => void issues.push({ path: [...path, key], message });
  const { watch } = unit;
  if (unit.already_there !== undefined && (watch === 'changed' || watch === 'exists'))
    say(
      'already_there',
      `has no meaning with "watch: ${watch}"; it is for files that are created or deleted`,
    );
  if (unit.size_min !== undefined && watch === 'deleted')
    say('size_min', 'has no meaning with "watch: deleted"');
  if (unit.on_timeout !== 'abnormal' && unit.timeout_s === undefined)
    say('on_timeout', 'needs "timeout_s": without it the watch waits for ever');
  if (unit.timeout_s !== undefined && unit.settle_s >= unit.timeout_s)
    say('settle_s', `is not below "timeout_s" (${unit.timeout_s}): nothing could settle in time`);
  return issues;
}

export function judgeHttp(unit: HttpUnit, path: Path): PathIssue[] {
  const { status, success, poll, tls } = unit;
  const issues: PathIssue[] = [];
  const say = (at: Path, message: string): void => void issues.push({ path: [...path, ...at], message });
  if (unit.body !== undefined && (unit.method === 'GET' || unit.method === 'HEAD'))
    say(['body'], `a request by ${unit.method} has no body; give a "method" such as POST`);
  for (const name of Object.keys(unit.headers ?? {}))
    if (hasHeader(unit.header_files, name))
      say(
        ['header_files', ownName(unit.header_files, name)],
        'stands under "headers" too; give the header once',
      );
  for (const name of [...Object.keys(unit.headers ?? {}), ...Object.keys(unit.header_files ?? {})])
    if (/^(host|content-length|transfer-encoding|connection)$/i.test(name))
      say(
        [hasHeader(unit.headers, name) ? 'headers' : 'header_files', name],
        'is made by the call itself; leave it out',
      );
  if (status?.retry !== undefined && unit.retry === undefined)
    say(['status', 'retry'], 'needs "retry: { count: ... }", which says how often it is tried again');
  if (status !== undefined) issues.push(...judgeStatus(status, [...path, 'status']));
  if (success !== undefined) issues.push(...judgeCheck(success, [...path, 'success']));
  if (poll !== undefined) {
    if (poll.from === undefined && unit.method !== 'GET')
      say(['poll'], `would repeat a ${unit.method}; say under "from" where the response names whom to ask`);
    if (poll.from !== undefined && 'json' in poll.from && parseJsonPath(poll.from.json) === null)
      say(['poll', 'from', 'json'], noPath);
    issues.push(...judgeCheck(poll.done, [...path, 'poll', 'done']));
    if (poll.failed !== undefined) issues.push(...judgeCheck(poll.failed, [...path, 'poll', 'failed']));
  }
  if ((tls?.certificate_file === undefined) !== (tls?.key_file === undefined))
    say(['tls'], 'a client certificate needs both "certificate_file" and "key_file"');
  return issues;
}

const noPath = 'is no path such as "$.state" or "$.items[0].id"';

/** As it is written there: names of headers have no case. */
function ownName(headers: Readonly<Record<string, string>> | undefined, name: string): string {
  return Object.keys(headers ?? {}).find((each) => each.toLowerCase() === name.toLowerCase()) ?? name;
}

function hasHeader(headers: Readonly<Record<string, string>> | undefined, name: string): boolean {
  return Object.keys(headers ?? {}).some((each) => each.toLowerCase() === name.toLowerCase());
}

function judgeStatus(status: NonNullable<HttpUnit['status']>, path: Path): PathIssue[] {
  const issues: PathIssue[] = [];
  const seen: { from: number; to: number; key: string }[] = [];
  for (const key of ['normal', 'warning', 'retry'] as const) {
    if (status[key] === undefined) continue;
    for (const { from, to } of statusRanges(status[key])) {
      const text = from === to ? String(from) : `${from}-${to}`;
      const other = seen.find((range) => from <= range.to && to >= range.from);
      if (from > to) issues.push({ path: [...path, key], message: `the range "${text}" is upside down` });
      else if (other !== undefined)
        issues.push({
          path: [...path, key],
          message: `"${text}" overlaps with a range of "${other.key}"; each status may stand once`,
        });
      seen.push({ from, to, key });
    }
  }
  return issues;
}

function judgeCheck(check: BodyCheck, path: Path): PathIssue[] {
  const issues: PathIssue[] = [];
  const pattern =
    'regex' in check ? (['regex', check.regex] as const) : (['matches', check.matches] as const);
  if (pattern[1] !== undefined) {
    const compiled = compilePattern(pattern[1], false);
    if (!compiled.ok) issues.push({ path: [...path, pattern[0]], message: compiled.problem.message });
  }
  if ('regex' in check) return issues;
  if (parseJsonPath(check.json) === null) issues.push({ path: [...path, 'json'], message: noPath });
  if (check.equals !== undefined && check.matches !== undefined)
    issues.push({ path, message: 'has both "equals" and "matches"; give one of them' });
  return issues;
}

export function judgeSsh(unit: SshUnit, path: Path): PathIssue[] {
  const issues = [...judgeExitCodes(unit.exit_codes, path), ...judgeEnvironment(unit.environment, path)];
  if ((unit.known_hosts === undefined) === (unit.known_hosts_file === undefined))
    issues.push({
      path,
      message:
        'must have either "known_hosts" or "known_hosts_file": a host whose key is not known is never connected to',
    });
  return issues;
}

export function judgeContainer(unit: ContainerUnit, path: Path): PathIssue[] {
  const issues = [...judgeExitCodes(unit.exit_codes, path), ...judgeEnvironment(unit.environment, path)];
  if (typeof unit.command === 'string' && unit.entrypoint !== undefined)
    issues.push({
      path: [...path, 'command'],
      message: 'a shell line is run by /bin/sh; with an "entrypoint" of your own give a list of arguments',
    });
  return issues;
}

function judgeEnvironment(
  environment: Readonly<Record<string, string>> | undefined,
  path: Path,
): PathIssue[] {
  const entries = Object.keys(environment ?? {}).length;
  if (entries <= definitionLimits.environmentEntriesMax) return [];
  return [
    {
      path: [...path, 'environment'],
      message: `has ${entries} variables; at most ${definitionLimits.environmentEntriesMax} are allowed`,
    },
  ];
}
