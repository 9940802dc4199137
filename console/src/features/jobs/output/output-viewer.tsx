// Shows what a command wrote: stdout and stderr, following while it runs. Lines are virtual; thousands cost nothing.
import {
  ActionIcon,
  Anchor,
  Button,
  Group,
  Loader,
  SegmentedControl,
  Select,
  Switch,
  Text,
} from '@mantine/core';
import { IconArrowBarDown, IconDownload, IconTextWrap } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { outputEncodings, type OutputEncoding } from '@nezuban/protocol/jobs/units/attempt-base';
import type { OutputStream } from '@nezuban/protocol/agent/link';
import type { AttemptView } from '@nezuban/protocol/jobs/session';
import { hrefOf } from '../../../api/client.ts';
import { useBackend } from '../../../app/backend.tsx';
import { ErrorState } from '../../../components/error-state.tsx';
import { useFormat } from '../../../components/use-format.ts';
import { toLines } from './output-buffer.ts';
import { useOutput, type FollowedOutput } from './use-output.ts';

const lineHeight = 19;
/** So close to the end counts as being there. */
const endTolerancePx = 24;

export const OutputViewer = ({ attempt }: { readonly attempt: AttemptView }) => {
  const { t } = useTranslation();
  const { settings } = useBackend();
  const format = useFormat();
  const [stream, setStream] = useState<OutputStream>(
    attempt.stdoutBytes === 0 && attempt.stderrBytes > 0 && attempt.state === 'ended' ? 'stderr' : 'stdout',
  );
  const [encoding, setEncoding] = useState<OutputEncoding>('auto');
  const [follow, setFollow] = useState(true);
  const [wrap, setWrap] = useState(settings.read('output-wrap', ['on', 'off']) === 'on');
  const output = useOutput({ attemptId: attempt.id, stream, encoding });
  const { buffer } = output;
  const sizeOf = (bytes: number) => (bytes === 0 ? '' : ` · ${format.bytes(bytes)}`);
  return (
    <div className="nz-output">
      <Group gap={6} className="nz-output-bar">
        <SegmentedControl
          size="xs"
          aria-label={t('output.stream')}
          value={stream}
          onChange={(value) => setStream(value)}
          data={[
            { value: 'stdout', label: `stdout${sizeOf(attempt.stdoutBytes)}` },
            { value: 'stderr', label: `stderr${sizeOf(attempt.stderrBytes)}` },
          ]}
        />
        <Select
          size="xs"
          w={122}
          aria-label={t('output.encoding')}
          value={encoding}
          onChange={(value) => setEncoding(value ?? 'auto')}
          allowDeselect={false}
          data={outputEncodings.map((value) => ({
            value,
            label: value === 'auto' ? t('output.auto') : value,
          }))}
        />
        <ActionIcon
          variant={wrap ? 'filled' : 'default'}
          aria-label={t('output.wrap')}
          title={t('output.wrap')}
          aria-pressed={wrap}
          onClick={() => {
            setWrap(!wrap);
            settings.write('output-wrap', wrap ? 'off' : 'on');
          }}
        >
          <IconTextWrap size={16} aria-hidden="true" />
        </ActionIcon>
        <ActionIcon
          variant="default"
          component="a"
          href={hrefOf('getRawOutput', { params: { attemptId: attempt.id }, query: { stream } })}
          download={`${attempt.id}.${stream}.txt`}
          aria-label={t('output.download')}
          title={t('output.download')}
        >
          <IconDownload size={16} aria-hidden="true" />
        </ActionIcon>
        {!buffer.complete && (
          <Switch
            size="xs"
            label={t('output.follow')}
            checked={follow}
            onChange={(event) => setFollow(event.currentTarget.checked)}
          />
        )}
      </Group>
      <OutputLines
        key={`${attempt.id} ${stream} ${encoding} ${wrap}`}
        output={output}
        follow={follow}
        onFollow={setFollow}
        wrap={wrap}
      />
      <OutputFoot
        output={output}
        rawHref={hrefOf('getRawOutput', { params: { attemptId: attempt.id }, query: { stream } })}
      />
    </div>
  );
};

type LinesProps = {
  readonly output: FollowedOutput;
  readonly follow: boolean;
  readonly onFollow: (follow: boolean) => void;
  readonly wrap: boolean;
};

const OutputLines = ({ output, follow, onFollow, wrap }: LinesProps) => {
  const { t } = useTranslation();
  const { buffer, loaded } = output;
  const scroller = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const open = toLines(buffer.open).at(-1) ?? '';
  const count = buffer.lines.length + (buffer.open === '' ? 0 : 1);
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    overscan: 30,
  });
  const toEnd = () => {
    if (count > 0) virtualizer.scrollToIndex(count - 1, { align: 'end' });
  };
  useEffect(() => {
    if (follow) toEnd();
    // The number of lines is what moves the end.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [count, follow]);
  const onScroll = () => {
    const element = scroller.current;
    if (element === null) return;
    setAtEnd(element.scrollHeight - element.scrollTop - element.clientHeight < endTolerancePx);
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
        {loaded && count === 0 && (
          <Text className="nz-output-none">
            {buffer.complete ? t('output.empty') : t('output.nothingYet')}
          </Text>
        )}
        <div className="nz-output-canvas" style={{ height: virtualizer.getTotalSize() }}>
          <div style={{ transform: `translateY(${rows[0]?.start ?? 0}px)` }} className="nz-output-rows">
            {rows.map((row) => (
              <div
                key={row.key}
                data-index={row.index}
                ref={wrap ? virtualizer.measureElement : undefined}
                className="nz-output-line"
              >
                <span className="nz-output-number" aria-hidden="true">
                  {buffer.headCut ? '·' : buffer.firstLine + row.index}
                </span>
                <span className="nz-output-text">{buffer.lines[row.index] ?? open}</span>
              </div>
            ))}
          </div>
        </div>
      </div>
      {!atEnd && (
        <Button
          size="compact-xs"
          className="nz-output-end"
          leftSection={<IconArrowBarDown size={14} aria-hidden="true" />}
          onClick={() => {
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

const OutputFoot = ({ output, rawHref }: { readonly output: FollowedOutput; readonly rawHref: string }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const { buffer, loaded, error, retry } = output;
  if (error !== null && error !== undefined) return <ErrorState error={error} onRetry={retry} />;
  return (
    <Group gap="xs" className="nz-output-foot">
      {!loaded && <Loader size={14} aria-label={t('states.loading')} />}
      {buffer.headCut && (
        <Text size="xs">
          {t('output.headCut')}{' '}
          <Anchor href={rawHref} download size="xs" underline="always">
            {t('output.downloadAll')}
          </Anchor>
        </Text>
      )}
      {buffer.droppedBytes > 0 && (
        <Text size="xs" fw={600} className="nz-output-cut">
          {t('output.dropped', { size: format.bytes(buffer.droppedBytes) })}
        </Text>
      )}
      {loaded && (
        <Text size="xs" c="dimmed">
          {buffer.complete ? t('output.complete') : t('output.following')} ·{' '}
          {format.bytes(buffer.storedBytes)} · {buffer.encoding}
        </Text>
      )}
    </Group>
  );
};
