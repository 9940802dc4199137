// Shows what a command wrote: stdout and stderr, from any place, following while it runs; with search and download.
import { ActionIcon, Group, Loader, SegmentedControl, Select, Slider, Switch, Text } from '@mantine/core';
import { IconArrowBarToUp, IconDownload, IconFileZip, IconSearch, IconTextWrap } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { outputEncodings, type OutputEncoding } from '@nezuban/protocol/jobs/units/attempt-base';
import type { OutputStream } from '@nezuban/protocol/agent/link';
import type { AttemptView } from '@nezuban/protocol/jobs/session';
import { hrefOf } from '../../../api/client.ts';
import { useBackend } from '../../../app/backend.tsx';
import { ErrorState } from '../../../components/error-state.tsx';
import { useFormat } from '../../../components/use-format.ts';
import { OutputLines } from './output-lines.tsx';
import { OutputSearchPanel } from './output-search.tsx';
import { endOf, outputLimits, startOf } from './output-window.ts';
import { useOutput, type FollowedOutput, type OutputPlace } from './use-output.ts';

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
  const [isSearching, setIsSearching] = useState(false);
  const [top, setTop] = useState<number | null>(null);
  const source = { attemptId: attempt.id, stream, encoding };
  const output = useOutput(source);
  const { window } = output;
  const rawHref = (gzip: boolean) =>
    hrefOf('getRawOutput', { params: { attemptId: attempt.id }, query: { stream, gzip: String(gzip) } });
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
        <Group gap={6} wrap="nowrap">
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
            variant={isSearching ? 'filled' : 'default'}
            aria-label={t('output.search')}
            title={t('output.search')}
            aria-pressed={isSearching}
            onClick={() => setIsSearching(!isSearching)}
          >
            <IconSearch size={16} aria-hidden="true" />
          </ActionIcon>
          <ActionIcon
            variant="default"
            aria-label={t('output.toStart')}
            title={t('output.toStart')}
            onClick={() => {
              setFollow(false);
              output.goTo({ at: 'byte', offset: 0, line: true });
            }}
          >
            <IconArrowBarToUp size={16} aria-hidden="true" />
          </ActionIcon>
          <ActionIcon
            variant="default"
            component="a"
            href={rawHref(false)}
            download={`${attempt.id}.${stream}.txt`}
            aria-label={t('output.download')}
            title={t('output.download')}
          >
            <IconDownload size={16} aria-hidden="true" />
          </ActionIcon>
          {window.storedBytes > packedFromBytes && (
            <ActionIcon
              variant="default"
              component="a"
              href={rawHref(true)}
              download={`${attempt.id}.${stream}.txt.gz`}
              aria-label={t('output.downloadPacked')}
              title={t('output.downloadPacked')}
            >
              <IconFileZip size={16} aria-hidden="true" />
            </ActionIcon>
          )}
        </Group>
        {!window.complete && (
          <Switch
            size="xs"
            label={t('output.follow')}
            checked={follow}
            onChange={(event) => setFollow(event.currentTarget.checked)}
          />
        )}
      </Group>
      {isSearching && (
        <OutputSearchPanel
          key={`${attempt.id} ${stream}`}
          source={source}
          onHit={(offset) => {
            setFollow(false);
            output.goTo({ at: 'byte', offset, line: true });
          }}
        />
      )}
      <OutputPosition
        output={output}
        top={top}
        onMove={(offset) => {
          setFollow(false);
          setTop(offset);
          output.goTo({ at: 'byte', offset, line: false });
        }}
      />
      <OutputLines
        key={`${attempt.id} ${stream} ${encoding} ${wrap}`}
        output={output}
        follow={follow}
        onFollow={setFollow}
        wrap={wrap}
        // In steps, so that not every movement draws the bar anew.
        onTop={(offset) => setTop(Math.round(offset / outputLimits.topStepBytes) * outputLimits.topStepBytes)}
      />
      <OutputFoot output={output} />
    </div>
  );
};

/** Where the window stands in an output that is larger than it. */
const OutputPosition = ({
  output: { window, place },
  top,
  onMove,
}: {
  readonly output: FollowedOutput;
  /** The byte at the top of the screen; null: nobody has scrolled. */
  readonly top: number | null;
  readonly onMove: (offset: number) => void;
}) => {
  const { t } = useTranslation();
  const format = useFormat();
  const [moved, setMoved] = useState<number | null>(null);
  const { storedBytes } = window;
  if (storedBytes <= outputLimits.pageBytes * 2) return null;
  const last = Math.max(1, storedBytes - outputLimits.pageBytes);
  return (
    <Slider
      size="xs"
      className="nz-output-position"
      thumbLabel={t('output.position')}
      min={0}
      max={last}
      step={Math.max(1, Math.round(last / positionSteps))}
      label={(value) => t('output.positionOf', { at: format.bytes(value), of: format.bytes(storedBytes) })}
      value={moved ?? Math.min(top ?? offsetOf(place, last), last)}
      onChange={setMoved}
      onChangeEnd={(value) => {
        setMoved(null);
        onMove(value);
      }}
    />
  );
};
const offsetOf = (place: OutputPlace, last: number): number => (place.at === 'end' ? last : place.offset);
/** Steps of the position by the keyboard: a hundredth each. */
const positionSteps = 100;
/** From here on a packed download is worth a button. */
const packedFromBytes = 1_000_000;

const OutputFoot = ({ output }: { readonly output: FollowedOutput }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const { window, loaded, error, retry } = output;
  if (error !== null && error !== undefined) return <ErrorState error={error} onRetry={retry} />;
  return (
    <Group gap="xs" className="nz-output-foot">
      {!loaded && <Loader size={14} aria-label={t('states.loading')} />}
      {window.droppedBytes > 0 && (
        <Text size="xs" fw={600} className="nz-output-cut">
          {t('output.dropped', { size: format.bytes(window.droppedBytes) })}
        </Text>
      )}
      {loaded && (
        <Text size="xs" c="dimmed">
          {window.complete ? t('output.complete') : t('output.following')} ·{' '}
          {startOf(window) > 0 || endOf(window) < window.storedBytes
            ? `${format.bytes(startOf(window))}–${format.bytes(endOf(window))} / `
            : ''}
          {format.bytes(window.storedBytes)} · {window.encoding}
        </Text>
      )}
    </Group>
  );
};
