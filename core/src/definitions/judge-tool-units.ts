// Judges what the schemas of tools cannot: keys that exclude each other, patterns, paths, bounds that depend on others.
// Called by `judgeAttemptUnit`. Not responsible for what all units with attempts share.
import type { ContainerUnit } from '@nezuban/protocol/jobs/units/container';
import type { FileWatchUnit } from '@nezuban/protocol/jobs/units/file-watch';
import type { BodyCheck, HttpUnit } from '@nezuban/protocol/jobs/units/http';
import type { SshUnit } from '@nezuban/protocol/jobs/units/ssh';
import { definitionLimits } from '@nezuban/protocol/jobs/definition-limits';
import { parseJsonPath } from '@nezuban/protocol/jobs/json-path';
import { say, type Said } from '@nezuban/protocol/sentences/sentence';
import { statusRanges } from '../jobs/status-ranges.ts';
import { placesOf } from '../jobs/variables/places.ts';
import { compilePattern } from '../traps/rules/bounded-pattern.ts';
import { judgeExitCodes } from './judge-exit-codes.ts';
import { judgeContainerLimits } from './judge-unit-limits.ts';
import type { PathIssue, PathSegment } from './path-issue.ts';

type Path = readonly PathSegment[];

export function judgeFileWatch(unit: FileWatchUnit, path: Path): PathIssue[] {
  const issues: PathIssue[] = [];
  const report = (key: string, said: Said): void => void issues.push({ path: [...path, key], ...said });
  const { watch } = unit;
  if (unit.already_there !== undefined && (watch === 'changed' || watch === 'exists'))
    report('already_there', say('already_there_without_meaning', { watch }));
  if (unit.size_min !== undefined && watch === 'deleted') report('size_min', say('size_min_without_meaning'));
  if (unit.on_timeout !== 'abnormal' && unit.timeout_s === undefined)
    report('on_timeout', say('on_timeout_needs_timeout'));
  if (unit.timeout_s !== undefined && unit.settle_s >= unit.timeout_s)
    report('settle_s', say('settle_not_below_timeout', { timeout: unit.timeout_s }));
  return issues;
}

export function judgeHttp(unit: HttpUnit, path: Path): PathIssue[] {
  const { status, success, poll, tls } = unit;
  const issues: PathIssue[] = [];
  const report = (at: Path, said: Said): void => void issues.push({ path: [...path, ...at], ...said });
  if (unit.body !== undefined && (unit.method === 'GET' || unit.method === 'HEAD'))
    report(['body'], say('request_has_no_body', { method: unit.method }));
  for (const name of Object.keys(unit.headers ?? {}))
    if (hasHeader(unit.header_files, name))
      report(['header_files', ownName(unit.header_files, name)], say('header_twice'));
  for (const name of [...Object.keys(unit.headers ?? {}), ...Object.keys(unit.header_files ?? {})])
    if (/^(host|content-length|transfer-encoding|connection)$/i.test(name))
      report([hasHeader(unit.headers, name) ? 'headers' : 'header_files', name], say('header_made_by_call'));
  issues.push(...judgeCredentials(unit, path));
  if (status?.retry !== undefined && unit.retry === undefined)
    report(['status', 'retry'], say('status_retry_needs_retry'));
  if (status !== undefined) issues.push(...judgeStatus(status, [...path, 'status']));
  if (success !== undefined) issues.push(...judgeCheck(success, [...path, 'success']));
  if (poll !== undefined) {
    if (poll.from === undefined && unit.method !== 'GET')
      report(['poll'], say('poll_would_repeat', { method: unit.method }));
    if (poll.from !== undefined && 'json' in poll.from && parseJsonPath(poll.from.json) === null)
      report(['poll', 'from', 'json'], say('no_json_path'));
    issues.push(...judgeCheck(poll.done, [...path, 'poll', 'done']));
    if (poll.failed !== undefined) issues.push(...judgeCheck(poll.failed, [...path, 'poll', 'failed']));
  }
  if ((tls?.certificate_file === undefined) !== (tls?.key_file === undefined))
    report(['tls'], say('client_certificate_needs_both'));
  return issues;
}

/** Definitions are read by many, kept for years, and exported as files. */
function judgeCredentials(unit: HttpUnit, path: Path): PathIssue[] {
  const issues: PathIssue[] = [];
  const report = (at: Path, said: Said): void => void issues.push({ path: [...path, ...at], ...said });
  for (const [key, instead] of [
    ['url', 'basic_auth'],
    ['proxy', 'proxy_auth'],
  ] as const) {
    if (hasUserinfo(unit[key] ?? '')) report([key], say('url_holds_password', { instead }));
    const given = unit[instead];
    if (given !== undefined && !isOnePlace(given.password))
      report([instead, 'password'], say('password_is_no_secret'));
  }
  if (unit.proxy_auth !== undefined && unit.proxy === undefined)
    report(['proxy_auth'], say('proxy_auth_without_proxy'));
  if (unit.basic_auth !== undefined && hasHeader({ ...unit.headers, ...unit.header_files }, 'authorization'))
    report(['basic_auth'], say('authorization_twice'));
  return issues;
}

/** `user:password@` or `user@` before the host. */
function hasUserinfo(url: string): boolean {
  return /^[a-z]+:[/\\]{2,}[^/?#\\]*@/i.test(url);
}

function isOnePlace(text: string): boolean {
  const [place, ...others] = placesOf(text, 'program');
  const kinds: readonly string[] = ['secret', 'parameter', 'unit_output'];
  return (
    place !== undefined &&
    others.length === 0 &&
    kinds.includes(place.kind) &&
    /^\{\{[^{}]*\}\}$/.test(text.trim())
  );
}

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
      if (from > to)
        issues.push({ path: [...path, key], ...say('status_range_upside_down', { range: text }) });
      else if (other !== undefined)
        issues.push({
          path: [...path, key],
          ...say('status_range_overlaps', { range: text, key: other.key }),
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
    if (!compiled.ok) issues.push({ path: [...path, pattern[0]], ...compiled.problem });
  }
  if ('regex' in check) return issues;
  if (parseJsonPath(check.json) === null) issues.push({ path: [...path, 'json'], ...say('no_json_path') });
  if (check.equals !== undefined && check.matches !== undefined)
    issues.push({ path, ...say('equals_and_matches') });
  return issues;
}

export function judgeSsh(unit: SshUnit, path: Path): PathIssue[] {
  const issues = [...judgeExitCodes(unit.exit_codes, path), ...judgeEnvironment(unit.environment, path)];
  if ((unit.known_hosts === undefined) === (unit.known_hosts_file === undefined))
    issues.push({
      path,
      ...say('ssh_needs_known_hosts'),
    });
  return issues;
}

export function judgeContainer(unit: ContainerUnit, path: Path): PathIssue[] {
  const issues = [
    ...judgeExitCodes(unit.exit_codes, path),
    ...judgeEnvironment(unit.environment, path),
    ...judgeContainerLimits(unit, path),
  ];
  if (typeof unit.command === 'string' && unit.entrypoint !== undefined)
    issues.push({
      path: [...path, 'command'],
      ...say('entrypoint_with_shell_line'),
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
      ...say('too_many_variables', { count: entries, max: definitionLimits.environmentEntriesMax }),
    },
  ];
}
