// One rule in the list: closed a line in words, open a form of when and then. Drawn anew only when its own things change: a monitor may have
// a thousand rules.
import { ActionIcon, Menu, Switch, Text, UnstyledButton } from '@mantine/core';
import {
  IconAlertTriangle,
  IconArrowDown,
  IconArrowUp,
  IconChevronDown,
  IconChevronRight,
  IconCopy,
  IconDotsVertical,
  IconGripVertical,
  IconTrash,
} from '@tabler/icons-react';
import { memo, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Issue } from '@nezuban/protocol/errors';
import { IssueList } from '../../components/issue-list.tsx';
import { useFormat } from '../../components/use-format.ts';
import type { RuleDraft, TrapSource } from './monitor-draft.ts';
import { RuleForm } from './rule-form.tsx';
import { toggleIdOf } from './rule-ids.ts';
import { useRuleWords } from './use-rule-words.ts';
import { Mark } from './mark.tsx';

export type RuleChange = Partial<Omit<RuleDraft, 'id'>>;
export type RuleActions = {
  readonly toggle: (id: string) => void;
  /** `field`: what is typed into, for undo; null: a change of its own. */
  readonly change: (id: string, change: RuleChange, field: string | null) => void;
  readonly moveBy: (id: string, by: number) => void;
  readonly double: (id: string) => void;
  readonly remove: (id: string) => void;
  readonly dragStart: (id: string) => void;
  readonly dragOver: (id: string) => void;
  readonly dragEnd: () => void;
};

type Props = {
  readonly rule: RuleDraft;
  /** From 1. */
  readonly place: number;
  readonly isLast: boolean;
  readonly source: TrapSource;
  readonly issues: readonly Issue[];
  /** Traps of the test that it takes; undefined: not known. */
  readonly taken: number | undefined;
  readonly siblings: readonly RuleDraft[];
  readonly knownFields: readonly string[];
  readonly isOpen: boolean;
  readonly mayWrite: boolean;
  readonly drop: 'above' | 'below' | null;
  readonly actions: RuleActions;
};

const PlainRuleCard = (props: Props) => {
  const { rule, place, isLast, source, issues, taken, isOpen, mayWrite, drop, actions } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const words = useRuleWords();
  const { id, name } = rule;
  const bodyId = `rule-body-${id}`;
  const onKeyDown = (event: KeyboardEvent) => {
    if (!mayWrite || !event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    actions.moveBy(id, event.key === 'ArrowUp' ? -1 : 1);
  };
  return (
    <li
      className="nz-rule"
      data-open={isOpen || undefined}
      data-off={!rule.enabled || undefined}
      data-drop={drop ?? undefined}
      data-bad={issues.length > 0 || undefined}
      aria-label={t('traps.rules.one', { place, name })}
    >
      <div
        className="nz-rule-head"
        onDragOver={(event) => {
          event.preventDefault();
          actions.dragOver(id);
        }}
      >
        {mayWrite && (
          <span
            className="nz-rule-grip"
            draggable
            aria-hidden="true"
            title={t('traps.rules.drag')}
            onDragStart={(event) => {
              event.dataTransfer.effectAllowed = 'move';
              event.dataTransfer.setData('text/plain', name);
              actions.dragStart(id);
            }}
            onDragEnd={actions.dragEnd}
          >
            <IconGripVertical size={16} />
          </span>
        )}
        <UnstyledButton
          id={toggleIdOf(id)}
          className="nz-rule-toggle"
          aria-expanded={isOpen}
          aria-controls={bodyId}
          aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
          onClick={() => actions.toggle(id)}
          onKeyDown={onKeyDown}
        >
          {isOpen ? (
            <IconChevronDown size={16} aria-hidden="true" />
          ) : (
            <IconChevronRight size={16} aria-hidden="true" />
          )}
          <span className="nz-rule-place">{place}</span>
          <span className="nz-rule-words">
            <span className="nz-rule-name">{name === '' ? t('traps.rules.noName') : name}</span>
            {!isOpen && (
              <span className="nz-rule-said">
                {words.when(rule, source)} → {words.outcome(rule)}
              </span>
            )}
          </span>
          {issues.length > 0 && (
            <IconAlertTriangle
              size={16}
              className="nz-rule-warn"
              role="img"
              aria-label={t('traps.rules.isBad')}
            />
          )}
        </UnstyledButton>
        {taken !== undefined && (
          <Mark
            tone={taken === 0 ? 'neutral' : 'active'}
            title={t('traps.rules.takenTitle', { count: format.number(taken) })}
          >
            {taken === 0
              ? t('traps.rules.takesNone')
              : t('traps.rules.taken', { count: format.number(taken) })}
          </Mark>
        )}
        {mayWrite && (
          <>
            <Switch
              size="xs"
              checked={rule.enabled}
              aria-label={t('traps.rules.enableOne', { name })}
              onChange={(event) => actions.change(id, { enabled: event.currentTarget.checked }, null)}
            />
            <RuleMenu id={id} name={name} isFirst={place === 1} isLast={isLast} actions={actions} />
          </>
        )}
      </div>
      {isOpen && (
        <div className="nz-rule-body" id={bodyId}>
          {issues.length > 0 && (
            <div role="alert" className="nz-rule-issues">
              <IssueList issues={issues} />
            </div>
          )}
          <RuleForm
            rule={rule}
            source={source}
            issues={issues}
            siblings={props.siblings}
            knownFields={props.knownFields}
            onChange={(change, field) => actions.change(id, change, field)}
          />
        </div>
      )}
    </li>
  );
};

/** What stands beside a closed rule does not touch it; an open one tells of its neighbours' keys. */
const isSame = (a: Props, b: Props): boolean =>
  (Object.keys(a) as (keyof Props)[]).every(
    (key) =>
      Object.is(a[key], b[key]) || (!a.isOpen && !b.isOpen && (key === 'siblings' || key === 'knownFields')),
  );
export const RuleCard = memo(PlainRuleCard, isSame);

type MenuProps = {
  readonly id: string;
  readonly name: string;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly actions: RuleActions;
};

const RuleMenu = ({ id, name, isFirst, isLast, actions }: MenuProps) => {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={t('traps.rules.menu', { name })}>
          <IconDotsVertical size={16} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          disabled={isFirst}
          leftSection={<IconArrowUp size={15} aria-hidden="true" />}
          rightSection={<MenuKey keys="Alt+↑" />}
          onClick={() => actions.moveBy(id, -1)}
        >
          {t('traps.rules.up')}
        </Menu.Item>
        <Menu.Item
          disabled={isLast}
          leftSection={<IconArrowDown size={15} aria-hidden="true" />}
          rightSection={<MenuKey keys="Alt+↓" />}
          onClick={() => actions.moveBy(id, 1)}
        >
          {t('traps.rules.down')}
        </Menu.Item>
        <Menu.Item leftSection={<IconCopy size={15} aria-hidden="true" />} onClick={() => actions.double(id)}>
          {t('traps.rules.double')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          leftSection={<IconTrash size={15} aria-hidden="true" />}
          onClick={() => actions.remove(id)}
        >
          {t('actions.delete')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
};

const MenuKey = ({ keys }: { readonly keys: string }) => (
  <Text span size="xs" c="dimmed">
    {keys}
  </Text>
);
