// What is frozen and which windows are open, in memory, as last committed and as the clock says now.
// Responsible for answering whoever starts or tells something, without waiting: the ports Freezes and mutes. Not responsible for changing
// anything (freeze-changes.ts, window-changes.ts) nor for noticing that time has passed (operations-loop.ts); but what it answers is always
// right for this instant. Made by operations.ts.
import {
  decideOperations,
  type OperationsState,
  type StoredFreeze,
} from '@nezuban/core/operations/decide-operations';
import {
  freezesOfNet,
  frozenNodes,
  heldUntil,
  mutedBy,
  startRefusedSentence,
  type ScopeNodes,
} from '@nezuban/core/operations/frozen-places';
import type { Clock } from '@nezuban/platform/clock';
import type { EventDraft, Freezes } from '../ports.ts';
import { assertMayOperate } from './operate-rights.ts';
import type { StoredWindowRow } from './window-store.ts';

export type OperationsMemory = {
  readonly freezes: Freezes;
  /** For this instant. */
  readonly now: () => OperationsState;
  readonly windows: () => ReadonlyMap<string, StoredWindowRow>;
  /** The window that keeps back notifications of the event; null: they go out. */
  readonly mutedBy: (draft: Pick<EventDraft, 'node' | 'details'>) => string | null;
  readonly load: (freezes: readonly StoredFreeze[], windows: readonly StoredWindowRow[]) => void;
  readonly putFreeze: (freeze: StoredFreeze) => void;
  readonly putWindow: (window: StoredWindowRow) => void;
  readonly removeWindow: (name: string) => void;
};

const noNodes: ReadonlyMap<string, string> = new Map();

export const createOperationsMemory = (ports: {
  readonly clock: Clock;
  /** Nodes of each scope, those of its child scopes included; another object after each change. */
  readonly scopes: () => ScopeNodes;
  /** An end that is older than this is of no interest to held starts. */
  readonly endedKeptMs: number;
}): OperationsMemory => {
  const { clock, scopes } = ports;
  let freezes = new Map<number, StoredFreeze>();
  let windows = new Map<string, StoredWindowRow>();
  let decided: { readonly at: number; readonly state: OperationsState } | null = null;
  let resolved: {
    readonly state: OperationsState;
    readonly scopes: ScopeNodes;
    readonly nodes: ReadonlyMap<string, string>;
  } | null = null;

  const now = (): OperationsState => {
    const instant = clock.epochMs();
    const nextAt = decided?.state.nextChangeAt ?? null;
    // Of a clock that was set back nothing is known.
    if (decided !== null && instant >= decided.at && (nextAt === null || instant < nextAt))
      return decided.state;
    const stored = { freezes: [...freezes.values()], windows: [...windows.values()] };
    decided = { at: instant, state: decideOperations(stored, instant) };
    return decided.state;
  };
  const nodes = (): ReadonlyMap<string, string> => {
    const state = now();
    if (state.freezes.length === 0) return noNodes;
    const current = scopes();
    if (resolved?.state !== state || resolved.scopes !== current)
      resolved = { state, scopes: current, nodes: frozenNodes(state, current) };
    return resolved.nodes;
  };
  const changed = (): void => {
    decided = null;
  };

  return {
    now,
    windows: () => windows,
    freezes: {
      nodes,
      startRefusal(net) {
        const found = freezesOfNet(now(), net);
        return found.length === 0 ? null : startRefusedSentence(net, found);
      },
      assertMayOverride(net, actor) {
        for (const { place } of freezesOfNet(now(), net)) assertMayOperate(actor, place);
      },
      heldUntil: (net) => heldUntil(now().ended, net),
    },
    mutedBy({ node, details }) {
      const { openWindows } = now();
      if (openWindows.length === 0) return null;
      const net = details['net'];
      return mutedBy(now(), { node, net: typeof net === 'string' ? net : null }, scopes());
    },
    load(freezeRows, windowRows) {
      freezes = new Map(freezeRows.map((freeze) => [freeze.id, freeze]));
      windows = new Map(windowRows.map((row) => [row.window.name, row]));
      changed();
    },
    putFreeze(freeze) {
      freezes.set(freeze.id, freeze);
      const keptFrom = clock.epochMs() - ports.endedKeptMs;
      for (const { id, endedAt } of freezes.values())
        if (endedAt !== null && endedAt < keptFrom) freezes.delete(id);
      changed();
    },
    putWindow(row) {
      const { name } = row.window;
      if ((windows.get(name)?.revision ?? 0) > row.revision) return;
      windows.set(name, row);
      changed();
    },
    removeWindow(name) {
      windows.delete(name);
      changed();
    },
  };
};
