// The OpenAPI 3.1 document of the API, made from the same table and schemas that the server works with.
// Pure. Served at /api/v1/openapi.json; a copy lies in docs/reference/openapi.json and is compared by a test.
import { apiPrefix } from '@nezuban/protocol/api/operation';
import type { Operation } from '@nezuban/protocol/api/operation';
import { operations } from '@nezuban/protocol/api/operations';
import { errorRegistry } from '@nezuban/protocol/errors';
import type { ErrorCode } from '@nezuban/protocol/errors';
import { problemSchema } from '@nezuban/protocol/problem';
import * as z from 'zod';
import { sessionCookieName } from './session-cookie.ts';
import { schemaNames } from './openapi-schema-names.ts';

type Json = { readonly [key: string]: unknown };
type JsonObject = Record<string, unknown>;

/** What any signed-in operation may answer. */
const COMMON_CODES: readonly ErrorCode[] = [
  'invalid_request',
  'too_many_requests',
  'shutting_down',
  'database_unavailable',
  'internal',
];
const SIGNED_IN_CODES: readonly ErrorCode[] = ['not_signed_in', 'csrf_refused', 'password_change_needed'];

export const openApiDocument = (version: string): Json => {
  const components = createComponents();
  const problem = components.schema(problemSchema, 'output');
  const paths: Record<string, JsonObject> = {};
  for (const operation of Object.values(operations) as Operation[]) {
    const path = (paths[`${apiPrefix}${operation.path}`] ??= {});
    path[operation.method.toLowerCase()] = describeOperation(operation, components, problem);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Nezuban',
      version,
      description:
        'The API that console, command line and other programs use. Errors are problem documents (RFC 9457).',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set((Object.values(operations) as Operation[]).map(({ tag }) => tag))].map((name) => ({
      name,
    })),
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'An API token, `nzt_...`.' },
        cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: sessionCookieName(false),
          description: `The console's sign-in; over TLS its name is ${sessionCookieName(true)}.`,
        },
      },
      schemas: components.schemas(),
    },
  };
};

const describeOperation = (operation: Operation, components: Components, problem: Json): Json => ({
  operationId: operation.id,
  tags: [operation.tag],
  summary: operation.summary,
  ...(operation.access === 'public' ? { security: [] } : { security: [{ token: [] }, { cookie: [] }] }),
  parameters: [
    ...parametersOf(operation.params, 'path', components),
    ...parametersOf(operation.query, 'query', components),
    ...versionParameters(operation),
  ],
  ...(operation.body === undefined
    ? {}
    : {
        requestBody: {
          required: true,
          content: { [operation.bodyType]: { schema: components.schema(operation.body, 'input') } },
        },
      }),
  responses: { ...successOf(operation, components), ...failuresOf(operation, problem) },
});

const parametersOf = (schema: z.ZodType, place: 'path' | 'query', components: Components): Json[] => {
  const described = components.inline(schema, 'input');
  const properties = (described['properties'] ?? {}) as Record<string, Json>;
  const required = new Set((described['required'] ?? []) as string[]);
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.has(name),
    schema: Object.keys(property).length === 0 ? { type: 'string' } : property,
  }));
};

const versionParameters = (operation: Operation): Json[] => {
  const header = (name: string, description: string): Json => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  });
  switch (operation.versioned) {
    case 'no':
      return [];
    case 'read':
      return [header('If-None-Match', 'ETag that is at hand: 304 if it is still the newest.')];
    case 'write':
      return [
        header('If-Match', 'ETag of the version that is to be replaced.'),
        header('If-None-Match', '`*`: it must not exist yet. One of the two headers is needed.'),
      ];
  }
};

const successOf = (operation: Operation, components: Components): Json => {
  const headers =
    operation.versioned === 'no'
      ? {}
      : { headers: { ETag: { description: 'Its version, `"<revision>"`.', schema: { type: 'string' } } } };
  const status = String(operation.status);
  if (operation.response === undefined) return { [status]: { description: 'Done.' } };
  const schema =
    operation.responseType === 'application/octet-stream'
      ? {}
      : components.schema(operation.response, 'output');
  const answer = {
    description: operation.summary,
    ...headers,
    content: { [operation.responseType]: { schema } },
  };
  return operation.versioned === 'read'
    ? { [status]: answer, '304': { description: 'The version at hand is the newest.' } }
    : { [status]: answer };
};

const failuresOf = (operation: Operation, problem: Json): Json => {
  const codes = new Set<ErrorCode>([
    ...COMMON_CODES,
    ...(operation.access === 'public' ? ['csrf_refused' as const] : SIGNED_IN_CODES),
    ...operation.problems,
  ]);
  if (operation.body !== undefined)
    for (const code of ['body_too_large', 'unsupported_media_type'] as const) codes.add(code);
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes)
    byStatus.set(errorRegistry[code].status, [...(byStatus.get(errorRegistry[code].status) ?? []), code]);
  return Object.fromEntries(
    [...byStatus]
      .toSorted(([a], [b]) => a - b)
      .map(([status, names]) => [
        String(status),
        {
          description: names.map((code) => `\`${code}\`: ${errorRegistry[code].title}.`).join(' '),
          content: { 'application/problem+json': { schema: problem } },
        },
      ]),
  );
};

type Components = {
  /** The schema with its named parts as references into `components.schemas`. */
  schema(schema: z.ZodType, io: 'input' | 'output'): Json;
  /** The schema itself, nothing moved out unless it has a name. */
  inline(schema: z.ZodType, io: 'input' | 'output'): Json;
  schemas(): Json;
};

/** Gathers named schemas. One whose input differs from its output (defaults, short forms) appears twice, as `Name` and `NameInput`. */
const createComponents = (): Components => {
  const found = new Map<string, unknown>();

  const convert = (schema: z.ZodType, io: 'input' | 'output'): Json => {
    const converted = z.toJSONSchema(schema, {
      metadata: schemaNames,
      io,
      unrepresentable: 'any',
      cycles: 'ref',
      reused: 'inline',
    }) as JsonObject;
    const { $schema: _dialect, $defs, ...rest } = converted;
    const rename = (name: string): string => (io === 'input' ? `${name}Input` : name);
    for (const [name, definition] of Object.entries(($defs ?? {}) as JsonObject))
      found.set(rename(name), rewrite(definition, rename));
    const own = schemaNames.get(schema)?.id;
    if (own === undefined) return rewrite(rest, rename) as Json;
    found.set(
      rename(own),
      rewrite(rest, (name) => (name === '' ? rename(own) : rename(name))),
    );
    return { $ref: `#/components/schemas/${rename(own)}` };
  };

  return {
    schema: convert,
    inline: convert,
    schemas: () => Object.fromEntries([...found].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
};

/** Points references at `components.schemas` and drops the ids that only served to name them. */
const rewrite = (value: unknown, rename: (name: string) => string): unknown => {
  if (Array.isArray(value)) return value.map((item) => rewrite(item, rename));
  if (typeof value !== 'object' || value === null) return value;
  const out: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === 'id' && typeof item === 'string') continue;
    if (key === '$ref' && typeof item === 'string')
      out[key] = `#/components/schemas/${rename(item === '#' ? '' : item.replace('#/$defs/', ''))}`;
    else out[key] = rewrite(item, rename);
  }
  return out;
};
