// Users: who there is, with which roles, and who cannot sign in now.
import { Anchor, Button, Group, Select, Text } from '@mantine/core';
import { IconSearch, IconUserPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { UserView } from '@nezuban/protocol/access/views';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { QueryList } from '../../components/query-list.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { RelativeTime } from '../../components/times.tsx';
import { NewUserDialog } from './new-user-dialog.tsx';
import { useRoleTitles } from './role-titles.ts';
import { UserState } from './user-state.tsx';

export const UsersSection = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const navigate = useNavigate();
  const mayWrite = useMay('access.write');
  const [q, setQ] = useState<string | undefined>();
  const [role, setRole] = useState<string | null>(null);
  const [making, setMaking] = useState(false);
  const { data: roles = [] } = useQuery(queries.roles());
  const titleOf = useRoleTitles();
  const options = useMemo(
    () => queries.users({ ...(q === undefined ? {} : { q }), ...(role === null ? {} : { role }) }),
    [queries, q, role],
  );
  const columns = useMemo(
    () =>
      defineColumns<UserView>([
        {
          id: 'name',
          header: t('admin.users.columns.name'),
          cell: (user) => (
            <>
              <Anchor
                size="sm"
                fw={600}
                renderRoot={(props: object) => (
                  <Link to="/access/user/$name" params={{ name: user.name }} {...props} />
                )}
              >
                {user.name}
              </Anchor>
              {user.title !== null && (
                <Text size="xs" c="dimmed">
                  {user.title}
                </Text>
              )}
            </>
          ),
        },
        {
          id: 'roles',
          header: t('admin.users.columns.roles'),
          cell: (user) =>
            user.roles.length === 0 ? (
              <Text size="sm" c="dimmed">
                {t('admin.users.noRoles')}
              </Text>
            ) : (
              user.roles.map(titleOf).join(', ')
            ),
        },
        {
          id: 'state',
          header: t('admin.users.columns.state'),
          cell: (user) => <UserState user={user} />,
        },
        {
          id: 'signIn',
          header: t('admin.users.columns.lastSignIn'),
          wide: true,
          cell: (user) => <RelativeTime at={user.lastSignInAt} none={t('admin.users.neverSignedIn')} />,
        },
        {
          id: 'signIns',
          header: t('admin.users.columns.signIns'),
          wide: true,
          numeric: true,
          cell: (user) => user.signInCount,
        },
        {
          id: 'tokens',
          header: t('admin.users.columns.tokens'),
          wide: true,
          numeric: true,
          cell: (user) => user.tokenCount,
        },
      ]),
    [t, titleOf],
  );
  return (
    <div className="nz-section">
      <Group justify="space-between" gap="sm">
        <Group gap="sm">
          <SearchField label={t('admin.users.search')} value={q} onSearch={setQ} />
          <Select
            aria-label={t('admin.users.columns.roles')}
            placeholder={t('admin.users.anyRole')}
            value={role}
            onChange={setRole}
            data={roles.map((view) => ({ value: view.role.name, label: titleOf(view.role.name) }))}
            clearable
            clearButtonProps={{ 'aria-label': t('admin.users.anyRole') }}
            w={200}
          />
        </Group>
        {mayWrite && (
          <Button leftSection={<IconUserPlus size={15} aria-hidden="true" />} onClick={() => setMaking(true)}>
            {t('admin.users.new')}
          </Button>
        )}
      </Group>
      <QueryList
        options={options}
        empty={
          <EmptyState
            icon={<IconSearch />}
            title={t('admin.users.none.title')}
            text={t('admin.users.none.text')}
          />
        }
      >
        {({ items, loadMore, footer }) => (
          <DataTable
            label={t('admin.users.title')}
            items={items}
            columns={columns}
            keyOf={(user) => user.name}
            onEndReached={loadMore}
            onRowClick={(user) => void navigate({ to: '/access/user/$name', params: { name: user.name } })}
            footer={footer}
          />
        )}
      </QueryList>
      <NewUserDialog opened={making} onClose={() => setMaking(false)} />
    </div>
  );
};
