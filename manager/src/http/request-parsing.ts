// Reads one request by the schemas of its operation.
// Responsible for params, query, body and precondition, with every wrong place named at once. Pure.
// Called by the operation routes; not responsible for the bytes of the body (`request-body.ts`).
import { say } from '@nezuban/protocol/sentences/sentence';
import type { Operation } from '@nezuban/protocol/api/operation';
import { CodedError } from '@nezuban/protocol/errors';
import type { Issue } from '@nezuban/protocol/errors';
import type * as z from 'zod';
import { findUnstorable } from '../database/storable-text.ts';
import { parseExpected } from './etag.ts';
import { toIssues } from './zod-issues.ts';

export type RawRequest = {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly headers: {
    readonly 'if-match'?: string | undefined;
    readonly 'if-none-match'?: string | undefined;
  };
};

export type ParsedRequest = {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly expected: { readonly revision: number } | 'absent' | null;
};

/** Bodies of these operations are definitions: their errors carry the code that says nothing was changed. */
const DEFINITION_OPERATIONS: ReadonlySet<string> = new Set([
  'applyDefinitions',
  'putNet',
  'putRule',
  'putInhibition',
  'putEscalation',
  'addSilence',
  'simulateRule',
  'putTrapMonitor',
  'putTrapAlias',
]);

export const bodyErrorCode = (operation: Operation): 'invalid_definition' | 'invalid_request' =>
  DEFINITION_OPERATIONS.has(operation.id) ? 'invalid_definition' : 'invalid_request';

export const parseRequest = (operation: Operation, raw: RawRequest): ParsedRequest => {
  const issues: Issue[] = [];
  const part = (schema: z.ZodType, value: unknown, root: string): unknown => {
    const result = schema.safeParse(value);
    if (result.success) {
      // Here, once for all: such a text would fail in the database, wherever it is stored or compared. YAML has its own reader.
      if (typeof value !== 'string') issues.push(...findUnstorable(result.data, root));
      return result.data;
    }
    issues.push(...toIssues(result.error, root));
    return undefined;
  };
  const params = part(operation.params, raw.params ?? {}, 'path');
  const query = part(operation.query, raw.query ?? {}, 'query');
  if (issues.length > 0) throw new CodedError('invalid_request', describe(issues), { issues });
  const expected = operation.versioned === 'write' ? parseExpected(raw.headers) : null;
  if (operation.body === undefined) return { params, query, body: undefined, expected };
  if (raw.body === undefined)
    throw new CodedError(
      'invalid_request',
      say('problem_this_operation_needs_a_body_of_type', { bodyType: operation.bodyType }),
      {
        issues: [{ path: 'body', message: 'is missing' }],
      },
    );
  // Places of a definition are told as in its file, without a prefix.
  const code = bodyErrorCode(operation);
  const body = part(operation.body, raw.body, code === 'invalid_definition' ? '' : 'body');
  if (issues.length > 0) throw new CodedError(code, describe(issues), { issues });
  return { params, query, body, expected };
};

const describe = (issues: readonly Issue[]): string => {
  const [first] = issues;
  if (first === undefined) return 'The request is not valid.';
  const more = issues.length === 1 ? '' : ` (and ${issues.length - 1} more)`;
  return `${first.path === '' ? 'The body' : first.path}: ${first.message}${more}`;
};
