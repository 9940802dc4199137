// Form of the unit type "http": one request from a node, or one that starts something and then asks until it is done.
import * as z from 'zod';
import { absolutePathSchema, attemptUnitBase } from './attempt-base.ts';
import { textSchema } from './unit-base.ts';
import { unitOutputsSchema } from './unit-output.ts';
import { schemaText } from '../../sentences/schema-sentences.ts';

export const httpLimits = { headersMax: 100, redirectsMax: 20, pollsMax: 100_000 } as const;

export const httpMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

const urlSchema = z
  .string()
  .min(1)
  .max(8_000)
  .refine(
    (text) => /^https?:\/\/[^\s\0]+$/i.test(text) || /^\{\{[^{}]+\}\}[^\s\0]*$/.test(text),
    schemaText('http_url'),
  );
const headerNameSchema = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}$/, schemaText('header_name'));
const headerValueSchema = textSchema.refine((text) => !/[\r\n]/.test(text), schemaText('text_of_one_line'));
/** Status codes such as `"200-299"` or `"429,503"`. */
const statusRangesSchema = z
  .union([z.int().min(100).max(599).transform(String), z.string()])
  .refine(
    (text) => /^[1-5]\d\d(-[1-5]\d\d)?(\s*,\s*[1-5]\d\d(-[1-5]\d\d)?)*$/.test(text),
    schemaText('status_ranges'),
  );
const jsonPathSchema = z.string().min(1).max(500);
const patternSchema = z.string().min(1).max(1000);

/** What a body must say: a regular expression that is found in it, or a value at a path into it as JSON. */
export const bodyCheckSchema = z.union(
  [
    z.strictObject({ regex: patternSchema }),
    z.strictObject({
      json: jsonPathSchema,
      equals: z.union([textSchema, z.number(), z.boolean(), z.null()]).optional(),
      matches: patternSchema.optional(),
    }),
  ],
  schemaText('body_check'),
);
export type BodyCheck = z.infer<typeof bodyCheckSchema>;

const bodySchema = z.union(
  [
    z.strictObject({ text: z.string().max(1024 * 1024) }),
    z.strictObject({ json: z.json() }),
    z.strictObject({ form: z.record(z.string().max(200), textSchema) }),
  ],
  schemaText('http_body'),
);

/** The password is no text of its own but the place of a secret: `judge-tool-units.ts` sees to it. */
const credentialsSchema = z.strictObject({
  user: textSchema.min(1).max(200),
  password: textSchema.min(1).max(500),
});

const pollSchema = z.strictObject({
  /** Where the first response says whom to ask: the value of a header, or at a path into its body. Left out: the first request again. */
  from: z
    .union(
      [z.strictObject({ header: headerNameSchema }), z.strictObject({ json: jsonPathSchema })],
      schemaText('poll_from'),
    )
    .optional(),
  interval_s: z.number().min(0.2).max(3600).default(10),
  /** So many times; then it ends abnormally. */
  count_max: z.int().min(1).max(httpLimits.pollsMax).default(360),
  /** It is done when the body says so. */
  done: bodyCheckSchema,
  /** It has failed when the body says so. */
  failed: bodyCheckSchema.optional(),
});

export const httpUnitSchema = z.strictObject({
  ...attemptUnitBase,
  type: z.literal('http'),
  url: urlSchema,
  method: z.enum(httpMethods).default('GET'),
  query: z.record(z.string().max(200), textSchema).optional(),
  headers: z.record(headerNameSchema, headerValueSchema).optional(),
  /** Headers whose values are the contents of files on the node, such as a token. */
  header_files: z.record(headerNameSchema, absolutePathSchema).optional(),
  /** User and password, sent as the header `Authorization: Basic`. */
  basic_auth: credentialsSchema.optional(),
  body: bodySchema.optional(),
  status: z
    .strictObject({
      normal: statusRangesSchema.default('200-299'),
      warning: statusRangesSchema.optional(),
      /** Come again: `retry` says how often. */
      retry: statusRangesSchema.optional(),
    })
    .optional(),
  /** Beside the status, what the body must say. */
  success: bodyCheckSchema.optional(),
  poll: pollSchema.optional(),
  tls: z
    .strictObject({
      ca_file: absolutePathSchema.optional(),
      certificate_file: absolutePathSchema.optional(),
      key_file: absolutePathSchema.optional(),
      verify: z.boolean().default(true),
    })
    .optional(),
  /** `http://HOST:PORT` of a proxy; none is taken from the environment. */
  proxy: z
    .string()
    .max(1000)
    .regex(/^http:\/\/[^\s/]+\/?$/i, schemaText('proxy'))
    .optional(),
  /** User and password that the proxy asks for. */
  proxy_auth: credentialsSchema.optional(),
  redirects_max: z.int().min(0).max(httpLimits.redirectsMax).default(5),
  connect_timeout_s: z.number().positive().max(600).default(10),
  /** Of one request, from its beginning to the last byte of its response. */
  response_timeout_s: z.number().positive().max(86_400).default(60),
  outputs: unitOutputsSchema.optional(),
});
export type HttpUnit = z.infer<typeof httpUnitSchema>;
