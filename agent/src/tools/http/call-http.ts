// What an HTTP call does: the request, its redirects, what the response must be, and the asking until something is done.
// Not responsible for connections (send-request.ts) nor for judging a body (judge-body.ts). Called by http-main.ts.
import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { toolExitCodes, type HttpInput } from '@nezuban/protocol/agent/tool-inputs';
import { createCalleeRules } from './callee-rules.ts';
import { judgeBody, jsonTextAt } from './judge-body.ts';
import { sendRequest, type Connection, type HttpResponse } from './send-request.ts';
import { ToolFailure } from '../tool-failure.ts';

export type CallPorts = {
  /** A line for whoever reads the output of the attempt. */
  readonly say: (line: string) => void;
  readonly write: (bytes: Buffer) => void;
  /** Of each request that changes something: a server that has seen it does it once. */
  readonly idempotencyKey: string;
};

type Request = {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
};

/** Methods that change nothing by themselves. */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);
const headerFileBytesMax = 64 * 1024;
/** What a failing body is quoted by. */
const quotedMax = 300;

/** The exit code. */
export async function callHttp(input: HttpInput, ports: CallPorts): Promise<number> {
  const first = firstRequest(input, ports.idempotencyKey);
  const connection = connectionOf(input);
  const response = await follow(first, { input, connection, ports });
  const verdict = judgeStatus(input, response.status);
  if (verdict === 'abnormal' || verdict === 'retry') {
    ports.write(response.body);
    return refused(verdict, response, ports);
  }
  if (input.success !== undefined) {
    const problem = judgeBody(input.success, response.body);
    if (problem !== null) {
      ports.write(response.body);
      ports.say(`The body is not as it should be: ${problem}.`);
      return toolExitCodes.abnormal;
    }
  }
  const worst = verdict === 'warning' ? toolExitCodes.warning : 0;
  if (input.poll === undefined) {
    ports.write(response.body);
    return worst;
  }
  const code = await poll({ first, response }, { input, connection, ports });
  return code === 0 ? worst : code;
}

function refused(verdict: 'abnormal' | 'retry', response: HttpResponse, { say }: CallPorts): number {
  if (verdict === 'abnormal') {
    say(`Status ${response.status} is none of those that are expected.`);
    return toolExitCodes.abnormal;
  }
  const after = response.headers['retry-after'];
  say(`Status ${response.status} asks to come again${after === undefined ? '' : `, after ${after}`}.`);
  return toolExitCodes.tryAgain;
}

function judgeStatus({ status }: HttpInput, code: number): 'normal' | 'warning' | 'retry' | 'abnormal' {
  for (const kind of ['normal', 'warning', 'retry'] as const)
    if (status[kind].some(({ from, to }) => code >= from && code <= to)) return kind;
  return 'abnormal';
}

type Call = { readonly input: HttpInput; readonly connection: Connection; readonly ports: CallPorts };

/** Asks whom the first response names, until a body says that it is done or has failed. */
async function poll(
  begun: { readonly first: Request; readonly response: HttpResponse },
  call: Call,
): Promise<number> {
  const { input, ports } = call;
  const rules = input.poll;
  if (rules === undefined) return 0;
  const request = pollRequest(begun, input);
  let response = begun.response;
  // Of the same request the first response is an answer already.
  let asked = rules.fromHeader === undefined && rules.fromJson === undefined ? 1 : 0;
  for (;;) {
    if (asked > 0) {
      const failed =
        rules.failed === undefined ? 'it is not asked for' : judgeBody(rules.failed, response.body);
      if (failed === null || judgeBody(rules.done, response.body) === null) {
        ports.write(response.body);
        ports.say(failed === null ? 'The body says that it has failed.' : `Done after ${asked} questions.`);
        return failed === null ? toolExitCodes.abnormal : 0;
      }
      if (asked >= rules.countMax) {
        ports.write(response.body);
        ports.say(`Not done after ${asked} questions: ${judgeBody(rules.done, response.body) ?? ''}.`);
        return toolExitCodes.timeOver;
      }
    }
    await delay(rules.intervalMs);
    asked += 1;
    response = await askAgain(request, { response, call });
  }
}

