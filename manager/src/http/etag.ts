// Versions of definitions as ETags: `"<revision>"`. Pure. Called by the operation routes.
import { CodedError } from '@nezuban/protocol/errors';

export const formatEtag = (revision: number): string => `"${revision}"`;

/** Whether a reader already has this revision (If-None-Match on a read; weak comparison, RFC 9110 13.1.2). */
export const matchesEtag = (ifNoneMatch: string | undefined, revision: number): boolean => {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === formatEtag(revision));
};

/** What a writer expects to replace. Throws where it does not say, or says what no version of ours can be. */
export const parseExpected = (headers: {
  readonly 'if-match'?: string | undefined;
  readonly 'if-none-match'?: string | undefined;
}): { readonly revision: number } | 'absent' => {
  const ifMatch = headers['if-match']?.trim();
  const ifNoneMatch = headers['if-none-match']?.trim();
  if (ifMatch !== undefined && ifNoneMatch !== undefined)
    throw new CodedError('invalid_request', 'If-Match and If-None-Match contradict each other; send one.');
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch === '*') return 'absent';
    throw new CodedError(
      'invalid_request',
      'If-None-Match of a write can only be "*": it must not exist yet.',
    );
  }
  if (ifMatch === undefined || ifMatch === '*')
    throw new CodedError(
      'precondition_required',
      'Neither If-Match with an ETag nor If-None-Match: * was sent.',
    );
  const revision = /^"(\d{1,15})"$/.exec(ifMatch)?.[1];
  if (revision === undefined)
    throw new CodedError(
      'precondition_failed',
      `${ifMatch.slice(0, 100)} is no ETag that this manager gives.`,
    );
  return { revision: Number(revision) };
};
