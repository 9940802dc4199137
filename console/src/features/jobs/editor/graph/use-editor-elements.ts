// Nodes and edges that React Flow gets of the level that is edited: what is near, with the objects of what did not change kept, so that a key typed into
// one unit redraws one of thousands. Called by editor-graph.tsx.
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { unitsInWindow, type PlacedUnit, type Rect } from '../../graph/graph-window.ts';
import { pathIn } from '../../layout/graph-unit.ts';
import { edgeKey, hasLabel, type Point } from '../../layout/layout.ts';
import { outcomeText } from '../../unit-words.ts';
import { edgesOf, type DraftUnit } from '../model/draft-net.ts';
import type { DraftIssue } from '../model/judge-draft.ts';
import { noteOf } from '../unit-note.ts';
import type { Editor } from '../use-editor.ts';
import type { EditorEdge, EditorNode } from './editor-nodes.tsx';

type Input = {
  readonly editor: Editor;
  readonly placed: readonly PlacedUnit[];
  readonly window: Rect | null;
  readonly far: boolean;
  readonly moving: Readonly<Record<string, Point>> | null;
};
type Known = { readonly unit: DraftUnit; readonly key: string; readonly node: EditorNode };

const handlesOf = (width: number, height: number): NonNullable<EditorNode['handles']> => [
  { type: 'target', position: 'left' as never, x: -6, y: height / 2 - 6, width: 12, height: 12 },
  { type: 'source', position: 'right' as never, x: width - 6, y: height / 2 - 6, width: 12, height: 12 },
];

export const useEditorElements = ({ editor, placed, window, far, moving }: Input) => {
  const { t } = useTranslation();
  const { state, level, readOnly, issuesByUnit } = editor;
  const { inside, selection, edge: chosen } = state;
  const [cache] = useState(() => new Map<string, Known>());
  const near = useMemo(() => (window === null ? null : unitsInWindow(placed, window)), [placed, window]);
  const selected = useMemo(() => new Set(selection), [selection]);
  const problems = useMemo(() => firstProblems(issuesByUnit, inside), [issuesByUnit, inside]);
  const resting = useMemo(() => {
    if (far) return [];
    return level.units.flatMap((unit): EditorNode[] => {
      const box = level.boxes.get(unit.name);
      if (box === undefined || (near !== null && !near.has(unit.name))) return [];
      const isSelected = selected.has(pathIn(inside, unit.name));
      const problem = problems.get(unit.name) ?? null;
      const note = noteOf(t, unit);
      const key = `${box.x} ${box.y} ${isSelected} ${readOnly} ${problem ?? ''} ${note}`;
      const known = cache.get(unit.name);
      if (known?.unit === unit && known.key === key) return [known.node];
      const title = unit['title'];
      const node: EditorNode = {
        id: unit.name,
        type: 'unit',
        position: { x: box.x, y: box.y },
        width: box.width,
        height: box.height,
        handles: handlesOf(box.width, box.height),
        selected: isSelected,
        draggable: !readOnly,
        connectable: !readOnly,
        deletable: false,
        focusable: false,
        zIndex: 2,
        data: {
          name: unit.name,
          title: typeof title === 'string' && title !== '' ? title : unit.name,
          type: unit.type,
          note,
          problem,
          isNet: unit.units !== undefined,
          fixed: readOnly,
        },
      };
      cache.set(unit.name, { unit, key, node });
      return [node];
    });
  }, [far, level, near, selected, problems, inside, readOnly, t, cache]);
  const nodes = useMemo(
    () =>
      moving === null
        ? resting
        : resting.map((node) => {
            const position = moving[node.id];
            return position === undefined ? node : { ...node, position };
          }),
    [resting, moving],
  );
  const edges = useMemo(() => {
    if (far) return [];
    return level.units.flatMap((unit) => {
      const { edges: own, mode } = edgesOf(unit);
      return own
        .filter((edge) => near === null || (near.has(unit.name) && near.has(edge.unit)))
        .map((edge): EditorEdge => {
          const labelled = hasLabel(edge);
          const isChosen = chosen?.from === edge.unit && chosen.to === unit.name && chosen.parent === inside;
          const classes = [
            'nz-edge',
            labelled ? 'nz-edge-branch' : '',
            mode === 'any' ? 'nz-edge-any' : '',
            isChosen ? 'nz-edge-chosen' : '',
          ];
          return {
            id: edgeKey(edge.unit, unit.name),
            source: edge.unit,
            target: unit.name,
            type: 'unit',
            selected: isChosen,
            focusable: false,
            zIndex: isChosen ? 2 : 1,
            data: { points: moving === null ? (level.ways.get(edgeKey(edge.unit, unit.name)) ?? []) : [] },
            className: classes.filter((name) => name !== '').join(' '),
            ...(labelled ? { label: edge.on.map((outcome) => outcomeText(t, outcome)).join(' / ') } : {}),
          };
        });
    });
    // While units are moved their edges go straight; where they are then does not matter.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [far, level, near, chosen, inside, moving === null, t]);
  return { nodes, edges };
};

/** By name in the level; what is wrong in a nested net is wrong with its box. */
const firstProblems = (
  issues: ReadonlyMap<string | null, readonly DraftIssue[]>,
  inside: string | null,
): ReadonlyMap<string, string> => {
  const problems = new Map<string, string>();
  for (const [path, [first]] of issues) {
    if (path === null || first === undefined) continue;
    if (inside !== null && !path.startsWith(`${inside}/`)) continue;
    const name = (inside === null ? path : path.slice(inside.length + 1)).split('/')[0] ?? '';
    if (!problems.has(name)) problems.set(name, first.message);
  }
  return problems;
};
