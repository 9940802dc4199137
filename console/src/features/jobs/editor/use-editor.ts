// The one state that all views of the editor share: draft, selection, steps back and forth, what is wrong, the level that is shown.
// Responsible for putting the pure halves together; what a view shows is its own. Called by net-editor.tsx.
import { sentenceIn } from '@nezuban/protocol/sentences/sentence';
import { notifications } from '@mantine/notifications';
import { useEffect, useMemo, useReducer, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { layLevel, type Level } from './graph/level.ts';
import type { DraftCommand } from './model/commands.ts';
import { childrenAt, type DraftNet } from './model/draft-net.ts';
import {
  beginHistory,
  historyReducer,
  type DraftState,
  type History,
  type HistoryAction,
} from './model/history.ts';
import { issuesByUnit, judgeDraft, type DraftIssue } from './model/judge-draft.ts';
import { useAbsentNames, type AbsentName } from './use-absent-names.ts';
import { readUnitForms, type UnitForms } from './model/unit-fields.ts';

/** After the last change; judging thousands of units at each key would be felt. */
const judgeDelayMs = 250;

export type Editor = {
  readonly history: History;
  readonly state: DraftState;
  readonly dispatch: (action: HistoryAction) => void;
  readonly run: (command: DraftCommand, mergeKey?: string) => void;
  readonly readOnly: boolean;
  readonly issues: readonly DraftIssue[];
  readonly issuesByUnit: ReadonlyMap<string | null, readonly DraftIssue[]>;
  /** The draft has been judged since the last change. */
  readonly judged: boolean;
  /** Names of what is not there: a warning, which keeps nobody from saving. */
  readonly absent: readonly AbsentName[];
  /** What the manager answered to a save; gone with the next change. */
  readonly reportIssues: (issues: readonly DraftIssue[]) => void;
  readonly forms: UnitForms;
  readonly level: Level;
};

export const useEditor = (net: DraftNet, readOnly: boolean): Editor => {
  const { t, i18n } = useTranslation();
  const [history, reduce] = useReducer(historyReducer, net, beginHistory);
  const { present: state, refusal } = history;
  const dispatch = useMemo(
    () => (action: HistoryAction) => {
      if (readOnly && (action.type === 'do' || action.type === 'undo' || action.type === 'redo')) return;
      reduce(action);
    },
    [readOnly],
  );
  useEffect(() => {
    if (refusal === null) return;
    notifications.show({ message: t(`editor.refusal.${refusal}`), color: 'yellow', autoClose: 5000 });
    reduce({ type: 'heard' });
  }, [refusal, t]);

  const [judged, setJudged] = useState<{
    readonly net: DraftNet | null;
    readonly issues: readonly DraftIssue[];
  }>({ net: null, issues: [] });
  const current = state.net;
  useEffect(() => {
    if (judged.net === current) return;
    const delayMs = judged.net === null ? 0 : judgeDelayMs;
    const timer = setTimeout(() => setJudged({ net: current, issues: judgeDraft(current) }), delayMs);
    return () => clearTimeout(timer);
  }, [current, judged.net]);

  const forms = useMemo(() => readUnitForms(), []);
  const level = useLevel(current, state.inside);
  // Said once in the user's language, for all views.
  const issues = useMemo(
    () => judged.issues.map((issue) => ({ ...issue, message: sentenceIn(issue, i18n.language) })),
    [judged.issues, i18n.language],
  );
  const absent = useAbsentNames(current, !readOnly && judged.net === current && judged.issues.length === 0);
  const byUnit = useMemo(() => issuesByUnit(issues), [issues]);

  return {
    history,
    state,
    dispatch,
    run: (command, mergeKey) =>
      dispatch({ type: 'do', command, ...(mergeKey === undefined ? {} : { mergeKey }) }),
    readOnly,
    issues,
    issuesByUnit: byUnit,
    absent,
    judged: judged.net === current,
    reportIssues: (reported) => setJudged({ net: current, issues: reported }),
    forms,
    level,
  };
};

/** Held as long as nothing moves in it: a key typed into a field lays out nothing anew. */
const useLevel = (net: DraftNet, inside: string | null): Level => {
  const units = childrenAt(net, inside) ?? noUnits;
  const [held, setHeld] = useState(() => ({ inside, level: layLevel(units, null) }));
  if (held.inside === inside && held.level.units === units) return held.level;
  const level = layLevel(units, held.inside === inside ? held.level : null);
  setHeld({ inside, level });
  return level;
};
const noUnits: Level['units'] = [];
