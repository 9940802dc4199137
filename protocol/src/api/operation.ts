// What an API operation is: one record that the server registers, the OpenAPI document is generated from, and the typed clients of
// CLI and console use. Not responsible for carrying requests: the callers own their fetch.
import type * as z from 'zod';
import type { Right } from '../access/rights.ts';
import type { ErrorCode } from '../errors.ts';

export const apiPrefix = '/api/v1';

/**
 * Who may call. `public`: anybody; `user`: whoever is signed in, for what is his own; a right: whoever holds it somewhere. Where a right is
 * limited to folders or scopes, the handler asks for it on the very object, and lists show what may be seen.
 */
export type OperationAccess = 'public' | 'user' | Right;

export type Operation<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType | undefined = z.ZodType | undefined,
  Response extends z.ZodType | undefined = z.ZodType | undefined,
> = {
  /** Stable name, camelCase, unique; also OpenAPI's operationId. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the prefix, with `{param}` places: `/nets/{name}`. Values are percent-encoded, `/` included. */
  readonly path: string;
  readonly tag:
    | 'access'
    | 'jobs'
    | 'calendars'
    | 'events'
    | 'traps'
    | 'notifications'
    | 'inventory'
    | 'pair'
    | 'operations'
    | 'settings'
    | 'backup'
    | 'system';
  readonly summary: string;
  readonly access: OperationAccess;
  readonly params: Params;
  readonly query: Query;
  /** Absent for none. JSON unless `bodyType` says otherwise (then the body schema is a string). */
  readonly body: Body;
  readonly bodyType: 'application/json' | 'application/yaml';
  /** Absent for 204. JSON unless `responseType` says otherwise. */
  readonly response: Response;
  readonly responseType:
    | 'application/json'
    | 'application/yaml'
    | 'application/octet-stream'
    | 'text/event-stream';
  readonly status: 200 | 201 | 204;
  /** Versions by ETag: `read` answers one; `write` demands If-Match or If-None-Match: *. */
  readonly versioned: 'no' | 'read' | 'write';
  /** Codes beyond those that any operation may answer. */
  readonly problems: readonly ErrorCode[];
};

type Defaults = {
  readonly bodyType: 'application/json';
  readonly responseType: 'application/json';
  readonly versioned: 'no';
  readonly problems: readonly [];
};
type Optional = keyof Defaults;

/** Fills the defaults of an operation and keeps its schemas' types. */
export const defineOperation = <
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType | undefined,
  Response extends z.ZodType | undefined,
>(
  operation: Omit<Operation<Params, Query, Body, Response>, Optional> &
    Partial<Pick<Operation<Params, Query, Body, Response>, Optional>>,
): Operation<Params, Query, Body, Response> => ({
  bodyType: 'application/json',
  responseType: 'application/json',
  versioned: 'no',
  problems: [],
  ...operation,
});

type InputOf<Schema> = Schema extends z.ZodType ? z.input<Schema> : undefined;
type OutputOf<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** What a caller gives. Empty params and query may be left out. */
export type OperationInput<Op extends Operation> = {
  readonly params?: InputOf<Op['params']>;
  readonly query?: InputOf<Op['query']>;
  readonly body?: InputOf<Op['body']>;
  /** For `versioned: 'write'`: the ETag seen, or null for "must not exist yet". */
  readonly ifMatch?: string | null;
};
export type OperationOutput<Op extends Operation> = OutputOf<Op['response']>;

export type RequestParts = {
  readonly method: Operation['method'];
  /** Path and query, to be put behind the server's address. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
};

/** The HTTP request of an operation. Pure. */
export const buildRequest = <Op extends Operation>(
  operation: Op,
  input: OperationInput<Op>,
): RequestParts => {
  const params = (input.params ?? {}) as Record<string, unknown>;
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(params[name])),
  );
  const query = Object.entries((input.query ?? {}) as Record<string, unknown>)
    .filter(([, value]) => value !== undefined && value !== null)
    .flatMap(([key, value]) =>
      (Array.isArray(value) ? value : [value]).map(
        (item) => `${encodeURIComponent(key)}=${encodeURIComponent(String(item))}`,
      ),
    )
    .join('&');
  const headers: Record<string, string> = { accept: `${operation.responseType}, application/problem+json` };
  let body: string | undefined;
  if (operation.body !== undefined && input.body !== undefined) {
    headers['content-type'] = operation.bodyType;
    body = operation.bodyType === 'application/json' ? JSON.stringify(input.body) : String(input.body);
  }
  if (operation.versioned === 'write') {
    if (typeof input.ifMatch === 'string') headers['if-match'] = input.ifMatch;
    else if (input.ifMatch === null) headers['if-none-match'] = '*';
  }
  return {
    method: operation.method,
    path: `${apiPrefix}${path}${query === '' ? '' : `?${query}`}`,
    headers,
    body,
  };
};
