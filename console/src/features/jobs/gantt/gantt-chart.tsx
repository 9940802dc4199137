// When the units of a session ran, as bars over time: rows are drawn only where they are seen, so that thousands of units scroll smoothly.
// Not responsible for what a click means; the session page is. The table of units is the same for whoever prefers rows.
import './gantt.css';
import { ActionIcon, Group, SegmentedControl, Text } from '@mantine/core';
import { IconMaximize, IconZoomIn, IconZoomOut } from '@tabler/icons-react';
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
} from 'react';
import { useTranslation } from 'react-i18next';
import type { SessionDetail } from '@nezuban/protocol/jobs/session';
import { useNow } from '../../../components/ticker.tsx';
import { GanttAxis } from './gantt-axis.tsx';
import {
  ganttLimits,
  ganttOrders,
  spanOf,
  toGanttRows,
  zoomBy,
  type GanttOrder,
  type Span,
} from './gantt-model.ts';
import { GanttRowView } from './gantt-row.tsx';

const rowHeight = 30;
const axisHeight = 28;
/** Room behind the last bar for the word of its duration. */
const endRoom = 76;
const overscan = 10;
const nameWidths = { wide: 248, narrow: 128, narrowBelow: 620 } as const;

type Props = {
  readonly detail: SessionDetail;
  readonly label: string;
  readonly selected: string | null;
  readonly onSelect: (path: string) => void;
  readonly onContextMenu: (path: string, at: { readonly x: number; readonly y: number }) => void;
  readonly order: GanttOrder;
  readonly onOrder: (order: GanttOrder) => void;
};

export const GanttChart = (props: Props) => {
  const { detail, label, selected, onSelect, onContextMenu, order, onOrder } = props;
  const { t } = useTranslation();
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const { ref: sizeRef, width: frameWidth } = useElementSize();
  const mergedRef = useMergedRef(scroller, sizeRef);
  const now = useNow(detail.endedAt === null);
  const rows = useMemo(() => toGanttRows(detail.units, order), [detail.units, order]);
  const span = useStableSpan(spanOf(detail, now));
  const nameWidth = frameWidth < nameWidths.narrowBelow ? nameWidths.narrow : nameWidths.wide;
  const frame = Math.max(80, frameWidth - nameWidth - endRoom);
  const { zoom, changeZoom } = useZoom({ scroller, frame, nameWidth, span });
  const width = frame * zoom;
  // What has ended does not move with the seconds, unless the scale does.
  const still = useMemo(() => ({ span, width, now: 0 }), [span, width]);
  const moving = useMemo(() => ({ span, width, now }), [span, width, now]);
  const window = useScrollWindow(scroller, frameWidth);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan,
    scrollPaddingStart: axisHeight,
    getItemKey: (index) => rows[index]?.unit.path ?? index,
  });
  const selectedIndex = rows.findIndex(({ unit }) => unit.path === selected);
  useEffect(() => {
    if (selectedIndex >= 0) virtualizer.scrollToIndex(selectedIndex, { align: 'auto' });
  }, [selectedIndex, virtualizer]);
  const pathAt = (index: number) => rows[Math.max(0, Math.min(rows.length - 1, index))]?.unit.path;
  const select = (index: number) => {
    const path = pathAt(index);
    if (path !== undefined) onSelect(path);
  };
  const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => select(selectedIndex + 1),
      ArrowUp: () => select(selectedIndex < 0 ? 0 : selectedIndex - 1),
      PageDown: () => select(selectedIndex + page),
      PageUp: () => select(selectedIndex - page),
      Home: () => select(0),
      End: () => select(rows.length - 1),
      '+': () => changeZoom(ganttLimits.zoomStep),
      '-': () => changeZoom(1 / ganttLimits.zoomStep),
      '0': () => changeZoom(0),
    };
    const move = event.ctrlKey || event.metaKey || event.altKey ? undefined : moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
  };
  const openMenu = useCallback(
    (event: MouseEvent, path: string) => {
      event.preventDefault();
      onContextMenu(path, { x: event.clientX, y: event.clientY });
    },
    [onContextMenu],
  );
  return (
    <section className="nz-gantt" aria-label={label}>
      <Group gap={6} justify="space-between" className="nz-gantt-bar-tools">
        <SegmentedControl
          size="xs"
          aria-label={t('gantt.order.label')}
          value={order}
          onChange={(value) => onOrder(value)}
          data={ganttOrders.map((value) => ({ value, label: t(`gantt.order.${value}`) }))}
        />
        <Text size="xs" c="dimmed" className="nz-wide" style={{ flex: 1 }}>
          {t('gantt.keys')}
        </Text>
        <Group gap={4} role="group" aria-label={t('graph.controls')}>
          <ZoomButton
            label={t('graph.zoomOut')}
            Icon={IconZoomOut}
            onClick={() => changeZoom(1 / ganttLimits.zoomStep)}
            disabled={zoom <= 1}
          />
          <ZoomButton
            label={t('graph.zoomIn')}
            Icon={IconZoomIn}
            onClick={() => changeZoom(ganttLimits.zoomStep)}
          />
          <ZoomButton label={t('graph.fit')} Icon={IconMaximize} onClick={() => changeZoom(0)} />
        </Group>
      </Group>
      <div
        ref={mergedRef}
        className="nz-gantt-scroll"
        role="listbox"
        tabIndex={0}
        aria-label={t('unit.table')}
        aria-activedescendant={selectedIndex >= 0 ? `${id}${selectedIndex}` : undefined}
        onKeyDown={onKeyDown}
      >
        <div
          role="presentation"
          className="nz-gantt-canvas"
          style={{
            width: nameWidth + width + endRoom,
            height: axisHeight + virtualizer.getTotalSize(),
            ['--nz-gantt-name' as never]: `${nameWidth}px`,
          }}
        >
          <GanttAxis span={span} width={width} window={window} running={detail.endedAt === null} now={now} />
          {virtualizer.getVirtualItems().map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              <GanttRowView
                key={item.key}
                id={`${id}${item.index}`}
                row={row}
                top={axisHeight + item.start}
                place={{ index: item.index, count: rows.length }}
                scale={row.unit.startedAt !== null && row.unit.endedAt === null ? moving : still}
                selected={item.index === selectedIndex}
                onSelect={onSelect}
                onContextMenu={openMenu}
              />
            );
          })}
        </div>
      </div>
    </section>
  );
};

