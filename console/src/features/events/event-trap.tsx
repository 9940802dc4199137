// The trap that an event came from, as it was heard: its text, what was parsed out of it, and its bytes. Loaded when it is shown.
import { Alert, Anchor, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { TrapDetail } from '@nezuban/protocol/traps/trap';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { ErrorState } from '../../components/error-state.tsx';
import { Facts } from '../../components/facts.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { Instant } from '../../components/times.tsx';
import { useFormat } from '../../components/use-format.ts';
import { hexDump, textOfHex } from '../traps/hex.ts';
import { TrapFactsView } from '../traps/trap-facts.tsx';

export const EventTrap = ({ id }: { readonly id: number }) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const may = useMay('traps.read');
  const { data, error, refetch } = useQuery({ ...queries.trap(id), enabled: may });
  return (
    <section aria-label={t('event.trap.title')} className="nz-event-part">
      <Text fw={600} size="sm" component="h2" mb={6}>
        {t('event.trap.title')}
      </Text>
      {!may && (
        <Text size="sm" c="dimmed">
          {t('event.trap.hidden')}
        </Text>
      )}
      {may &&
        data === undefined &&
        (error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />)}
      {data !== undefined && <Heard trap={data} />}
    </section>
  );
};

const Heard = ({ trap }: { readonly trap: TrapDetail }) => {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      {trap.malformed !== null && (
        <Alert color="yellow" mb="xs">
          {t('event.trap.malformed', { why: trap.malformed })}
        </Alert>
      )}
      <Facts
        facts={[
          [t('event.trap.from'), `${trap.address}:${trap.port}`],
          [t('event.trap.receivedAt'), <Instant key="at" at={trap.receivedAt} />],
          [
            t('event.trap.protocol'),
            `${trap.protocol} · ${t('event.trap.bytes', { count: format.number(trap.bytes) as never })}`,
          ],
          [t('event.trap.heardBy'), trap.heardBy],
          [
            t('event.chain.trap', { id: trap.id }),
            <Anchor
              key="open"
              size="sm"
              renderRoot={(props: object) => (
                <Link
                  to="/traps/$section"
                  params={{ section: 'received' }}
                  search={{ trap: trap.id }}
                  {...props}
                />
              )}
            >
              {t('event.trap.open')}
            </Anchor>,
          ],
        ]}
      />
      <Tabs defaultValue="text" mt="xs" keepMounted={false}>
        <Tabs.List>
          {(['text', 'fields', 'hex'] as const).map((tab) => (
            <Tabs.Tab key={tab} value={tab}>
              {t(`event.trap.${tab}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="text" pt="xs">
          <pre className="nz-trap-raw">{textOfHex(trap.raw)}</pre>
        </Tabs.Panel>
        <Tabs.Panel value="fields" pt="xs">
          {trap.facts.map((facts, index) => (
            // The messages of one body have no name of their own, and their order never changes.
            <TrapFactsView
              key={index}
              facts={facts}
              title={t('traps.detail.understood')}
              showText={trap.facts.length > 1}
            />
          ))}
        </Tabs.Panel>
        <Tabs.Panel value="hex" pt="xs">
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
          <pre className="nz-trap-raw nz-trap-hex" tabIndex={0}>
            {hexDump(trap.raw)}
          </pre>
        </Tabs.Panel>
      </Tabs>
    </>
  );
};
