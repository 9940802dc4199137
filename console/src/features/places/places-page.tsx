// Queues, locks and limits of nodes: how many places are taken, who holds them, who waits and in which order; pausing and opening them.
import { Button, Paper, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronRight, IconPlus, IconStack2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LimitSummary } from '@nezuban/protocol/jobs/control/limit';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Page } from '../../components/page.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { useFormat } from '../../components/use-format.ts';
import { Needs } from '../access/forbidden.tsx';
import { useWaitText } from '../jobs/use-unit-reason.ts';
import { LimitForm } from './limit-form.tsx';
import { PlaceDetail } from './place-detail.tsx';
import './places.css';

export const PlacesPage = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const mayRead = useMay('nets.read');
  const mayWrite = useMay('nets.write');
  const [adding, setAdding] = useState(false);
  const { data, error, refetch } = useQuery({ ...queries.limits(), enabled: mayRead });
  return (
    <Page
      title={t('places.title')}
      description={t('places.description')}
      actions={
        mayWrite && (
          <Button leftSection={<IconPlus size={15} aria-hidden="true" />} onClick={() => setAdding(true)}>
            {t('places.new.action')}
          </Button>
        )
      }
    >
      <Needs right="nets.read">
        {data === undefined &&
          (error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />)}
        {data?.length === 0 && (
          <EmptyState icon={<IconStack2 />} title={t('places.none.title')} text={t('places.none.text')} />
        )}
        {data !== undefined && data.length > 0 && (
          <ul className="nz-places">
            {data.map((limit) => (
              <PlaceItem key={`${limit.kind} ${limit.name}`} limit={limit} />
            ))}
          </ul>
        )}
      </Needs>
      <LimitForm opened={adding} limit={null} onClose={() => setAdding(false)} />
    </Page>
  );
};

/** Its node is frozen, or all that wait in it do so for nodes that are. */
const isFrozen = ({ kind, name, waiting, frozen }: LimitSummary): boolean =>
  frozen !== undefined &&
  ((waiting > 0 && frozen.waiting === waiting) ||
    (kind === 'node_limit' &&
      frozen.freezes.some(({ place }) => place.kind === 'scope' || place.name === name)));

const toneOf = ({ paused, places, used, waiting }: LimitSummary): string => {
  if (paused !== null) return 'stopped';
  if (waiting > 0) return 'warning';
  return places === 0 || used >= places ? 'neutral' : 'normal';
};

const stateOf = (limit: LimitSummary): 'paused' | 'closed' | 'frozen' | 'full' | 'open' => {
  const { paused, places, used } = limit;
  if (paused !== null) return 'paused';
  if (places === 0) return 'closed';
  if (isFrozen(limit)) return 'frozen';
  return used >= places ? 'full' : 'open';
};

const PlaceItem = ({ limit }: { readonly limit: LimitSummary }) => {
  const { t } = useTranslation();
  const format = useFormat();
  const waitText = useWaitText();
  const [opened, setOpened] = useState(false);
  const { kind, name, title, places, used, waiting, paused, changesAt, frozen } = limit;
  const Chevron = opened ? IconChevronDown : IconChevronRight;
  return (
    <Paper withBorder component="li" className="nz-place">
      <UnstyledButton className="nz-place-head" aria-expanded={opened} onClick={() => setOpened(!opened)}>
        <Chevron size={16} aria-hidden="true" />
        <span className="nz-place-name">
          <Text span size="xs" c="dimmed">
            {t(`places.kind.${kind}`)}
          </Text>{' '}
          <strong>{title ?? name}</strong>{' '}
          {title !== null && (
            <Text span size="xs" c="dimmed">
              {name}
            </Text>
          )}
        </span>
        <span className="nz-place-bar" aria-hidden="true">
          <span style={{ inlineSize: `${places === 0 ? 0 : Math.min(100, (used / places) * 100)}%` }} />
        </span>
        <span className="nz-place-count">{t('places.used', { used, places })}</span>
        <span className="nz-place-count">{t('places.waiting', { count: waiting })}</span>
        <span className="nz-status" data-tone={toneOf(limit)}>
          {t(`places.state.${stateOf(limit)}`)}
        </span>
      </UnstyledButton>
      {paused !== null && (
        <Text size="sm" px="md" pb="xs">
          {t(paused.reason === null ? 'places.pausedBy' : 'places.pausedByWhy', {
            by: paused.by,
            at: format.instant(paused.at),
            reason: paused.reason ?? '',
          })}
        </Text>
      )}
      {frozen !== undefined && (
        <div className="nz-place-frozen">
          <Text size="sm">{t('places.frozenWaiting', { count: frozen.waiting })}</Text>
          <ul className="nz-plain-list">
            {frozen.freezes.map((freeze) => (
              <li key={`${freeze.place.kind} ${freeze.place.name} ${freeze.since}`}>
                <Text size="sm" className="nz-break">
                  {waitText(freeze)}
                </Text>
              </li>
            ))}
          </ul>
        </div>
      )}
      {opened && (
        <Stack gap="sm" px="md" pb="md">
          {changesAt !== null && (
            <Text size="sm" c="dimmed">
              {t('places.changesAt', { at: format.instant(changesAt) })}
            </Text>
          )}
          <PlaceDetail limit={limit} />
        </Stack>
      )}
    </Paper>
  );
};
