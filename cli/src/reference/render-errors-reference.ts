// The manual's page of error codes, made from the protocol's registry. Pure.
import { errorRegistry } from '@nezuban/protocol/errors';

/** The whole page as Markdown. */
export const renderErrorsReference = (): string => {
  const sections = Object.entries(errorRegistry).flatMap(([code, { title, status, retryable, remedy }]) => [
    '',
    `## ${code}`,
    '',
    `${title}. HTTP status ${status}; ${retryable ? 'the same again can work later' : 'the same again gives the same answer'}.`,
    '',
    `What to do: ${remedy}`,
  ]);
  return [
    '<!-- Made by cli/src/reference/write-reference-main.ts from protocol/src/errors.ts. Change that, then run it again. -->',
    '',
    '# Error codes',
    '',
    'The API answers every error as `application/problem+json` ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)) with one of these in `code`; the command line shows',
    'the sentence in `detail`, and with `--json` the code. Codes are stable: one is never given another meaning. `issues` names each place that is wrong, with path, file, line and',
    "column where they are known; `instance` is the id of the request in the manager's log.",
    ...sections,
    '',
  ].join('\n');
};
