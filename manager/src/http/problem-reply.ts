// Turns whatever was thrown into a problem document (RFC 9457).
// Responsible for the code, the sentence and the places of an error, and for keeping internals out of the answer. Pure.
// Not responsible for logging. Called by the server's error handler.
import { say } from '@nezuban/protocol/sentences/sentence';
import { CodedError, errorRegistry } from '@nezuban/protocol/errors';
import type { ErrorCode } from '@nezuban/protocol/errors';
import type { Problem } from '@nezuban/protocol/problem';

export const problemContentType = 'application/problem+json; charset=utf-8';
const TYPE_PREFIX = 'https://nezuban.dev/problems/';

/** The error with its code: what has none is `internal`. `bodyBytesMax`: what the operation accepts, where that is known. */
export const toCodedError = (error: unknown, bodyBytesMax?: number): CodedError => {
  if (error instanceof CodedError) return error;
  const code = frameworkCode(error);
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new CodedError(
      'body_too_large',
      `The body is larger than ${bodyBytesMax === undefined ? 'this operation accepts' : `the ${bodyBytesMax} bytes that this operation accepts`}.`,
      { cause: error },
    );
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || code === 'FST_ERR_CTP_EMPTY_TYPE')
    return new CodedError(
      'unsupported_media_type',
      'This content type is not accepted here; send application/json.',
      { cause: error },
    );
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH')
    return new CodedError('invalid_request', 'The body is not as long as Content-Length says.', {
      cause: error,
    });
  if (code === 'FST_ERR_BAD_URL' || code === 'FST_ERR_MAX_PARAM_LENGTH')
    return new CodedError('invalid_request', 'The path of the request cannot be decoded or is too long.', {
      cause: error,
    });
  // The console's files: a path out of their folder, or one that no file can have.
  if (statusOf(error) === 403 || statusOf(error) === 404)
    return new CodedError('not_found', say('problem_there_is_nothing_at_this_address'), { cause: error });
  if (statusOf(error) === 400)
    return new CodedError('invalid_request', say('problem_the_request_cannot_be_read'), { cause: error });
  return new CodedError('internal', say('problem_the_request_failed_inside_the_manager_its'), {
    cause: error,
  });
};

export const toProblem = (error: CodedError, requestId: string): Problem => {
  const entry = errorRegistry[error.code];
  return {
    type: `${TYPE_PREFIX}${error.code}`,
    title: entry.title,
    status: entry.status,
    code: error.code,
    detail: error.message,
    ...(error.said === null ? {} : { detailSaid: error.said }),
    instance: requestId,
    remedy: entry.remedy,
    retryable: entry.retryable,
    issues: error.issues.map((issue) => ({ ...issue })),
  };
};

/** Whether the operator should read of it in the log, and how loudly. */
export const severityOf = (code: ErrorCode): 'error' | 'warn' | 'debug' => {
  if (code === 'internal') return 'error';
  return errorRegistry[code].status >= 500 ? 'warn' : 'debug';
};

const statusOf = (error: unknown): number | null =>
  typeof error === 'object' && error !== null && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : null;

const frameworkCode = (error: unknown): string | null =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
