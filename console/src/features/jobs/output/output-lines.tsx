// The lines of an output window: virtual, so that thousands cost nothing; reads on at either end, and keeps what somebody looks at in its place.
import { Button, Text } from '@mantine/core';
import { IconArrowBarDown } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../components/use-format.ts';
import { endOf, lineAt, linesOf, reachesEnd, startOf, type OutputLine } from './output-window.ts';
import type { FollowedOutput } from './use-output.ts';

const lineHeight = 19;
/** So close to the end counts as being there. */
const endTolerancePx = 24;
/** So close to either end of the window the next page is read. */
const readAheadPx = 600;

type LinesProps = {
  readonly output: FollowedOutput;
  readonly follow: boolean;
  readonly onFollow: (follow: boolean) => void;
  readonly wrap: boolean;
  /** The byte, more or less, that stands at the top: somebody has scrolled. */
  readonly onTop: (offset: number) => void;
};

export const OutputLines = ({ output, follow, onFollow, wrap, onTop }: LinesProps) => {
  const { t } = useTranslation();
  const { window, loaded, place } = output;
  const scroller = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const lines = useMemo(() => linesOf(window), [window]);
  const start = startOf(window);
  /** Lines whose number is known: from the beginning to the first range that was not kept. */
  const numbered = useMemo(() => {
    const gap = lines.findIndex((line) => 'gap' in line);
    return start > 0 ? 0 : gap < 0 ? lines.length : gap;
  }, [lines, start]);
  const found = useMemo(
    () => (place.at === 'byte' && place.line ? lineAt(window, place.offset) : null),
    [window, place],
  );
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    overscan: 30,
  });
  const toEnd = () => {
    if (lines.length > 0) virtualizer.scrollToIndex(lines.length - 1, { align: 'end' });
  };
  const isFollowing = follow && place.at === 'end';
  useEffect(() => {
    if (isFollowing) toEnd();
    // The number of lines is what moves the end.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [lines.length, isFollowing]);
  // Lines that come before move the others down: what is looked at stays where it is.
  const before = useRef({ start, count: lines.length });
  useLayoutEffect(() => {
    const element = scroller.current;
    const last = before.current;
    if (element !== null && start < last.start && !isFollowing)
      element.scrollTop += Math.max(0, lines.length - last.count) * lineHeight;
    before.current = { start, count: lines.length };
  }, [start, lines.length, isFollowing]);
  useEffect(() => {
    if (place.at === 'byte' && scroller.current !== null) scroller.current.scrollTop = 0;
  }, [place]);
  const readOn = () => {
    const element = scroller.current;
    if (element === null) return;
    if (element.scrollTop < readAheadPx && !isFollowing) output.readBefore();
    if (element.scrollHeight - element.scrollTop - element.clientHeight < readAheadPx) output.readBehind();
  };
  // A window that does not fill the screen is never scrolled.
  useEffect(() => {
    if (loaded && place.at === 'byte') readOn();
    // Each page that has come may not be enough.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [window, loaded, place]);
  const onScroll = () => {
    const element = scroller.current;
    if (element === null) return;
    const below = element.scrollHeight - element.scrollTop - element.clientHeight;
    setAtEnd(below < endTolerancePx && reachesEnd(window));
    readOn();
    const share = element.scrollHeight === 0 ? 0 : element.scrollTop / element.scrollHeight;
    onTop(start + share * (endOf(window) - start));
  };
  const rows = virtualizer.getVirtualItems();
  return (
    <div className="nz-output-frame">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- scrolling back ends the following */}
      <div
        ref={scroller}
        className="nz-output-lines"
        data-wrap={wrap || undefined}
        role="log"
        aria-label={t('output.label')}
        aria-live="off"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls: the keyboard must reach it
        tabIndex={0}
        onScroll={onScroll}
        onWheel={(event) => event.deltaY < 0 && onFollow(false)}
        onKeyDown={(event) =>
          (event.key === 'PageUp' || event.key === 'ArrowUp' || event.key === 'Home') && onFollow(false)
        }
      >
        {loaded && lines.length === 0 && (
          <Text className="nz-output-none">
            {window.complete ? t('output.empty') : t('output.nothingYet')}
          </Text>
        )}
        <div className="nz-output-canvas" style={{ height: virtualizer.getTotalSize() }}>
          <div style={{ transform: `translateY(${rows[0]?.start ?? 0}px)` }} className="nz-output-rows">
            {rows.map((row) => (
              <div
                key={row.key}
                data-index={row.index}
                data-found={row.index === found || undefined}
                ref={wrap ? virtualizer.measureElement : undefined}
                className="nz-output-line"
              >
                <span className="nz-output-number" aria-hidden="true">
                  {row.index < numbered ? row.index + 1 : '·'}
                </span>
                <LineText line={lines[row.index] ?? { text: '' }} />
              </div>
            ))}
          </div>
        </div>
      </div>
      {(!atEnd || place.at === 'byte') && (
        <Button
          size="compact-xs"
          className="nz-output-end"
          leftSection={<IconArrowBarDown size={14} aria-hidden="true" />}
          onClick={() => {
            if (place.at === 'byte') output.goTo({ at: 'end' });
            toEnd();
            onFollow(true);
          }}
        >
          {t('output.toEnd')}
        </Button>
      )}
    </div>
  );
};

const LineText = ({ line }: { readonly line: OutputLine }) => {
  const { t } = useTranslation();
  const format = useFormat();
  if ('text' in line) return <span className="nz-output-text">{line.text}</span>;
  const { bytes, reason } = line.gap;
  return (
    <span className="nz-output-gap">
      {t(reason === 'limit' ? 'output.gapLimit' : 'output.gapQuota', { size: format.bytes(bytes) })}
    </span>
  );
};
