// Roles: what they give in a line, and who has them.
import { Anchor, Badge, Button, Group, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { RoleView } from '@nezuban/protocol/access/views';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { defineColumns } from '../../components/data-columns.ts';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { isBuiltinName, useRoleTitles } from './role-titles.ts';

export const RolesSection = () => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const navigate = useNavigate();
  const mayWrite = useMay('access.write');
  const { data: roles, error, refetch } = useQuery(queries.roles());
  const titleOf = useRoleTitles();
  const columns = useMemo(
    () =>
      defineColumns<RoleView>([
        {
          id: 'name',
          header: t('admin.roles.columns.name'),
          cell: ({ role, builtin }) => (
            <>
              <Anchor
                size="sm"
                fw={600}
                renderRoot={(props: object) => (
                  <Link to="/access/role/$name" params={{ name: role.name }} {...props} />
                )}
              >
                {titleOf(role.name)}
              </Anchor>{' '}
              {builtin && (
                <Badge size="sm" color="gray" variant="light" miw="max-content">
                  {t('admin.roles.builtin')}
                </Badge>
              )}
              {titleOf(role.name) !== role.name && (
                <Text size="xs" c="dimmed">
                  {role.name}
                </Text>
              )}
            </>
          ),
        },
        {
          id: 'description',
          header: t('admin.roles.columns.description'),
          cell: ({ role }) =>
            isBuiltinName(role.name) ? t(`admin.builtin.${role.name}.text`) : (role.description ?? ''),
        },
        {
          id: 'users',
          header: t('admin.roles.columns.users'),
          numeric: true,
          cell: ({ userCount }) => userCount,
        },
      ]),
    [t, titleOf],
  );
  return (
    <div className="nz-section">
      <Group justify="space-between">
        <Text size="sm" c="dimmed" flex="1 1 300px">
          {t('admin.roles.text')}
        </Text>
        {mayWrite && (
          <Button
            leftSection={<IconPlus size={15} aria-hidden="true" />}
            renderRoot={(props: object) => <Link to="/access/new-role" {...props} />}
          >
            {t('admin.roles.new')}
          </Button>
        )}
      </Group>
      {roles === undefined &&
        (error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />)}
      {roles !== undefined && (
        <DataTable
          label={t('admin.roles.title')}
          items={roles}
          columns={columns}
          keyOf={({ role }) => role.name}
          onRowClick={({ role }) => void navigate({ to: '/access/role/$name', params: { name: role.name } })}
        />
      )}
    </div>
  );
};
