// The MIB browser: the tree of OIDs beside what is known of the chosen one, search by name, and the modules that were uploaded.
import { Group, SegmentedControl, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconBinaryTree } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OidView } from '@nezuban/protocol/traps/snmp-names';
import { useBackend } from '../../app/backend.tsx';
import { mergeSearch, type TrapsSearch } from '../../app/search.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { Facts } from '../../components/facts.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { useMay } from '../../app/use-may.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { RuleMenu } from './make-rule.tsx';
import { MibModules } from './mib-modules.tsx';
import { OidTree } from './oid-tree.tsx';

export const MibsSection = () => {
  const { t } = useTranslation();
  const [shown, setShown] = useState<'tree' | 'modules'>('tree');
  return (
    <Stack gap="sm" className="nz-fill nz-mibs">
      <Group justify="space-between" align="flex-start">
        <Text size="sm" c="dimmed" maw={640}>
          {t('traps.mibs.text')}
        </Text>
        <SegmentedControl
          aria-label={t('traps.mibs.view')}
          value={shown}
          onChange={(value) => setShown(value)}
          data={(['tree', 'modules'] as const).map((value) => ({ value, label: t(`traps.mibs.${value}`) }))}
        />
      </Group>
      {shown === 'tree' ? <Browser /> : <MibModules />}
    </Stack>
  );
};

const Browser = () => {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { oid } = useSearch({ strict: false }) as TrapsSearch;
  const [wanted, setWanted] = useState<string | undefined>(undefined);
  const choose = (next: string) =>
    void navigate({
      to: '/traps/$section',
      params: { section: 'mibs' },
      search: (before) => mergeSearch<TrapsSearch>(before, { oid: next }),
      replace: true,
    });
  return (
    <div className="nz-mib-browser">
      <div className="nz-mib-side">
        <SearchField label={t('traps.mibs.search')} value={wanted} onSearch={setWanted} />
        {wanted === undefined ? (
          <OidTree chosen={oid ?? null} onChoose={choose} />
        ) : (
          <Found wanted={wanted} chosen={oid ?? null} onChoose={choose} />
        )}
      </div>
      <section className="nz-mib-main" aria-label={t('traps.mibs.details')}>
        {oid === undefined ? (
          <EmptyState
            icon={<IconBinaryTree />}
            title={t('traps.mibs.choose')}
            text={t('traps.mibs.chooseText')}
          />
        ) : (
          <Details key={oid} oid={oid} />
        )}
      </section>
    </div>
  );
};

type FoundProps = {
  readonly wanted: string;
  readonly chosen: string | null;
  readonly onChoose: (oid: string) => void;
};

const Found = ({ wanted, chosen, onChoose }: FoundProps) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data, error, refetch } = useQuery(queries.oidsFound(wanted));
  if (data === undefined)
    return error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data.length === 0)
    return (
      <Text size="sm" c="dimmed" p="xs">
        {t('traps.mibs.notFound', { text: wanted })}
      </Text>
    );
  return (
    <ul className="nz-plain-list nz-mib-found" aria-label={t('traps.mibs.found')}>
      {data.map((entry) => (
        <li key={`${entry.module} ${entry.oid}`}>
          <UnstyledButton
            className="nz-mib-hit"
            aria-current={entry.oid === chosen ? 'true' : undefined}
            onClick={() => onChoose(entry.oid)}
          >
            <span className="nz-break">
              {entry.module}::<strong>{entry.name}</strong>
            </span>
            <span className="nz-oid-kind" data-kind={entry.kind}>
              {t(`traps.mibs.kind.${entry.kind}`)}
            </span>
            <span className="nz-mono nz-mib-hit-oid">{entry.oid}</span>
          </UnstyledButton>
        </li>
      ))}
    </ul>
  );
};

const Details = ({ oid }: { readonly oid: string }) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data, error, refetch } = useQuery(queries.oid(oid));
  if (data === undefined)
    return error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />;
  const { entry, symbol } = data;
  return (
    <Stack gap="md" p="md">
      <div>
        <Text component="h2" fw={600} size="lg" className="nz-break" m={0}>
          {symbol}
        </Text>
        <Group gap="xs">
          <Text size="sm" c="dimmed" className="nz-mono nz-break">
            {data.oid}
          </Text>
          <CopyButton value={data.oid} label={t('traps.mibs.copyOid')} />
        </Group>
      </div>
      {entry === null ? (
        <Text size="sm">{t('traps.mibs.nobodyNames')}</Text>
      ) : (
        <EntryFacts entry={entry} symbol={symbol} />
      )}
    </Stack>
  );
};

const EntryFacts = ({ entry, symbol }: { readonly entry: OidView; readonly symbol: string }) => {
  const { t } = useTranslation();
  const mayWrite = useMay('traps.write');
  return (
    <>
      {entry.kind === 'notification' && mayWrite && (
        <Group>
          <RuleMenu source="snmp" search={{ oid: symbol }} label={t('traps.mibs.makeRule')} />
        </Group>
      )}
      <Facts
        facts={[
          [t('traps.mibs.module'), entry.module],
          [t('traps.mibs.what'), t(`traps.mibs.kind.${entry.kind}`)],
          ...(entry.type === null ? [] : [[t('traps.mibs.syntax'), entry.type] as const]),
          ...(entry.displayHint === null
            ? []
            : [[t('traps.mibs.displayHint'), <code key="hint">{entry.displayHint}</code>] as const]),
          ...(entry.labels.length === 0
            ? []
            : [
                [
                  t('traps.mibs.labels'),
                  <ul key="labels" className="nz-plain-list nz-mib-labels">
                    {entry.labels.map(({ number, label }) => (
                      <li key={number}>
                        <span className="nz-mono">{number}</span> {label}
                      </li>
                    ))}
                  </ul>,
                ] as const,
              ]),
        ]}
      />
      {entry.description !== null && (
        <div>
          <Text size="sm" fw={600} mb={4}>
            {t('traps.mibs.description')}
          </Text>
          <Text size="sm" className="nz-mib-description" lang="en">
            {entry.description}
          </Text>
        </div>
      )}
    </>
  );
};