/** A question that fails is asked again at the next turn: what was started goes on meanwhile. */
async function askAgain(
  request: Request,
  { response, call }: { readonly response: HttpResponse; readonly call: Call },
): Promise<HttpResponse> {
  try {
    const next = await follow(request, call);
    // What the unit says of statuses is said of its own request; an answer of the other place is one, too.
    if (next.status >= 200 && next.status <= 299) return next;
    const verdict = judgeStatus(call.input, next.status);
    if (verdict !== 'abnormal') return verdict === 'retry' ? response : next;
    throw new ToolFailure(
      toolExitCodes.abnormal,
      `Status ${next.status} is none of those that are expected: ${quote(next.body)}`,
    );
  } catch (error) {
    if (!(error instanceof ToolFailure) || error.exitCode === toolExitCodes.abnormal) throw error;
    call.ports.say(`${error.message} It is asked again.`);
    return response;
  }
}

function pollRequest(
  { first, response }: { readonly first: Request; readonly response: HttpResponse },
  { poll: rules }: HttpInput,
): Request {
  const named =
    rules?.fromHeader !== undefined
      ? response.headers[rules.fromHeader.toLowerCase()]
      : rules?.fromJson !== undefined
        ? jsonTextAt(response.body, rules.fromJson)
        : first.url.href;
  if (named === undefined || named === null)
    throw new ToolFailure(
      toolExitCodes.abnormal,
      `The response does not say whom to ask: nothing at ${rules?.fromHeader ?? rules?.fromJson ?? ''}.`,
    );
  const url = parseUrl(named, response.url);
  return { url, method: 'GET', headers: headersFor(first, url, { withBody: false }), body: null };
}

/** The response behind all redirects. */
async function follow(request: Request, { input, connection, ports }: Call): Promise<HttpResponse> {
  let at = request;
  for (let redirects = 0; ; redirects += 1) {
    const began = performance.now();
    const response = await sendRequest(at, connection);
    const took = Math.round(performance.now() - began);
    ports.say(
      `${at.method} ${withoutSecrets(at.url)} -> ${response.status} (${took} ms, ${response.body.length} bytes)`,
    );
    for (const line of shownHeaders(response.headers)) ports.say(line);
    const location = response.headers['location'];
    if (![301, 302, 303, 307, 308].includes(response.status) || location === undefined) return response;
    // A redirect that the status map names is a result.
    if (judgeStatus(input, response.status) !== 'abnormal') return response;
    if (redirects >= input.redirectsMax)
      throw new ToolFailure(
        toolExitCodes.abnormal,
        `More than ${input.redirectsMax} redirects; the last one leads to ${withoutSecrets(parseUrl(location, at.url))}.`,
      );
    const next = redirected(at, response.status, parseUrl(location, at.url));
    if (next.body !== null && next.url.origin !== at.url.origin)
      throw new ToolFailure(
        toolExitCodes.abnormal,
        `The redirect leads to another server (${next.url.origin}), which is not given the body. Name it in the URL of the unit if it is meant.`,
      );
    at = next;
  }
}

/** As browsers and RFC 9110 (15.4): 303 always, 301 and 302 after a POST become a GET. */
function redirected(request: Request, status: number, url: URL): Request {
  const asGet = status === 303 || ((status === 301 || status === 302) && request.method === 'POST');
  const method = asGet && request.method !== 'HEAD' ? 'GET' : request.method;
  return {
    url,
    method,
    headers: headersFor(request, url, { withBody: !asGet }),
    body: asGet ? null : request.body,
  };
}

/** What is meant for one server is not given to another one: credentials, and whatever the user has set. A body is refused by `follow`. */
function headersFor(
  request: Request,
  url: URL,
  { withBody }: { readonly withBody: boolean },
): Record<string, string> {
  const headers = url.origin === request.url.origin ? { ...request.headers } : { accept: '*/*' };
  if (!withBody)
    for (const name of Object.keys(headers))
      if (/^(content-type|content-length|idempotency-key)$/i.test(name))
        delete headers[name as keyof typeof headers];
  return headers;
}

