// What a failed call means, in the user's language: what happened, details, what to do next.
import type { TFunction } from 'i18next';
import type { Issue } from '@nezuban/protocol/errors';
import { saidIn } from '../i18n/said.ts';
import { ApiMismatch, ApiProblem, ApiUnreachable } from '../api/api-problem.ts';

export type ErrorText = {
  readonly title: string;
  /** The manager's own sentence about this occurrence. */
  readonly detail: string | null;
  readonly remedy: string;
  readonly issues: readonly Issue[];
  /** For the person who looks into the manager's log. */
  readonly requestId: string | null;
};

export const describeError = (t: TFunction, error: unknown, language: string): ErrorText => {
  if (error instanceof ApiProblem) {
    const { code, detail, detailSaid, instance } = error.problem;
    return {
      title: t(`problems.${code}.title`),
      detail:
        detail === error.problem.title || isSaidByIssues(error, language)
          ? null
          : saidIn({ message: detail, ...detailSaid }, language),
      remedy:
        error.retryAfterSeconds === undefined
          ? t(`problems.${code}.remedy`)
          : t('errors.retryAfter', { seconds: error.retryAfterSeconds }),
      issues: error.issues,
      requestId: instance,
    };
  }
  if (error instanceof ApiUnreachable)
    return {
      title: t('errors.unreachable.title'),
      detail: null,
      remedy: t('errors.unreachable.remedy'),
      issues: [],
      requestId: null,
    };
  if (error instanceof ApiMismatch)
    return {
      title: t('errors.mismatch.title'),
      detail: error.message,
      remedy: t('errors.mismatch.remedy'),
      issues: [],
      requestId: null,
    };
  return {
    title: t('errors.unexpected.title'),
    detail: error instanceof Error ? error.message : String(error),
    remedy: t('errors.unexpected.remedy'),
    issues: [],
    requestId: null,
  };
};

/** In another language than the manager's, where each place says in that language what its sentence repeats in English. */
const isSaidByIssues = ({ issues }: ApiProblem, language: string): boolean =>
  language === 'ja' && issues.length > 0 && issues.every(({ code }) => code !== undefined);
