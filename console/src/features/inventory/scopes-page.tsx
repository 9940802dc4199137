// Scopes as a tree, and the chosen one to be changed.
import { Button, Text } from '@mantine/core';
import { IconFolderPlus, IconSitemap } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ScopeView } from '@nezuban/protocol/inventory/node';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import './inventory.css';
import { InventoryPage } from './inventory-page.tsx';
import { NewScopeDialog } from './new-scope-dialog.tsx';
import { ScopeForm } from './scope-form.tsx';
import { titleOf, toScopeRows, type ScopeRow } from './scope-tree.ts';

export const ScopesPage = () => {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate({ from: '/scopes' });
  const { scope: chosen } = useSearch({ from: '/gate/scopes' });
  const { scopes, error, refetch } = useAllScopes();
  const mayWrite = useMay('nodes.write');
  const [making, setMaking] = useState(false);
  const rows = scopes === undefined ? [] : toScopeRows(scopes, i18n.language);
  const scope = scopes?.find(({ name }) => name === chosen);
  const newButton = (
    <Button leftSection={<IconFolderPlus size={15} aria-hidden="true" />} onClick={() => setMaking(true)}>
      {t('scopes.new')}
    </Button>
  );
  return (
    <InventoryPage tab="scopes" actions={mayWrite && newButton}>
      {scopes === undefined &&
        (error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={refetch} />)}
      {scopes?.length === 0 && (
        <EmptyState icon={<IconSitemap />} title={t('scopes.none.title')} text={t('scopes.none.text')}>
          {mayWrite && newButton}
        </EmptyState>
      )}
      {scopes !== undefined && scopes.length > 0 && (
        <div className="nz-split">
          <ScopeTree rows={rows} chosen={chosen} />
          <div className="nz-split-main">
            {scope === undefined ? (
              <Text size="sm" c="dimmed" p="md">
                {chosen === undefined ? t('scopes.choose') : t('scopes.gone', { scope: chosen })}
              </Text>
            ) : (
              <ScopeForm key={scope.name} scope={scope} scopes={scopes} />
            )}
          </div>
        </div>
      )}
      <NewScopeDialog
        opened={making}
        parent={scope?.name ?? null}
        scopes={scopes ?? []}
        onClose={() => setMaking(false)}
        onMade={(name) => void navigate({ search: { scope: name } })}
      />
    </InventoryPage>
  );
};

/** All of them: a tree cannot be shown by pages. */
const useAllScopes = () => {
  const { queries } = useBackend();
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    queries.scopes(),
  );
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const scopes: readonly ScopeView[] | undefined = data?.pages.flatMap((page) => page.items);
  return { scopes, error, refetch: () => void refetch() };
};

type TreeProps = { readonly rows: readonly ScopeRow[]; readonly chosen: string | undefined };

const ScopeTree = ({ rows, chosen }: TreeProps) => {
  const { t } = useTranslation();
  return (
    <nav className="nz-split-side" aria-label={t('scopes.title')}>
      <ul className="nz-tree">
        {rows.map(({ scope, depth, nodesBelow }) => (
          <li key={scope.name}>
            <Link
              to="/scopes"
              search={{ scope: scope.name }}
              className="nz-tree-item"
              style={{ paddingLeft: 10 + depth * 18 }}
              {...(scope.name === chosen ? { 'aria-current': 'true' as const } : {})}
            >
              <span className="nz-hidden">{t('scopes.level', { level: depth + 1 })}</span>
              <span className="nz-tree-name">{titleOf(scope)}</span>
              <span className="nz-tree-count">{t('scopes.nodeCount', { count: nodesBelow })}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
};
