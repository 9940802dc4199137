// One event beside the stream: its detail, the way to its neighbours, and to the page of its own.
import { ActionIcon, Button, Drawer, Group } from '@mantine/core';
import { IconArrowsMaximize, IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { EventView } from '@nezuban/protocol/events/event';
import { useBackend } from '../../app/backend.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { EventDetail } from './event-detail.tsx';

type Props = {
  /** Undefined: nothing is opened. */
  readonly id: number | undefined;
  /** As the list has it; one that is not in the list is loaded. */
  readonly known: EventView | undefined;
  readonly onClose: () => void;
  /** Undefined: there is none. */
  readonly onNext: (() => void) | undefined;
  readonly onPrevious: (() => void) | undefined;
};

export const EventDrawer = ({ id, known, onClose, onNext, onPrevious }: Props) => {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={id !== undefined}
      onClose={onClose}
      position="right"
      size="lg"
      title={id === undefined ? '' : t('events.detail', { id })}
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      {id !== undefined && (
        <>
          <Group gap={4} mb="sm">
            <Step label={t('events.previous')} onClick={onPrevious} icon={<IconChevronUp size={18} />} />
            <Step label={t('events.next')} onClick={onNext} icon={<IconChevronDown size={18} />} />
            <Button
              size="xs"
              ml="auto"
              variant="default"
              leftSection={<IconArrowsMaximize size={14} aria-hidden="true" />}
              renderRoot={(props: object) => <Link to="/events/$id" params={{ id: String(id) }} {...props} />}
            >
              {t('event.open')}
            </Button>
          </Group>
          {known === undefined ? <Loaded id={id} /> : <EventDetail event={known} />}
        </>
      )}
    </Drawer>
  );
};

const Loaded = ({ id }: { readonly id: number }) => {
  const { queries } = useBackend();
  const { data, error, refetch } = useQuery(queries.event(id));
  if (data !== undefined) return <EventDetail event={data} />;
  return error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />;
};

const Step = ({
  label,
  onClick,
  icon,
}: {
  readonly label: string;
  readonly onClick: (() => void) | undefined;
  readonly icon: ReactNode;
}) => (
  <ActionIcon
    variant="default"
    size="lg"
    aria-label={label}
    title={label}
    disabled={onClick === undefined}
    onClick={onClick}
  >
    {icon}
  </ActionIcon>
);
