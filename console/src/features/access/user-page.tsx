// One user: title and roles, what he may do, his sign-ins and tokens; disabling, unlocking, a new password, deletion.
import { Stack, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { UserView } from '@nezuban/protocol/access/views';
import { etagOf } from '../../api/client.ts';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { ErrorState } from '../../components/error-state.tsx';
import { Facts } from '../../components/facts.tsx';
import { FormBar } from '../../components/form-bar.tsx';
import { LookOnly } from '../../components/look-only.tsx';
import { Page } from '../../components/page.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { Section } from '../../components/section.tsx';
import { Instant, RelativeTime } from '../../components/times.tsx';
import { useVersionedForm, type Versioned } from '../../components/use-versioned-form.ts';
import './access.css';
import { Needs } from './forbidden.tsx';
import { OrderOutlook, useOrderOutlook } from './order-outlook.tsx';
import { PermissionPreview } from './permission-preview.tsx';
import { RolePicker } from './role-picker.tsx';
import { SignInTable } from './sign-ins-section.tsx';
import { TokenTable } from './token-table.tsx';
import { UserActions } from './user-actions.tsx';
import { UserState } from './user-state.tsx';

export const UserPage = () => {
  const { name } = useParams({ from: '/gate/access/user/$name' });
  const mayRead = useMay('access.read');
  if (!mayRead)
    return (
      <Page title={name}>
        <Needs right="access.read">{null}</Needs>
      </Page>
    );
  return <LoadedUser key={name} name={name} />;
};

const LoadedUser = ({ name }: { readonly name: string }) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data: user, error, refetch } = useQuery(queries.user(name));
  if (user === undefined)
    return (
      <Page title={name}>
        {error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />}
      </Page>
    );
  return (
    <Page
      title={user.name}
      aside={<UserState user={user} />}
      {...(user.title === null ? {} : { description: user.title })}
      actions={<UserActions user={user} />}
    >
      <LookOnly right="access.write" />
      <UserForm user={user} />
      <Section title={t('admin.users.facts')}>
        <Facts
          facts={[
            [t('admin.users.columns.created'), <Instant key="created" at={user.createdAt} />],
            [
              t('admin.users.columns.lastSignIn'),
              <RelativeTime key="last" at={user.lastSignInAt} none={t('admin.users.neverSignedIn')} />,
            ],
            [
              t('admin.users.columns.passwordChanged'),
              <Instant key="password" at={user.passwordChangedAt} />,
            ],
            [t('admin.users.columns.lockedUntil'), <Instant key="locked" at={user.lockedUntil} />],
          ]}
        />
      </Section>
      <PermissionPreview roles={user.roles} />
      <Section title={t('admin.sign-ins.title')}>
        <SignInTable owner={{ user: user.name }} />
      </Section>
      <Section title={t('admin.tokens.title')}>
        <TokenTable owner={{ user: user.name }} />
      </Section>
    </Page>
  );
};

type Draft = { readonly title: string; readonly roles: readonly string[] };
const toDraft = (user: UserView): Versioned<Draft> => ({
  draft: { title: user.title ?? '', roles: user.roles },
  revision: user.revision,
});

const UserForm = ({ user }: { readonly user: UserView }) => {
  const { t } = useTranslation();
  const { api, queries } = useBackend();
  const client = useQueryClient();
  const mayWrite = useMay('access.write');
  const form = useVersionedForm<Draft>({
    loaded: toDraft(user),
    reload: () => client.invalidateQueries({ queryKey: ['user', user.name] }),
    save: async ({ title, roles }, over) => {
      const saved = await api.call('updateUser', {
        params: { name: user.name },
        body: {
          title: title.trim() === '' ? null : title.trim(),
          roles: [...roles],
          disabled: user.disabled,
        },
        ifMatch: over === null ? null : etagOf(over),
      });
      client.setQueryData(queries.user(user.name).queryKey, saved);
      await client.invalidateQueries({ queryKey: ['listUsers'] });
      return toDraft(saved);
    },
  });
  const isOther = JSON.stringify(form.draft.roles) !== JSON.stringify(user.roles);
  const outlook = useOrderOutlook(
    mayWrite && isOther ? { kind: 'user', name: user.name, roles: [...form.draft.roles] } : null,
  );
  return (
    <Section title={t('admin.users.roles')}>
      <Stack gap="sm" maw={560}>
        <TextInput
          label={t('admin.users.field.title')}
          description={t('admin.users.field.titleHint')}
          value={form.draft.title}
          onChange={(event) => form.change({ ...form.draft, title: event.currentTarget.value })}
          maxLength={200}
          disabled={!mayWrite}
        />
        <RolePicker
          value={form.draft.roles}
          onChange={(roles) => form.change({ ...form.draft, roles })}
          disabled={!mayWrite}
        />
        <OrderOutlook {...outlook} />
        {mayWrite && <FormBar form={form} changedBy={null} invalid={!outlook.isShown} />}
      </Stack>
    </Section>
  );
};
