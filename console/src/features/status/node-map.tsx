// All nodes as tiles, by scope: 10,000 of them on one canvas, as large as all of them fit. For the eye shapes and colours; for keyboard and
// screen reader a list box with one node at a time; what is pointed at or in focus is said beside it.
import { useComputedColorScheme } from '@mantine/core';
import { useResizeObserver } from '@mantine/hooks';
import { useCallback, useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../components/use-format.ts';
import { drawMap, type MapColours } from './draw-map.ts';
import { layOutMap, placeOf, tileAt, tileByKey } from './lay-out-map.ts';
import { MapLegend } from './map-legend.tsx';
import { titleOf, type NodeGroup, type StatusNode } from './scope-status.ts';
import { tileKindOf, tileKinds, type TileKind } from './tile-shapes.ts';

type Props = {
  readonly label: string;
  readonly groups: readonly NodeGroup[];
  readonly onOpen: (node: string) => void;
};

/** Room of the tip beside a tile, so that it stays within the map. */
const tipWidth = 250;

export const NodeMap = ({ label, groups, onOpen }: Props) => {
  const { t } = useTranslation();
  const format = useFormat();
  const scheme = useComputedColorScheme();
  const id = useId();
  const [observe, rect] = useResizeObserver<HTMLDivElement>();
  const scroller = useRef<HTMLDivElement | null>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const legend = useRef<HTMLUListElement>(null);
  const [active, setActive] = useState(0);
  const [hovered, setHovered] = useState<number | null>(null);
  const [hasFocus, setHasFocus] = useState(false);
  const nodes = useMemo(() => groups.flatMap((group) => group.nodes), [groups]);
  const hasTitles = groups.length > 1;
  const layout = useMemo(
    () =>
      layOutMap(
        groups.map((group) => group.nodes.length),
        { width: Math.max(1, rect.width), height: rect.height, hasTitles },
      ),
    [groups, rect.width, rect.height, hasTitles],
  );
  const titles = useMemo(
    () =>
      hasTitles
        ? groups.map(({ scope, nodes: { length } }) => ({
            text: scope === null ? t('situation.noScope') : titleOf(scope),
            counts: t('situation.nodeCount', { count: format.number(length) as never }),
          }))
        : [],
    [groups, hasTitles, t, format],
  );
  const draw = useCallback(() => {
    const area = scroller.current;
    const context = canvas.current?.getContext('2d');
    if (area === null || context === null || context === undefined || rect.width === 0) return;
    const ratio = globalThis.devicePixelRatio;
    context.canvas.width = Math.round(rect.width * ratio);
    context.canvas.height = Math.round(rect.height * ratio);
    context.scale(ratio, ratio);
    drawMap(context, {
      layout,
      nodes,
      titles,
      colours: coloursOf(legend.current, area),
      font: getComputedStyle(area).fontFamily,
      from: area.scrollTop,
      to: area.scrollTop + rect.height,
    });
  }, [layout, nodes, titles, rect.width, rect.height]);
  useEffect(draw, [draw, scheme]);
  // The font comes in parts: what was drawn before a part is there shows boxes.
  useEffect(() => {
    document.fonts.addEventListener('loadingdone', draw);
    return () => document.fonts.removeEventListener('loadingdone', draw);
  }, [draw]);

  const current = Math.min(active, nodes.length - 1);
  const go = (index: number) => {
    setActive(index);
    const area = scroller.current;
    if (area === null) return;
    const { y } = placeOf(layout, index);
    if (y < area.scrollTop) area.scrollTop = Math.max(0, y - 30);
    else if (y + layout.tile.height > area.scrollTop + area.clientHeight)
      area.scrollTop = y + layout.tile.height - area.clientHeight + 8;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const node = nodes[current];
    if (event.key === 'Enter' && node !== undefined) {
      event.preventDefault();
      onOpen(node.name);
      return;
    }
    const next = tileByKey(layout, current, event.key);
    if (next === null) return;
    event.preventDefault();
    setHovered(null);
    go(next);
  };
  const tileUnder = (event: { readonly clientX: number; readonly clientY: number }): number | null => {
    const area = scroller.current;
    if (area === null) return null;
    const box = area.getBoundingClientRect();
    return tileAt(layout, {
      x: event.clientX - box.left - area.clientLeft - padding,
      y: event.clientY - box.top - area.clientTop - padding + area.scrollTop,
    });
  };
  const shown = hovered ?? (hasFocus ? current : null);
  const shownNode = shown === null ? undefined : nodes[shown];
  const optionId = `${id}-node`;
  const currentNode = nodes[current];
  return (
    <>
      <MapLegend counts={countsOf(nodes)} ref={legend} />
      <div
        className="nz-map-scroll"
        ref={scroller}
        role="listbox"
        tabIndex={0}
        aria-label={label}
        aria-describedby={`${id}-hint`}
        aria-activedescendant={optionId}
        onKeyDown={onKeyDown}
        onFocus={() => setHasFocus(true)}
        onBlur={() => setHasFocus(false)}
        onScroll={draw}
        onMouseMove={(event) => setHovered(tileUnder(event))}
        onMouseLeave={() => setHovered(null)}
        onClick={(event) => {
          const index = tileUnder(event);
          const node = index === null ? undefined : nodes[index];
          if (node !== undefined) onOpen(node.name);
        }}
        style={hovered === null ? undefined : { cursor: 'pointer' }}
      >
        <div className="nz-map-room" role="presentation" ref={observe}>
          <canvas
            className="nz-map-canvas"
            ref={canvas}
            aria-hidden="true"
            style={{ width: rect.width, height: rect.height }}
          />
        </div>
        <div className="nz-map-tiles" role="presentation" style={{ height: layout.height }}>
          {currentNode !== undefined && (
            <div
              role="option"
              id={optionId}
              aria-selected="true"
              aria-setsize={nodes.length}
              aria-posinset={current + 1}
              className="nz-map-ring"
              data-shown={hasFocus || undefined}
              style={{
                ...positionOf(placeOf(layout, current)),
                width: layout.tile.width,
                height: layout.tile.height,
              }}
            >
              <span className="nz-hidden">{wordsOf(t, currentNode)}</span>
            </div>
          )}
          {shown !== null && shownNode !== undefined && (
            <div
              className="nz-map-tip"
              role="presentation"
              aria-hidden="true"
              style={tipPlace({ ...placeOf(layout, shown), width: rect.width, tile: layout.tile.height })}
            >
              {wordsOf(t, shownNode)}
            </div>
          )}
        </div>
      </div>
      <span className="nz-hidden" id={`${id}-hint`}>
        {t('situation.map.hint')}
      </span>
    </>
  );
};

/** Of the scrolling area, as in status.css. */
const padding = 8;

const positionOf = ({ x, y }: { readonly x: number; readonly y: number }) => ({ left: x, top: y });

const tipPlace = ({
  x,
  y,
  width,
  tile,
}: {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly tile: number;
}) => ({ left: Math.max(0, Math.min(x, width - tipWidth)), top: y + tile + 6, maxWidth: tipWidth });

const wordsOf = (t: TFunction, { name, worst, counts }: StatusNode): string => {
  const kind = tileKindOf(worst);
  const status =
    kind === 'info'
      ? t('situation.map.well')
      : kind === 'silent'
        ? t('situation.map.silent')
        : t(`status.priority.${kind}`);
  return kind === 'info' || kind === 'silent'
    ? t('situation.map.tile', { name, status })
    : t('situation.map.tileCounts', {
        name,
        status,
        critical: counts.critical,
        warning: counts.warning,
        unknown: counts.unknown,
      });
};

const countsOf = (nodes: readonly StatusNode[]): Readonly<Record<TileKind, number>> => {
  const counts = { critical: 0, warning: 0, unknown: 0, info: 0, silent: 0 };
  for (const name of new Map(nodes.map((node) => [node.name, node])).values())
    counts[tileKindOf(name.worst)] += 1;
  return counts;
};

/** A canvas knows no style sheets: the colours of the present scheme are those of the legend. */
const coloursOf = (legend: HTMLUListElement | null, area: HTMLElement): MapColours => {
  const text = getComputedStyle(area).color;
  const colours = Object.fromEntries(
    tileKinds.map((kind) => {
      const shape = legend?.querySelector(`[data-kind="${kind}"]`);
      return [kind, shape === null || shape === undefined ? text : getComputedStyle(shape).color];
    }),
  ) as Record<TileKind, string>;
  return { ...colours, text, dimmed: text };
};
