// The one registry of error codes: what a code means, whether trying again can help, its HTTP status, and what an operator does next.
// The manual's list is generated from it. Codes are stable; a code is never reused for another meaning.

import type { Said, Sentence } from './sentences/sentence.ts';

type ErrorEntry = {
  readonly status: number;
  readonly retryable: boolean;
  /** Short title, the same for every occurrence. */
  readonly title: string;
  /** What the person does next. */
  readonly remedy: string;
};

export const errorRegistry = {
  pair_refused: {
    status: 409,
    retryable: false,
    title: 'The pair refused the command; nothing was changed',
    remedy: 'The detail says why. "nezuban pair status" says how the pair is and what to type.',
  },
  backup_refused: {
    status: 409,
    retryable: false,
    title: 'No backup can be made now',
    remedy: 'The detail says why. "nezuban backup status" shows what is under way and where backups go.',
  },
  not_master: {
    status: 503,
    retryable: true,
    title: 'This host is not the master now, and the master is not reached',
    remedy: 'Try again in some seconds, or the other host. "nezuban pair status" on either host says more.',
  },
  invalid_request: {
    status: 400,
    retryable: false,
    title: 'The request is not valid',
    remedy: 'Correct the fields named in "issues".',
  },
  invalid_definition: {
    status: 422,
    retryable: false,
    title: 'The definition has errors; nothing was changed',
    remedy: 'Correct the places named in "issues" and apply again.',
  },
  body_too_large: {
    status: 413,
    retryable: false,
    title: 'The body is too large',
    remedy: 'Split the file or shorten it to the limit named in the detail.',
  },
  unsupported_media_type: {
    status: 415,
    retryable: false,
    title: 'This content type is not accepted here',
    remedy: 'Send one of the types named in the detail.',
  },
  not_signed_in: {
    status: 401,
    retryable: false,
    title: 'Sign-in is needed',
    remedy: 'Sign in, or send a valid API token.',
  },
  sign_in_refused: {
    status: 401,
    retryable: false,
    title: 'User name or password is wrong',
    remedy: 'Check both; after repeated failures wait for the time named in Retry-After.',
  },
  csrf_refused: {
    status: 403,
    retryable: false,
    title: 'The request did not come from this console',
    remedy: 'Reload the page and try again.',
  },
  password_change_needed: {
    status: 403,
    retryable: false,
    title: 'The one-time password must be replaced first',
    remedy: 'Choose a password of your own; everything else is possible afterwards.',
  },
  forbidden: {
    status: 403,
    retryable: false,
    title: 'Not allowed',
    remedy: 'Ask an administrator for the right.',
  },
  too_many_requests: {
    status: 429,
    retryable: true,
    title: 'Too many requests',
    remedy: 'Wait for the time named in Retry-After.',
  },
  not_found: {
    status: 404,
    retryable: false,
    title: 'There is no such thing',
    remedy: 'Check the name or number; list what there is.',
  },
  already_exists: {
    status: 409,
    retryable: false,
    title: 'That name is taken',
    remedy: 'Choose another name, or change the existing one.',
  },
  precondition_failed: {
    status: 412,
    retryable: false,
    title: 'It has been changed by somebody else meanwhile',
    remedy: 'Load the newest version, repeat the change on it.',
  },
  precondition_required: {
    status: 428,
    retryable: false,
    title: 'The version that is to be changed must be named',
    remedy: 'Send If-Match with the ETag of the version you saw, or If-None-Match: * for a new one.',
  },
  operation_refused: {
    status: 409,
    retryable: false,
    title: 'The operation is not possible in this state',
    remedy: 'See the detail for the state and the operations it allows.',
  },
  session_stands: {
    status: 503,
    retryable: true,
    title: 'The session cannot be read',
    remedy:
      'The detail says at what it breaks. It is tried again every minute; all other sessions go on. Report it, with the log of the manager.',
  },
  frozen: {
    status: 409,
    retryable: false,
    title: 'It is frozen; nothing starts there',
    remedy:
      'The detail says who froze it and why; "nezuban frozen" shows all that is frozen. Wait, resume it, or start with "--override-freeze".',
  },
  net_overlap: {
    status: 409,
    retryable: false,
    title: 'As many sessions of the net as may run at once have not ended',
    remedy:
      'Wait for their end, or give the net another overlap policy ("overlap: queue" lets a start wait).',
  },
  no_target: {
    status: 409,
    retryable: false,
    title: 'There is no node to run on',
    remedy: 'Name a target that exists, or join an agent.',
  },
  missing_parameter: {
    status: 422,
    retryable: false,
    title: 'A parameter has no value',
    remedy: 'Give the parameters named in "issues".',
  },
  join_refused: {
    status: 401,
    retryable: false,
    title: 'The join token is not valid',
    remedy: 'Make a new token in the console under Nodes, or with "nezuban join-token".',
  },
  shutting_down: {
    status: 503,
    retryable: true,
    title: 'The manager is stopping',
    remedy: 'Try again in some seconds.',
  },
  database_unavailable: {
    status: 503,
    retryable: true,
    title: 'The database does not answer',
    remedy: 'It is being restarted; try again in some seconds. See the manager log if it lasts.',
  },
  search_too_slow: {
    status: 503,
    retryable: false,
    title: 'The search reads too much',
    remedy: 'Narrow it: a time range, a node, a code, a priority or a session beside the text.',
  },
  internal: {
    status: 500,
    retryable: true,
    title: 'Something broke inside',
    remedy: 'See the manager log for the request id in "instance", and report it.',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorRegistry;

/** One place that is wrong. `path` as in `units[3].after.all[0].unit`; line and column from 1, where the text is at hand. */
export type Issue = {
  readonly path: string;
  /** In English. */
  readonly message: string;
  /** The sentence of `sentences/` that it is, for whoever says it in another language, and what stands in its places. */
  readonly code?: string | undefined;
  readonly values?: Readonly<Record<string, unknown>> | undefined;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
};

function plainSentence({ code, values }: Sentence): Sentence {
  return values === undefined ? { code } : { code, values };
}

/** An operating error with a code of the registry. Routes turn it into `application/problem+json`. */
export class CodedError extends Error {
  readonly code: ErrorCode;
  /** The same as `message`, for whoever says it in another language. */
  readonly said: Sentence | null;
  readonly issues: readonly Issue[];
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    detail: Said | string,
    options: {
      readonly issues?: readonly Issue[];
      readonly cause?: unknown;
      readonly retryAfterSeconds?: number;
    } = {},
  ) {
    super(
      typeof detail === 'string' ? detail : detail.message,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = 'CodedError';
    this.code = code;
    this.said = typeof detail === 'string' ? null : plainSentence(detail);
    this.issues = options.issues ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** Why something failed, to be said inside another sentence. What is none of ours has its own words. */
export function saidOfError(error: unknown): Said {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof CodedError && error.said !== null
    ? { ...error.said, message }
    : { code: 'as_told', values: { text: message }, message };
}
