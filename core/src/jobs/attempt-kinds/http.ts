// The order of an HTTP call. The tool judges status and body, and says by its exit code what came of it.
import type { BodyCheckInput, HttpInput } from '@nezuban/protocol/agent/tool-inputs';
import type { BodyCheck, HttpUnit } from '@nezuban/protocol/jobs/units/http';
import { statusRanges } from '../status-ranges.ts';
import type { AttemptKind } from './attempt-kind.ts';
import { capturesOf } from './captures.ts';
import { ownVariables } from './own-variables.ts';
import { filled, textsAt, type Fill } from './tool-texts.ts';

export const httpKind: AttemptKind<HttpUnit> = {
  orderOf(definition, place) {
    const { fill } = textsAt(place);
    return {
      tool: { name: 'http', input: inputOf(definition, fill) },
      environment: ownVariables(place),
      ...capturesOf(definition),
    };
  },
  problemOf(definition, place) {
    const texts = textsAt(place);
    inputOf(definition, texts.fill);
    return texts.tooLong();
  },
};

function inputOf(definition: HttpUnit, fill: Fill): HttpInput {
  const { body, status, success, poll, tls } = definition;
  return {
    url: fill(definition.url, 'the URL'),
    method: definition.method,
    query: filled(definition.query, fill, 'the query'),
    headers: filled(definition.headers, fill, 'the header'),
    headerFiles: definition.header_files ?? {},
    ...(body === undefined ? {} : { body: bodyOf(body, fill) }),
    status: {
      normal: statusRanges(status?.normal ?? '200-299'),
      warning: status?.warning === undefined ? [] : statusRanges(status.warning),
      retry: status?.retry === undefined ? [] : statusRanges(status.retry),
    },
    ...(success === undefined ? {} : { success: checkOf(success) }),
    ...(poll === undefined ? {} : { poll: pollOf(poll) }),
    tls: {
      ...(tls?.ca_file === undefined ? {} : { caFile: tls.ca_file }),
      ...(tls?.certificate_file === undefined ? {} : { certificateFile: tls.certificate_file }),
      ...(tls?.key_file === undefined ? {} : { keyFile: tls.key_file }),
      verify: tls?.verify ?? true,
    },
    ...credentialsOf('basicAuth', definition.basic_auth, fill),
    ...(definition.proxy === undefined ? {} : { proxy: definition.proxy }),
    ...credentialsOf('proxyAuth', definition.proxy_auth, fill),
    redirectsMax: definition.redirects_max,
    connectTimeoutMs: definition.connect_timeout_s * 1000,
    responseTimeoutMs: definition.response_timeout_s * 1000,
  };
}

function credentialsOf<Key extends 'basicAuth' | 'proxyAuth'>(
  key: Key,
  of: HttpUnit['basic_auth'],
  fill: Fill,
): { readonly [K in Key]?: NonNullable<HttpInput[Key]> } {
  if (of === undefined) return {};
  const filledOne = { user: fill(of.user, 'the user'), password: fill(of.password, 'the password') };
  return { [key]: filledOne } as { readonly [K in Key]?: NonNullable<HttpInput[Key]> };
}

function bodyOf(body: NonNullable<HttpUnit['body']>, fill: Fill): NonNullable<HttpInput['body']> {
  if ('text' in body) return { text: fill(body.text, 'the body') };
  if ('form' in body) return { form: filled(body.form, fill, 'the form field') };
  return { json: jsonFilled(body.json, fill) };
}

/** Every text of a JSON value, names aside. */
function jsonFilled(value: unknown, fill: Fill): unknown {
  if (typeof value === 'string') return fill(value, 'the body');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => jsonFilled(each, fill));
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, jsonFilled(each, fill)]));
}

function pollOf(poll: NonNullable<HttpUnit['poll']>): NonNullable<HttpInput['poll']> {
  const { from } = poll;
  return {
    ...(from === undefined ? {} : 'header' in from ? { fromHeader: from.header } : { fromJson: from.json }),
    intervalMs: poll.interval_s * 1000,
    countMax: poll.count_max,
    done: checkOf(poll.done),
    ...(poll.failed === undefined ? {} : { failed: checkOf(poll.failed) }),
  };
}

function checkOf(check: BodyCheck): BodyCheckInput {
  if ('regex' in check) return { regex: check.regex };
  return {
    json: check.json,
    ...(check.equals === undefined ? {} : { equals: check.equals }),
    ...(check.matches === undefined ? {} : { matches: check.matches }),
  };
}
