// The draft with what is selected and entered, and all the steps back and forth. Pure: a reducer; the views of the editor share one state.
import { applyCommand, type DraftCommand, type EdgeEnds, type Refusal } from './commands.ts';
import { childrenAt, isWithin, parentOf, unitAt, type DraftNet } from './draft-net.ts';

/** Steps that can be undone; older ones are forgotten. Drafts share what they have in common, so a step costs little. */
export const undoStepsMax = 500;

export type ChosenEdge = EdgeEnds & { readonly parent: string | null };
export type DraftState = {
  readonly net: DraftNet;
  /** Paths of units. */
  readonly selection: readonly string[];
  /** An edge that is looked at instead of units. */
  readonly edge: ChosenEdge | null;
  /** The nested net whose units are shown; null: the outermost. */
  readonly inside: string | null;
};
type Step = { readonly state: DraftState; readonly label: DraftCommand['type'] };
export type History = {
  readonly present: DraftState;
  readonly past: readonly Step[];
  readonly future: readonly Step[];
  /** Changes with the same key that follow each other, as of one field that is typed into, are one step. */
  readonly mergeKey: string | null;
  readonly refusal: Refusal | null;
};

export type HistoryAction =
  | { readonly type: 'do'; readonly command: DraftCommand; readonly mergeKey?: string }
  | { readonly type: 'undo' | 'redo' | 'heard' }
  | { readonly type: 'select'; readonly paths: readonly string[] }
  | { readonly type: 'selectEdge'; readonly edge: ChosenEdge | null }
  | { readonly type: 'enter'; readonly inside: string | null; readonly select?: readonly string[] }
  /** Begins anew with another draft: loaded, or found in the browser's memory. */
  | { readonly type: 'start'; readonly net: DraftNet };

export const beginHistory = (net: DraftNet): History => ({
  present: { net, selection: [], edge: null, inside: null },
  past: [],
  future: [],
  mergeKey: null,
  refusal: null,
});

export const historyReducer = (history: History, action: HistoryAction): History => {
  const { present, past, future } = history;
  switch (action.type) {
    case 'start':
      return beginHistory(action.net);
    case 'do': {
      const applied = applyCommand(present.net, present.selection, action.command);
      if (!applied.ok) return { ...history, refusal: applied.refusal };
      if (applied.net === present.net) return { ...history, refusal: null };
      const mergeKey = action.mergeKey ?? null;
      const continues = mergeKey !== null && mergeKey === history.mergeKey && past.length > 0;
      const next = settle({ ...present, net: applied.net, selection: applied.selection }, action.command);
      return {
        present: next,
        past: continues
          ? past
          : [...past, { state: present, label: action.command.type }].slice(-undoStepsMax),
        future: [],
        mergeKey,
        refusal: null,
      };
    }
    case 'undo': {
      const step = past.at(-1);
      if (step === undefined) return history;
      return {
        present: step.state,
        past: past.slice(0, -1),
        future: [{ state: present, label: step.label }, ...future],
        mergeKey: null,
        refusal: null,
      };
    }
    case 'redo': {
      const [step, ...rest] = future;
      if (step === undefined) return history;
      return {
        present: step.state,
        past: [...past, { state: present, label: step.label }],
        future: rest,
        mergeKey: null,
        refusal: null,
      };
    }
    case 'heard':
      return { ...history, refusal: null };
    case 'select':
      return {
        ...history,
        mergeKey: null,
        present: { ...present, selection: action.paths, edge: null },
      };
    case 'selectEdge':
      return {
        ...history,
        mergeKey: null,
        present: { ...present, selection: action.edge === null ? present.selection : [], edge: action.edge },
      };
    case 'enter':
      if (childrenAt(present.net, action.inside) === null) return history;
      return {
        ...history,
        mergeKey: null,
        present: { ...present, inside: action.inside, selection: action.select ?? [], edge: null },
      };
  }
};

/** After a change: the net that is entered may have another name or be gone, and so may the edge that is looked at. */
const settle = (state: DraftState, command: DraftCommand): DraftState => {
  let { inside, edge } = state;
  if (command.type === 'rename' && inside !== null && isWithin(inside, command.path)) {
    const renamed = state.selection[0] ?? command.path;
    inside = renamed + inside.slice(command.path.length);
  }
  while (inside !== null && childrenAt(state.net, inside) === null) inside = parentOf(inside);
  if (edge !== null) {
    const target = unitAt(state.net, edge.parent === null ? edge.to : `${edge.parent}/${edge.to}`);
    const after = target?.after;
    const edges = after === undefined ? [] : 'any' in after ? after.any : after.all;
    const { from } = edge;
    if (!edges.some(({ unit }) => unit === from)) edge = null;
  }
  return { ...state, inside, edge };
};
