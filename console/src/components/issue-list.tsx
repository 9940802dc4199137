// Places that are wrong, each with its line; a click leads there.
import { Anchor, Code, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Issue } from '@nezuban/protocol/errors';
import { saidIn } from '../i18n/said.ts';

/** More are counted, not listed: nobody reads a thousand. */
const shownMax = 50;

export const IssueList = ({
  issues,
  onGo,
}: {
  readonly issues: readonly Issue[];
  readonly onGo?: (issue: Issue) => void;
}) => {
  const { t, i18n } = useTranslation();
  return (
    <ul className="nz-issues">
      {issues.slice(0, shownMax).map((issue) => (
        <li key={`${issue.line ?? ''}:${issue.column ?? ''}:${issue.path}:${issue.message}`}>
          {issue.line !== undefined &&
            (onGo === undefined ? (
              <Text span size="sm" fw={600}>
                {t('errors.line', { line: issue.line })}{' '}
              </Text>
            ) : (
              <Anchor component="button" type="button" size="sm" fw={600} onClick={() => onGo(issue)}>
                {t('errors.line', { line: issue.line })}
              </Anchor>
            ))}{' '}
          {issue.path !== '' && <Code>{issue.path}</Code>} <span>{saidIn(issue, i18n.language)}</span>
        </li>
      ))}
      {issues.length > shownMax && <li>{t('errors.moreIssues', { count: issues.length - shownMax })}</li>}
    </ul>
  );
};
