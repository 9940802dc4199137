// Looks for a text in an output, at the manager: an output may be far larger than what the browser holds. Hits lead to their lines.
import { ActionIcon, Button, Checkbox, Group, Loader, Text, TextInput, UnstyledButton } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OutputHit, OutputSearch } from '@nezuban/protocol/api/output-operations';
import { useBackend } from '../../../app/backend.tsx';
import { ErrorState } from '../../../components/error-state.tsx';
import { useFormat } from '../../../components/use-format.ts';
import type { OutputSource } from './use-output.ts';
import { toVisibleText } from './visible-text.ts';

type SearchState = {
  readonly hits: readonly OutputHit[];
  readonly nextOffset: number | null;
  readonly searching: boolean;
  readonly storedBytes: number;
  readonly error: unknown;
};
const nothing: SearchState = { hits: [], nextOffset: null, searching: false, storedBytes: 0, error: null };
/** Hits after which the search waits to be asked for more. */
const hitsShownMax = 100;

export const OutputSearchPanel = ({
  source,
  onHit,
}: {
  readonly source: OutputSource;
  readonly onHit: (offset: number) => void;
}) => {
  const { t } = useTranslation();
  const format = useFormat();
  const { api } = useBackend();
  const [text, setText] = useState('');
  const [isPattern, setIsPattern] = useState(false);
  const [ignoreCase, setIgnoreCase] = useState(true);
  const [state, setState] = useState<SearchState | null>(null);
  const ending = useRef<AbortController>(null);

  /** Goes on until there are enough hits, the end is reached, or another search begins. */
  const search = async (from: number, before: readonly OutputHit[]) => {
    ending.current?.abort();
    const mine = new AbortController();
    ending.current = mine;
    let hits = before;
    let offset: number | null = from;
    try {
      do {
        setState({ ...nothing, hits, nextOffset: offset, searching: true });
        const { attemptId, stream, encoding } = source;
        const found: OutputSearch = await api.call(
          'searchOutput',
          {
            params: { attemptId },
            query: {
              stream,
              text,
              mode: isPattern ? 'pattern' : 'plain',
              ignoreCase: String(ignoreCase),
              offset,
              limit: hitsShownMax,
              ...(encoding === 'auto' ? {} : { encoding }),
            },
          },
          mine.signal,
        );
        hits = [...hits, ...found.hits];
        offset = found.nextOffset;
        setState({ ...nothing, hits, nextOffset: offset, storedBytes: found.storedBytes });
      } while (offset !== null && hits.length < before.length + hitsShownMax);
    } catch (error) {
      if (!mine.signal.aborted) setState({ ...nothing, hits, error });
    }
  };
  const begin = () => {
    if (text !== '') void search(0, []);
  };
  return (
    <div className="nz-output-search" role="search" aria-label={t('output.search')}>
      <Group gap={6}>
        <TextInput
          size="xs"
          flex={1}
          aria-label={t('output.searchText')}
          placeholder={t('output.searchText')}
          value={text}
          maxLength={1000}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && !event.nativeEvent.isComposing && begin()}
        />
        <ActionIcon aria-label={t('output.search')} title={t('output.search')} onClick={begin}>
          <IconSearch size={16} aria-hidden="true" />
        </ActionIcon>
        <Checkbox
          size="xs"
          label={t('output.ignoreCase')}
          checked={ignoreCase}
          onChange={(event) => setIgnoreCase(event.currentTarget.checked)}
        />
        <Checkbox
          size="xs"
          label={t('output.pattern')}
          checked={isPattern}
          onChange={(event) => setIsPattern(event.currentTarget.checked)}
        />
      </Group>
      {state !== null && (
        <>
          <ul className="nz-output-hits" aria-label={t('output.hits')}>
            {state.hits.map((hit) => (
              <li key={hit.offset}>
                <UnstyledButton className="nz-output-hit" onClick={() => onHit(hit.offset)}>
                  {toVisibleText(hit.text.slice(0, hit.start))}
                  <mark>{toVisibleText(hit.text.slice(hit.start, hit.end))}</mark>
                  {toVisibleText(hit.text.slice(hit.end))}
                </UnstyledButton>
              </li>
            ))}
          </ul>
          <Group gap="xs" role="status">
            {state.searching && <Loader size={12} aria-label={t('states.loading')} />}
            {state.error !== null && <ErrorState error={state.error} onRetry={begin} />}
            <Text size="xs" c="dimmed">
              {t('output.hitCount', { count: state.hits.length })}
              {state.searching && state.nextOffset !== null && state.nextOffset > 0
                ? ` · ${t('output.searchedTo', { size: format.bytes(state.nextOffset) })}`
                : ''}
            </Text>
            {!state.searching && state.nextOffset !== null && (
              <Button
                size="compact-xs"
                variant="default"
                onClick={() => void search(state.nextOffset ?? 0, state.hits)}
              >
                {t('output.moreHits')}
              </Button>
            )}
          </Group>
        </>
      )}
    </div>
  );
};