/** The same object while it is the same time. */
const useStableSpan = (next: Span): Span => {
  const [span, setSpan] = useState(next);
  if (span.from === next.from && span.to === next.to) return span;
  setSpan(next);
  return next;
};

const ZoomButton = ({
  label,
  Icon,
  onClick,
  disabled = false,
}: {
  readonly label: string;
  readonly Icon: typeof IconZoomIn;
  readonly onClick: () => void;
  readonly disabled?: boolean;
}) => (
  <ActionIcon
    variant="default"
    size={30}
    aria-label={label}
    title={label}
    onClick={onClick}
    disabled={disabled}
  >
    <Icon size={16} aria-hidden="true" />
  </ActionIcon>
);

type ZoomInput = {
  readonly scroller: { readonly current: HTMLDivElement | null };
  readonly frame: number;
  readonly nameWidth: number;
  readonly span: Span;
};

/** How near it is looked at. What is in the middle, or under the mouse, stays where it is. Factor 0 shows everything. */
const useZoom = ({ scroller, frame, nameWidth, span }: ZoomInput) => {
  const [zoom, setZoom] = useState(1);
  const anchor = useRef<{ readonly part: number; readonly x: number } | null>(null);
  const changeZoom = (factor: number, atX = frame / 2) => {
    const left = scroller.current?.scrollLeft ?? 0;
    anchor.current = { part: (left + atX) / (frame * zoom), x: atX };
    setZoom(factor === 0 ? 1 : zoomBy(zoom, factor, { frame, span }));
  };
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null || anchor.current === null) return;
    element.scrollTo({ left: anchor.current.part * frame * zoom - anchor.current.x });
    anchor.current = null;
  }, [zoom, frame, scroller]);
  const latest = useRef(changeZoom);
  useEffect(() => {
    latest.current = changeZoom;
  });
  useEffect(() => {
    const element = scroller.current;
    // A listener of React's could not keep the browser from zooming the page.
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey || element === null) return;
      event.preventDefault();
      const x = event.clientX - element.getBoundingClientRect().left - nameWidth;
      latest.current(event.deltaY < 0 ? ganttLimits.zoomStep : 1 / ganttLimits.zoomStep, Math.max(0, x));
    };
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, [scroller, nameWidth]);
  return { zoom, changeZoom };
};

/** The part of the axis that is seen, and as much to both sides; changes once a frame's width of scrolling, not at each step of it. */
const useScrollWindow = (
  scroller: { readonly current: HTMLDivElement | null },
  frameWidth: number,
): readonly [number, number] => {
  const [page, setPage] = useState(0);
  useEffect(() => {
    const element = scroller.current;
    const onScroll = () => setPage(Math.floor((element?.scrollLeft ?? 0) / Math.max(1, frameWidth)));
    onScroll();
    element?.addEventListener('scroll', onScroll, { passive: true });
    return () => element?.removeEventListener('scroll', onScroll);
  }, [scroller, frameWidth]);
  return useMemo(() => [(page - 1) * frameWidth, (page + 3) * frameWidth], [page, frameWidth]);
};
