// All job nets: their folders, what runs when, how the last run ended, and the button to run one.
import { ActionIcon, Button, Drawer, Group, Text, TextInput } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import {
  IconCode,
  IconFolders,
  IconHierarchy3,
  IconPlus,
  IconSearch,
  IconTopologyStar3,
} from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import type { NetsSearch } from '../../app/search.ts';
import { CommandLine } from '../../components/copy-button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { QueryList } from '../../components/query-list.tsx';
import { sortFromText, sortToText, type Sort } from '../../components/table-sort.ts';
import { useFieldText } from '../../components/use-field-text.ts';
import { FolderTree } from './folder-tree.tsx';
import { InstallSampleButton } from './install-sample.tsx';
import { NetTable } from './net-table.tsx';

/** Ten thousand nets are scrolled through in some dozens of answers. */
const pageSize = 250;
const folderChoices = ['shown', 'hidden'] as const;

type Change = { [Key in keyof NetsSearch]: NetsSearch[Key] | undefined };

export const NetsPage = () => {
  const { t } = useTranslation();
  const { queries, settings } = useBackend();
  const navigate = useNavigate({ from: '/nets' });
  const { q, folder, sort: sortText } = useSearch({ from: '/gate/nets' });
  const mayWrite = useMay('nets.write');
  const wide = useMediaQuery('(min-width: 62em)', true, { getInitialValueInEffect: false });
  const [beside, besideChange] = useDisclosure(settings.read('net-folders', folderChoices) !== 'hidden');
  const [drawer, drawerChange] = useDisclosure(false);
  const options = useMemo(
    () =>
      queries.nets(
        { ...(q === undefined ? {} : { q }), ...(folder === undefined ? {} : { folder }) },
        pageSize,
      ),
    [queries, q, folder],
  );
  const setSearch = useCallback(
    (change: Change) =>
      void navigate({ search: (before) => ({ ...before, ...change }) as never, replace: true }),
    [navigate],
  );
  const [text, changeText] = useFieldText(q, (next) => setSearch({ q: next }));
  const sort = useMemo(() => sortFromText(sortText), [sortText]);
  const onSort = useCallback((next: Sort | null) => setSearch({ sort: sortToText(next) }), [setSearch]);
  const toggleFolders = () => {
    if (!wide) return drawerChange.toggle();
    settings.write('net-folders', beside ? 'hidden' : 'shown');
    return besideChange.toggle();
  };
  const chooseFolder = (next: string | undefined) => {
    drawerChange.close();
    void navigate({ search: (before) => ({ ...before, folder: next }) as never });
  };
  const showsTree = wide && beside;
  return (
    <Page
      title={t('nets.title')}
      fill
      actions={
        <>
          <Button
            variant="default"
            leftSection={<IconTopologyStar3 size={15} aria-hidden="true" />}
            renderRoot={(props: object) => (
              <Link to="/nets/map" search={folder === undefined ? {} : { folder }} {...props} />
            )}
          >
            {t('netMap.open')}
          </Button>
          {mayWrite && (
            <>
              <Button
                variant="default"
                leftSection={<IconCode size={15} aria-hidden="true" />}
                renderRoot={(props: object) => <Link to="/nets/apply" {...props} />}
              >
                {t('nets.apply')}
              </Button>
              <Button
                variant="default"
                leftSection={<IconPlus size={15} aria-hidden="true" />}
                renderRoot={(props: object) => <Link to="/nets/new" {...props} />}
              >
                {t('nets.new')}
              </Button>
            </>
          )}
        </>
      }
    >
      <Group gap="xs" wrap="nowrap">
        <ActionIcon
          variant="default"
          size={36}
          onClick={toggleFolders}
          aria-expanded={wide ? beside : drawer}
          aria-label={t(showsTree ? 'nets.hideFolders' : 'nets.showFolders')}
          title={t(showsTree ? 'nets.hideFolders' : 'nets.showFolders')}
        >
          <IconFolders size={18} aria-hidden="true" />
        </ActionIcon>
        <TextInput
          type="search"
          id="nets-search"
          aria-label={t('nets.search')}
          placeholder={t('nets.search')}
          value={text}
          onChange={(event) => changeText(event.currentTarget.value)}
          leftSection={<IconSearch size={15} aria-hidden="true" />}
          w={{ base: '100%', xs: 320 }}
        />
        {folder !== undefined && !showsTree && (
          <Button size="xs" variant="light" onClick={() => chooseFolder(undefined)}>
            {folder} ×
          </Button>
        )}
      </Group>
      <div className="nz-nets">
        {showsTree && <FolderTree folder={folder} onFolder={chooseFolder} />}
        <div className="nz-nets-list">
          <QueryList
            options={options}
            empty={
              q === undefined && folder === undefined ? (
                <NoNets />
              ) : (
                <EmptyState
                  icon={<IconSearch />}
                  title={t('nets.none.filtered', { text: q ?? folder ?? '' })}
                  text={t('nets.none.filteredText')}
                >
                  <Button variant="default" onClick={() => setSearch({ q: undefined, folder: undefined })}>
                    {t('nets.allFolders')}
                  </Button>
                </EmptyState>
              )
            }
          >
            {({ items, loadMore, footer }) => (
              <NetTable
                key={`${q ?? ''} ${folder ?? ''}`}
                nets={items}
                folder={folder}
                besideFolders={showsTree}
                onEndReached={loadMore}
                footer={footer}
                sort={sort}
                onSort={onSort}
              />
            )}
          </QueryList>
        </div>
      </div>
      <Drawer
        opened={drawer && !wide}
        onClose={drawerChange.close}
        title={t('nets.folders')}
        closeButtonProps={{ 'aria-label': t('actions.close') }}
      >
        <FolderTree folder={folder} onFolder={chooseFolder} />
      </Drawer>
    </Page>
  );
};

const NoNets = () => {
  const { t } = useTranslation();
  return (
    <EmptyState icon={<IconHierarchy3 />} title={t('nets.none.title')} text={t('nets.none.text')}>
      <Group>
        <InstallSampleButton />
        <Button variant="default" renderRoot={(props: object) => <Link to="/nets/new" {...props} />}>
          {t('nets.new')}
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        {t('nets.none.cli')}
      </Text>
      <CommandLine command="nezuban apply night-run.yaml" />
    </EmptyState>
  );
};