function firstRequest(input: HttpInput, idempotencyKey: string): Request {
  const url = parseUrl(input.url);
  for (const [name, value] of Object.entries(input.query)) url.searchParams.append(name, value);
  const { type, bytes } = bodyOf(input.body);
  const headers: Record<string, string> = {
    accept: '*/*',
    'user-agent': 'nezuban',
    ...(type === null ? {} : { 'content-type': type }),
    ...(safeMethods.has(input.method) ? {} : { 'idempotency-key': idempotencyKey }),
  };
  const own = { ...input.headers, ...readHeaderFiles(input.headerFiles) };
  for (const [name, value] of Object.entries(own)) headers[name.toLowerCase()] = value;
  const credentials = input.basicAuth === undefined ? credentialsIn(url) : joined(input.basicAuth);
  if (credentials !== null)
    headers['authorization'] ??= `Basic ${Buffer.from(credentials).toString('base64')}`;
  url.username = '';
  url.password = '';
  return { url, method: input.method, headers, body: bytes };
}

function joined({ user, password }: NonNullable<HttpInput['basicAuth']>): string {
  return `${user}:${password}`;
}

/** A definition holds none; a URL that was given at a start may. */
function credentialsIn(url: URL | null): string | null {
  if (url === null || (url.username === '' && url.password === '')) return null;
  return `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
}

function bodyOf(body: HttpInput['body']): { readonly type: string | null; readonly bytes: Buffer | null } {
  if (body === undefined) return { type: null, bytes: null };
  if ('text' in body) return { type: 'text/plain; charset=utf-8', bytes: Buffer.from(body.text) };
  if ('form' in body)
    return {
      type: 'application/x-www-form-urlencoded',
      bytes: Buffer.from(new URLSearchParams(body.form).toString()),
    };
  return { type: 'application/json', bytes: Buffer.from(JSON.stringify(body.json ?? null)) };
}

function readHeaderFiles(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, file]) => [
      name,
      headerValue(name, readNeeded(file).toString('utf8').trim()),
    ]),
  );
}

function headerValue(name: string, value: string): string {
  if (value.length > headerFileBytesMax || /[\r\n\0]/.test(value))
    throw new ToolFailure(toolExitCodes.usage, `The file for the header ${name} holds more than one line.`);
  return value;
}

function connectionOf(input: HttpInput): Connection {
  const { tls } = input;
  const proxy = input.proxy === undefined ? null : parseUrl(input.proxy);
  return {
    ...(tls.caFile === undefined ? {} : { ca: readNeeded(tls.caFile) }),
    ...(tls.certificateFile === undefined ? {} : { cert: readNeeded(tls.certificateFile) }),
    ...(tls.keyFile === undefined ? {} : { key: readNeeded(tls.keyFile) }),
    verify: tls.verify,
    proxy,
    proxyCredentials: input.proxyAuth === undefined ? credentialsIn(proxy) : joined(input.proxyAuth),
    callees: createCalleeRules(input.callees),
    connectTimeoutMs: input.connectTimeoutMs,
    responseTimeoutMs: input.responseTimeoutMs,
  };
}

function readNeeded(file: string): Buffer {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    throw new ToolFailure(
      toolExitCodes.permission,
      `The file ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      error,
    );
  }
}

function parseUrl(text: string, base?: URL): URL {
  const url = URL.parse(text, base);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new ToolFailure(toolExitCodes.usage, `"${text}" is no URL of http or https.`);
  return url;
}

function withoutSecrets(url: URL): string {
  const shown = new URL(url);
  if (shown.username !== '') shown.username = '***';
  if (shown.password !== '') shown.password = '***';
  return shown.href;
}

/** Those that let somebody in are not shown. */
function shownHeaders(headers: HttpResponse['headers']): string[] {
  return Object.entries(headers).map(([name, value]) =>
    /^(set-cookie|authorization|proxy-authorization|www-authenticate|authentication-info|.*(token|secret|api-?key).*)$/i.test(
      name,
    )
      ? `  ${name}: ***`
      : `  ${name}: ${value}`,
  );
}

function quote(body: Buffer): string {
  const text = body.subarray(0, quotedMax).toString('utf8').replaceAll(/\s+/g, ' ').trim();
  return text === '' ? '(no body)' : text;
}
