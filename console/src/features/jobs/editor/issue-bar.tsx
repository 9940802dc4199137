// What is wrong with the draft, below the views: how much, and each place, which leads to the unit; of one that is right, names of what is not
// there, as a warning. Called by net-editor.tsx.
import { Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertTriangle, IconChevronDown, IconChevronRight, IconCircleCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { parentOf } from './model/draft-net.ts';
import type { AbsentName } from './use-absent-names.ts';
import type { Editor } from './use-editor.ts';

/** More are counted, not listed. */
const shownMax = 100;

export const IssueBar = ({ editor }: { readonly editor: Editor }) => {
  const { t } = useTranslation();
  const { issues, dispatch, judged, absent } = editor;
  const [opened, change] = useDisclosure(false);
  if (issues.length === 0 && !judged)
    return <div className="nz-editor-issues">{t('editor.issues.judging')}</div>;
  const go = (unit: string | null) =>
    unit === null
      ? dispatch({ type: 'select', paths: [] })
      : dispatch({ type: 'enter', inside: parentOf(unit), select: [unit] });
  if (issues.length === 0 && absent.length > 0) return <AbsentBar absent={absent} onGo={go} />;
  if (issues.length === 0)
    return (
      <div className="nz-editor-issues" role="status">
        <span className="nz-editor-issues-none">
          <IconCircleCheck size={15} aria-hidden="true" />
          {t('editor.issues.none')}
        </span>
      </div>
    );
  const Icon = opened ? IconChevronDown : IconChevronRight;
  return (
    <div className="nz-editor-issues" data-wrong>
      <span className="nz-said" role="status">
        {t('editor.issues.count', { count: issues.length })}
      </span>
      <UnstyledButton className="nz-editor-more" aria-expanded={opened} onClick={change.toggle}>
        <Icon size={14} aria-hidden="true" />
        <IconAlertTriangle size={15} aria-hidden="true" />
        <span className="nz-nowrap">{t('editor.issues.count', { count: issues.length })}</span>
        {!opened && issues[0] !== undefined && (
          <span className="nz-editor-issues-first">
            {issues[0].unit ?? ''} {issues[0].field} {issues[0].message}
          </span>
        )}
      </UnstyledButton>
      {opened && (
        <ul className="nz-editor-issue-list">
          {issues.slice(0, shownMax).map(({ unit, field, message }) => (
            <li key={`${unit ?? ''} ${field} ${message}`}>
              <UnstyledButton className="nz-editor-issue" onClick={() => go(unit)}>
                <strong>{unit ?? t('editor.panel.net')}</strong> {field !== '' && <code>{field}</code>}{' '}
                {message}
              </UnstyledButton>
            </li>
          ))}
          {issues.length > shownMax && (
            <Text size="xs">{t('errors.moreIssues', { count: issues.length - shownMax })}</Text>
          )}
        </ul>
      )}
    </div>
  );
};

/** Each leads to the first unit that names it. */
const AbsentBar = ({
  absent,
  onGo,
}: {
  readonly absent: readonly AbsentName[];
  readonly onGo: (unit: string | null) => void;
}) => {
  const { t } = useTranslation();
  const [opened, change] = useDisclosure(false);
  const Icon = opened ? IconChevronDown : IconChevronRight;
  const words = absent.map(({ kind, name }) => {
    const known = absentKinds.find((each) => each === kind);
    return known === undefined ? `${kind} ${name}` : t(`editor.absent.kinds.${known}`, { name });
  });
  const summary = t('editor.absent.count', { count: absent.length });
  return (
    <div className="nz-editor-issues">
      <span className="nz-said" role="status">
        {summary}
      </span>
      <UnstyledButton className="nz-editor-more" aria-expanded={opened} onClick={change.toggle}>
        <Icon size={14} aria-hidden="true" />
        <IconAlertTriangle size={15} aria-hidden="true" />
        <span className="nz-nowrap">{summary}</span>
        {!opened && <span className="nz-editor-issues-first">{words[0]}</span>}
      </UnstyledButton>
      {opened && (
        <ul className="nz-editor-issue-list">
          {absent.map(({ kind, name, unit }, index) => (
            <li key={`${kind} ${name}`}>
              <UnstyledButton className="nz-editor-issue" onClick={() => onGo(unit)}>
                <strong>{unit ?? t('editor.panel.net')}</strong> {words[index]}
              </UnstyledButton>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
};

/** As the manager names them. */
const absentKinds = ['node', 'scope', 'queue', 'secret', 'channel', 'job net', 'user', 'role'] as const;
