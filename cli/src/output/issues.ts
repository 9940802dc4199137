// Places that are wrong, one line each: FILE:LINE:COLUMN: PATH: MESSAGE, as compilers print them and editors jump to. Pure.
import type { Issue } from '@nezuban/protocol/errors';
import { visible } from './visible.ts';

/** `file` stands in for issues that name none. */
export const renderIssues = (issues: readonly Issue[], file?: string): string[] =>
  issues.map((issue) => {
    const name = issue.file ?? file;
    const place = [name, issue.line, issue.line === undefined ? undefined : issue.column]
      .filter((part) => part !== undefined)
      .join(':');
    return visible([place, issue.path, issue.message].filter((part) => part !== '').join(': '));
  });
