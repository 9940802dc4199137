// The rules of a monitor in their order: opened and closed, moved by the mouse or by Alt and the arrows, added, doubled, deleted (which undo
// takes back).
import { Button, Group, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Issue } from '@nezuban/protocol/errors';
import {
  emptyRule,
  freeRuleName,
  issuesOfRule,
  moveRule,
  type MonitorDraft,
  type RuleDraft,
  type TrapSource,
} from './monitor-draft.ts';
import { RuleCard, type RuleActions } from './rule-card.tsx';
import { toggleIdOf } from './rule-ids.ts';
import type { DraftHistory } from './use-draft-history.ts';

type Props = {
  readonly rules: readonly RuleDraft[];
  readonly source: TrapSource;
  readonly issues: readonly Issue[];
  readonly totals: ReadonlyMap<string, number> | undefined;
  readonly knownFields: readonly string[];
  /** Id of the rule that is open from the start. */
  readonly openedFirst: string | null;
  readonly mayWrite: boolean;
  readonly edit: DraftHistory<MonitorDraft>['edit'];
};

const noIssues: readonly Issue[] = [];

export const RuleList = (props: Props) => {
  const { rules, source, issues, totals, knownFields, openedFirst, mayWrite, edit } = props;
  const { t } = useTranslation();
  const [opened, setOpened] = useState<ReadonlySet<string>>(
    () =>
      new Set(openedFirst === null ? (rules.length === 1 ? rules.map(({ id }) => id) : []) : [openedFirst]),
  );
  const [said, setSaid] = useState('');
  const [dragged, setDragged] = useState<string | null>(null);
  const [over, setOver] = useState<number | null>(null);
  /** Counts ids of rules that are made here. */
  const made = useRef(0);
  /** A moved row leaves the document for a moment, and with it the focus. */
  const refocus = useRef<string | null>(null);
  useEffect(() => {
    const id = refocus.current;
    refocus.current = null;
    if (id !== null) document.getElementById(toggleIdOf(id))?.focus();
  }, [rules]);

  const changeRules = useCallback(
    (change: (before: readonly RuleDraft[]) => readonly RuleDraft[], field: string | null = null) =>
      edit((before) => {
        const after = change(before.rules);
        return after === before.rules ? before : { ...before, rules: after };
      }, field),
    [edit],
  );
  const add = (at: number, rule: (id: string) => RuleDraft) => {
    made.current += 1;
    const next = rule(`new-${made.current}`);
    changeRules((before) => before.toSpliced(at, 0, next));
    setOpened((before) => new Set([...before, next.id]));
    refocus.current = next.id;
  };
  const latest = useRef({ rules, add, t });
  useEffect(() => {
    latest.current = { rules, add, t };
  });
  const indexOf = (id: string) => latest.current.rules.findIndex((rule) => rule.id === id);

  const move = useCallback(
    (id: string, to: number) => {
      const from = indexOf(id);
      const { rules: now, t: say } = latest.current;
      if (from < 0 || to < 0 || to >= now.length || from === to) return;
      refocus.current = id;
      changeRules((before) => moveRule(before, from, to));
      setSaid(say('traps.rules.moved', { name: now[from]?.name ?? '', place: to + 1, count: now.length }));
    },
    [changeRules],
  );
  // One object for all rows: they are drawn anew only when their rule changes.
  const actions: RuleActions = useMemo(
    () => ({
      toggle: (id) =>
        setOpened((before) => {
          const after = new Set(before);
          if (!after.delete(id)) after.add(id);
          return after;
        }),
      change: (id, change, field) =>
        changeRules(
          (before) => before.map((rule) => (rule.id === id ? { ...rule, ...change } : rule)),
          field === null ? null : `${id} ${field}`,
        ),
      moveBy: (id, by) => move(id, indexOf(id) + by),
      double: (id) => {
        const { rules: now, add: addNow } = latest.current;
        const at = indexOf(id);
        const rule = now[at];
        if (rule !== undefined)
          addNow(at + 1, (newId) => ({ ...rule, id: newId, name: freeRuleName(now, rule.name) }));
      },
      remove: (id) => {
        const { rules: now, t: say } = latest.current;
        const name = now[indexOf(id)]?.name ?? '';
        changeRules((before) => before.filter((rule) => rule.id !== id));
        setSaid(say('traps.rules.removed', { name }));
      },
      dragStart: setDragged,
      dragOver: (id) => setOver(indexOf(id)),
      dragEnd: () => {
        setDragged(null);
        setOver(null);
      },
    }),
    [changeRules, move],
  );
  const drop = () => {
    if (dragged !== null && over !== null) move(dragged, over);
    actions.dragEnd();
  };
  const draggedAt = dragged === null ? -1 : rules.findIndex(({ id }) => id === dragged);
  const allOpen = rules.length > 0 && rules.every(({ id }) => opened.has(id));
  return (
    <>
      <Text size="sm" c="dimmed">
        {t('traps.rules.orderText')}
      </Text>
      {/* Where a dragged rule may be dropped; the keys of each rule do the same. */}
      <div
        onDrop={(event) => {
          event.preventDefault();
          drop();
        }}
        onDragOver={(event) => dragged !== null && event.preventDefault()}
      >
        <ol className="nz-rules">
          {rules.map((rule, index) => {
            const own = issuesOfRule(issues, index);
            return (
              <RuleCard
                key={rule.id}
                rule={rule}
                place={index + 1}
                isLast={index === rules.length - 1}
                source={source}
                issues={own.length === 0 ? noIssues : own}
                taken={rule.enabled ? totals?.get(rule.name.trim()) : undefined}
                siblings={rules}
                knownFields={knownFields}
                isOpen={opened.has(rule.id)}
                mayWrite={mayWrite}
                drop={over === index && dragged !== rule.id ? (draggedAt < index ? 'below' : 'above') : null}
                actions={actions}
              />
            );
          })}
        </ol>
      </div>
      {rules.length === 0 && <Text size="sm">{t('traps.rules.none')}</Text>}
      <Group gap="xs">
        {mayWrite && (
          <Button
            variant="default"
            leftSection={<IconPlus size={15} aria-hidden="true" />}
            onClick={() =>
              add(rules.length, (id) => emptyRule(id, freeRuleName(rules, t('traps.rules.newName'))))
            }
          >
            {t('traps.rules.add')}
          </Button>
        )}
        {rules.length > 1 && (
          <Button
            variant="subtle"
            onClick={() => setOpened(allOpen ? new Set() : new Set(rules.map(({ id }) => id)))}
          >
            {t(allOpen ? 'traps.rules.closeAll' : 'traps.rules.openAll')}
          </Button>
        )}
      </Group>
      <span className="nz-hidden" role="status">
        {said}
      </span>
    </>
  );
};
