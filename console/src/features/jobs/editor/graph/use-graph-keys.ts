// Everything that the graph editor does by keyboard: arrows walk from unit to unit, with Alt they move what is chosen; the rest are the keys of the help.
// Connecting is a mode: what was chosen waits until another unit is chosen by arrows or mouse. Called by editor-graph.tsx.
import { useReactFlow } from '@xyflow/react';
import { useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { pathIn } from '../../layout/graph-unit.ts';
import { edgesOf, nameOf, unitAt } from '../model/draft-net.ts';
import type { Editor } from '../use-editor.ts';
import type { EditorActions } from '../use-editor-actions.ts';
import { typeWord } from '../words.ts';
import { boundsOf, neighbour, type Direction } from './level.ts';

const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};
/** Steps by which keys move units, in pixels of the plane. */
const steps = { small: 4, large: 20 } as const;

type Input = {
  readonly editor: Editor;
  readonly actions: EditorActions;
  readonly onOpenPanel: () => void;
};

export const useGraphKeys = ({ editor, actions, onOpenPanel }: Input) => {
  const { t } = useTranslation();
  const { state, dispatch, run, level, issuesByUnit } = editor;
  const { inside, selection, net } = state;
  const { zoomIn, zoomOut, fitBounds, setCenter } = useReactFlow();
  const [connectFrom, setConnectFrom] = useState<readonly string[] | null>(null);
  const cursor = selection.at(-1) ?? null;

  const say = (): string => {
    if (cursor === null) return '';
    const unit = unitAt(net, cursor);
    if (unit === undefined) return '';
    const before = edgesOf(unit).edges.map((edge) => edge.unit);
    const issue = issuesByUnit.get(cursor)?.[0];
    return [
      unit.name,
      typeWord(t, unit.type),
      before.length === 0 ? '' : t('editor.graph.saysAfter', { units: before.join(', ') }),
      issue?.message ?? '',
    ]
      .filter((part) => part !== '')
      .join('. ');
  };
  const connectTo = (name: string) => {
    if (connectFrom === null) return;
    setConnectFrom(null);
    dispatch({ type: 'select', paths: [pathIn(inside, name)] });
    const edges = connectFrom.filter((from) => from !== name).map((from) => ({ from, to: name }));
    if (edges.length > 0) run({ type: 'connect', parent: inside, edges });
  };
  const walk = (direction: Direction, more: boolean) => {
    const from = cursor === null ? undefined : nameOf(cursor);
    const to =
      from !== undefined && level.boxes.has(from)
        ? neighbour(level.boxes, from, direction)
        : (level.units[0]?.name ?? null);
    if (to === null) return;
    const path = pathIn(inside, to);
    dispatch({ type: 'select', paths: more ? [...selection.filter((each) => each !== path), path] : [path] });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget && (event.target as Element).closest('button, input') !== null)
      return;
    const direction = directions[event.key];
    const done = () => event.preventDefault();
    if (direction !== undefined) {
      done();
      if (!event.altKey) return walk(direction, event.shiftKey);
      const step = event.shiftKey ? steps.large : steps.small;
      const way = { left: [-step, 0], right: [step, 0], up: [0, -step], down: [0, step] }[direction];
      return actions.nudge(way[0] ?? 0, way[1] ?? 0);
    }
    if (event.ctrlKey || event.metaKey || event.altKey) {
      if (event.key === 'Enter') {
        done();
        actions.enter();
      }
      return;
    }
    switch (event.key) {
      case 'Enter':
        done();
        if (connectFrom !== null && cursor !== null) connectTo(nameOf(cursor));
        else if (cursor === null) walk('right', false);
        else onOpenPanel();
        return;
      case 'Escape':
        done();
        if (connectFrom !== null) setConnectFrom(null);
        else if (selection.length > 0 || state.edge !== null) dispatch({ type: 'select', paths: [] });
        else actions.leave();
        return;
      case 'n':
        if (editor.readOnly) return;
        done();
        actions.add('command');
        return;
      case 'c':
        if (editor.readOnly || selection.length === 0) return;
        done();
        setConnectFrom(selection.map(nameOf));
        return;
      case '>':
        done();
        actions.enter();
        return;
      case '<':
        done();
        actions.leave();
        return;
      case '+':
        void zoomIn();
        return;
      case '-':
        void zoomOut();
        return;
      case '1': {
        const box = cursor === null ? undefined : level.boxes.get(nameOf(cursor));
        if (box !== undefined) void setCenter(box.x + box.width / 2, box.y + box.height / 2, { zoom: 1 });
        return;
      }
      case '0':
        void fitBounds(boundsOf(level.boxes), { padding: 0.05 });
        return;
      default:
    }
  };
  return { onKeyDown, connectFrom, connectTo, said: say() };
};
