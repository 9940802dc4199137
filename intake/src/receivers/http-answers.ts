/**
 * Answers of the HTTP receivers: JSON, and problems by RFC 9457. Used by `http-receiver.ts`.
 */
import http from 'node:http';

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The connection ends with it. */
  readonly isLast: boolean;
};

export function answer(status: number, body: object): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
    isLast: false,
  };
}

export type ProblemOptions = {
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members, such as `path`: where in the body it is. */
  readonly more?: Readonly<Record<string, string>>;
  readonly isLast?: boolean;
};

/** `detail`: what is wrong and what would be right. */
export function problem(status: number, detail: string, options: ProblemOptions = {}): Answer {
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...options.headers,
    },
    body: JSON.stringify({
      type: 'about:blank',
      title: http.STATUS_CODES[status],
      status,
      detail,
      ...options.more,
    }),
    isLast: options.isLast ?? false,
  };
}
