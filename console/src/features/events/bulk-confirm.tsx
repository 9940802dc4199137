// Confirms everything that fits the filter: first counted, then changed up to the newest event that was counted, and taken back if that is few
// enough to be remembered.
import { Button, Group, Modal, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { confirmStates, type ConfirmState, type EventView } from '@nezuban/protocol/events/event';
import { pageLimitMax } from '@nezuban/protocol/api/paging';
import type { Api } from '../../api/client.ts';
import type { EventsFilter } from '../../api/queries.ts';
import { useBackend } from '../../app/backend.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { useFormat } from '../../components/use-format.ts';
import { showUndo, useConfirmEvents } from './use-confirm-events.tsx';

/** What was before is remembered of so many, to take it back; it is loaded for that. */
const undoEventsMax = 5_000;
/** Calls of one change, 10,000 events each. */
const callsMax = 1_000;

export const BulkConfirm = ({ filter }: { readonly filter: EventsFilter }) => {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpened(true)}>
        {t('events.bulk.action')}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={t('events.bulk.title')}
        closeButtonProps={{ 'aria-label': t('actions.close') }}
      >
        {opened && <BulkForm filter={filter} onClose={() => setOpened(false)} />}
      </Modal>
    </>
  );
};

const BulkForm = ({ filter, onClose }: { readonly filter: EventsFilter; readonly onClose: () => void }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const format = useFormat();
  const { busy, run, takeBack } = useConfirmEvents();
  const [state, setState] = useState<ConfirmState>('confirmed');
  const [comment, setComment] = useState('');
  const [done, setDone] = useState(0);
  const preview = useQuery({
    queryKey: ['confirmPreview', filter, state] as const,
    queryFn: ({ signal }) =>
      api.call('confirmMatchingEvents', { body: { filter: bodyOf(filter), state, preview: true } }, signal),
    // What was counted is what is changed.
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const counted = preview.data;

  const change = async () => {
    if (counted === undefined) return;
    let before: readonly EventView[] | null = null;
    let changed = 0;
    const finished = await run(async () => {
      before =
        counted.more || counted.matching > undoEventsMax
          ? null
          : await loadMatching(api, filter, { state, upToId: counted.upToId });
      for (let call = 0; call < callsMax; call += 1) {
        const answer = await api.call('confirmMatchingEvents', {
          body: {
            filter: bodyOf(filter),
            state,
            preview: false,
            up_to_id: counted.upToId,
            ...(comment === '' ? {} : { comment }),
          },
        });
        changed += answer.changed;
        setDone(changed);
        if (!answer.more || answer.changed === 0) break;
      }
    });
    void client.invalidateQueries({ queryKey: ['listEvents'] });
    void client.invalidateQueries({ queryKey: ['system'] });
    if (!finished) return;
    onClose();
    const remembered: readonly EventView[] = before ?? [];
    const text = t('events.bulk.done', { count: changed });
    if (remembered.length === 0) void run(() => Promise.resolve(), text);
    else
      showUndo({
        text,
        label: t('actions.undo'),
        undo: () => void run(() => takeBack(remembered), t('events.undone', { count: remembered.length })),
      });
  };

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void change();
      }}
    >
      <Stack gap="sm">
        {Object.keys(filter).length === 0 && <Text size="sm">{t('events.bulk.everything')}</Text>}
        <div>
          <Text size="sm" fw={500} mb={4} id="bulk-state">
            {t('events.bulk.to')}
          </Text>
          <SegmentedControl
            fullWidth
            aria-labelledby="bulk-state"
            value={state}
            onChange={setState}
            data={confirmStates
              .toReversed()
              .map((value) => ({ value, label: t(`events.confirmState.${value}`) }))}
          />
        </div>
        <div aria-live="polite">
          {preview.error !== null && (
            <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />
          )}
          {preview.isPending && <Text size="sm">{t('events.bulk.counting')}</Text>}
          {counted !== undefined && (
            <Text size="sm">
              {counted.matching === 0
                ? t('events.bulk.none')
                : t(counted.more ? 'events.bulk.matchingMore' : 'events.bulk.matching', {
                    count: format.number(counted.matching) as never,
                    id: counted.upToId,
                  })}
            </Text>
          )}
          {busy && done > 0 && <Text size="sm">{t('events.bulk.step', { count: done })}</Text>}
        </div>
        <Textarea
          label={t('events.comment')}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
          maxLength={2000}
          autosize
          minRows={2}
          data-autofocus
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('actions.cancel')}
          </Button>
          <Button type="submit" loading={busy} disabled={counted === undefined || counted.matching === 0}>
            {counted === undefined || counted.more
              ? t('events.bulk.submitMore')
              : t('events.bulk.submit', { count: format.number(counted.matching) as never })}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};

/** A filter of the address as the API takes it in a body. */
const bodyOf = (filter: EventsFilter) => ({
  ...filter,
  priority: filter.priority && [...filter.priority],
  code: filter.code && [...filter.code],
  field: filter.field && [...filter.field],
});

/** What the events were before the change, so that each can become that again. */
const loadMatching = async (
  api: Api,
  filter: EventsFilter,
  { state, upToId }: { readonly state: ConfirmState; readonly upToId: number },
): Promise<readonly EventView[]> => {
  const found: EventView[] = [];
  let cursor: string | undefined;
  // More than were counted may have come since: they are passed over.
  for (let page = 0; page < (2 * undoEventsMax) / pageLimitMax; page += 1) {
    const answer = await api.call('listEvents', {
      query: { ...bodyOf(filter), limit: pageLimitMax, ...(cursor === undefined ? {} : { cursor }) },
    });
    found.push(...answer.items.filter(({ id, confirm }) => id <= upToId && confirm !== state));
    if (answer.nextCursor === null) return found;
    cursor = answer.nextCursor;
  }
  return [];
};
