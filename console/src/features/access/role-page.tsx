// A role: shown in words, and changed unless it is part of the program; a new one.
import { Alert, Button, Group, List, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { IconInfoCircle, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Grant } from '@nezuban/protocol/access/role';
import type { RoleView } from '@nezuban/protocol/access/views';
import { etagOf } from '../../api/client.ts';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { useConfirm } from '../../components/confirm.tsx';
import { ErrorState } from '../../components/error-state.tsx';
import { FormBar } from '../../components/form-bar.tsx';
import { LookOnly } from '../../components/look-only.tsx';
import { Page } from '../../components/page.tsx';
import { ListSkeleton } from '../../components/query-list.tsx';
import { Section } from '../../components/section.tsx';
import { useAction } from '../../components/use-action.ts';
import { useVersionedForm, type Versioned } from '../../components/use-versioned-form.ts';
import './access.css';
import { Needs } from './forbidden.tsx';
import { GrantForm } from './grant-form.tsx';
import { OrderOutlook, useOrderOutlook } from './order-outlook.tsx';
import { useRightText } from './right-text.ts';
import { emptyGrant, emptyRole, faultOf, toRole, toRoleDraft, type RoleDraft } from './role-draft.ts';
import { isBuiltinName, useRoleTitles } from './role-titles.ts';

export const NewRolePage = () => {
  const { t } = useTranslation();
  return (
    <Page title={t('admin.roles.newTitle')} description={t('admin.roles.text')}>
      <Needs right="access.write">
        <RoleForm view={null} />
      </Needs>
    </Page>
  );
};

export const RolePage = () => {
  const { name } = useParams({ from: '/gate/access/role/$name' });
  const titleOf = useRoleTitles();
  const mayRead = useMay('access.read');
  return (
    <Page title={titleOf(name)} description={name} actions={mayRead && <RoleActions name={name} />}>
      <Needs right="access.read">
        <LoadedRole key={name} name={name} />
      </Needs>
    </Page>
  );
};

const LoadedRole = ({ name }: { readonly name: string }) => {
  const { t } = useTranslation();
  const { queries } = useBackend();
  const { data: view, error, refetch } = useQuery(queries.role(name));
  const mayWrite = useMay('access.write');
  if (view === undefined)
    return error === null ? <ListSkeleton /> : <ErrorState error={error} onRetry={() => void refetch()} />;
  if (view.builtin)
    return (
      <>
        <Alert color="gray" icon={<IconInfoCircle aria-hidden="true" />} p="sm">
          {t('admin.roles.builtinText')}
        </Alert>
        <GrantList view={view} />
      </>
    );
  if (!mayWrite)
    return (
      <>
        <LookOnly right="access.write" />
        <GrantList view={view} />
      </>
    );
  return <RoleForm view={view} />;
};

const GrantList = ({ view }: { readonly view: RoleView }) => {
  const { t } = useTranslation();
  const { role } = view;
  return (
    <Section
      title={t('admin.roles.grants')}
      text={isBuiltinName(role.name) ? t(`admin.builtin.${role.name}.text`) : (role.description ?? '')}
    >
      <List size="sm" spacing="xs">
        {role.grants.map((grant) => (
          <List.Item key={JSON.stringify(grant)}>
            <GrantText grant={grant} />
          </List.Item>
        ))}
      </List>
    </Section>
  );
};

const GrantText = ({ grant }: { readonly grant: Grant }) => {
  const { t } = useTranslation();
  const textOf = useRightText();
  return (
    <>
      <Text span size="sm" fw={600}>
        {t(`admin.grant.${grant.effect}`)}:
      </Text>{' '}
      {grant.rights.map(textOf).join(', ')}
      {grant.folder !== undefined && ` (${t('admin.grant.folder', { folder: grant.folder })})`}
      {grant.scope !== undefined && ` (${t('admin.grant.scope', { scope: grant.scope })})`}
    </>
  );
};

const RoleActions = ({ name }: { readonly name: string }) => {
  const { t } = useTranslation();
  const { api, queries } = useBackend();
  const client = useQueryClient();
  const navigate = useNavigate();
  const confirm = useConfirm();
  const { busy, run } = useAction();
  const mayWrite = useMay('access.write');
  const titleOf = useRoleTitles();
  const { data: view } = useQuery(queries.role(name));
  if (view === undefined || view.builtin || !mayWrite) return null;
  const remove = async () => {
    const agreed = await confirm({
      title: t('admin.roles.delete.title', { role: titleOf(name) }),
      text: t('admin.roles.delete.text', { count: view.userCount }),
      confirmLabel: t('actions.delete'),
      danger: true,
    });
    if (!agreed) return;
    const gone = await run(
      () => api.call('deleteRole', { params: { name }, ifMatch: etagOf(view.revision) }),
      t('admin.roles.delete.done', { role: titleOf(name) }),
    );
    if (!gone) return;
    await navigate({ to: '/access/$section', params: { section: 'roles' }, ignoreBlocker: true });
    await client.invalidateQueries({ queryKey: ['roles'] });
  };
  return (
    <Button
      variant="default"
      color="red"
      loading={busy}
      leftSection={<IconTrash size={15} aria-hidden="true" />}
      onClick={() => void remove()}
    >
      {t('actions.delete')}
    </Button>
  );
};

const toVersioned = (view: RoleView): Versioned<RoleDraft> => ({
  draft: toRoleDraft(view.role),
  revision: view.revision,
});
const fresh: Versioned<RoleDraft> = { draft: emptyRole, revision: null };

/** `view` null: a new role, whose name is asked for as well. */
const RoleForm = ({ view }: { readonly view: RoleView | null }) => {
  const { t } = useTranslation();
  const { api, queries } = useBackend();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState<string>(view?.role.name ?? '');
  const form = useVersionedForm<RoleDraft>({
    loaded: view === null ? fresh : toVersioned(view),
    reload: () => client.invalidateQueries({ queryKey: ['role', name] }),
    save: async (draft, over) => {
      const saved = await api.call('putRole', {
        params: { name: name.trim() },
        body: toRole(name.trim(), draft),
        ifMatch: over === null ? null : etagOf(over),
      });
      client.setQueryData(queries.role(name.trim()).queryKey, saved);
      await client.invalidateQueries({ queryKey: ['roles'] });
      return toVersioned(saved);
    },
  });
  const { draft, change } = form;
  const faulty = draft.grants.some((grant) => faultOf(grant) !== null) || draft.grants.length === 0;
  const outlook = useOrderOutlook(
    view !== null && form.changed && !faulty
      ? { kind: 'role', name: view.role.name, grants: [...toRole(view.role.name, draft).grants] }
      : null,
  );
  const setGrants = (grants: RoleDraft['grants']) => change({ ...draft, grants });
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      <Stack gap="md">
        {view !== null && view.userCount > 0 && (
          <Text size="sm" c="dimmed">
            {t('admin.roles.usedBy', { count: view.userCount })}
          </Text>
        )}
        <Group align="flex-start" gap="md">
          {view === null && (
            <TextInput
              label={t('admin.roles.field.name')}
              description={t('admin.roles.field.nameHint')}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              autoCapitalize="none"
              spellCheck={false}
              maxLength={100}
              required
              withAsterisk={false}
              flex="1 1 260px"
            />
          )}
          <TextInput
            label={t('admin.roles.field.title')}
            description={t('admin.roles.field.titleHint')}
            value={draft.title}
            onChange={(event) => change({ ...draft, title: event.currentTarget.value })}
            maxLength={200}
            flex="1 1 260px"
          />
        </Group>
        <Textarea
          label={t('admin.roles.field.description')}
          value={draft.description}
          onChange={(event) => change({ ...draft, description: event.currentTarget.value })}
          maxLength={2000}
          autosize
          minRows={2}
        />
        {draft.grants.map((grant, index) => (
          <GrantForm
            // A grant has no name; its place in the list is what it is known by.
            key={index}
            grant={grant}
            number={index + 1}
            onChange={(next) => setGrants(draft.grants.with(index, next))}
            onRemove={() => setGrants(draft.grants.toSpliced(index, 1))}
            judged={form.changed}
          />
        ))}
        <Group>
          <Button
            variant="default"
            leftSection={<IconPlus size={15} aria-hidden="true" />}
            onClick={() => setGrants([...draft.grants, emptyGrant])}
          >
            {t('admin.grant.add')}
          </Button>
        </Group>
        <OrderOutlook {...outlook} />
        <FormBar
          form={form}
          changedBy={view?.updatedBy ?? null}
          invalid={faulty || name.trim() === '' || !outlook.isShown}
          {...(view === null
            ? {
                saveLabel: t('admin.roles.make'),
                onSaved: () => void navigate({ to: '/access/role/$name', params: { name: name.trim() } }),
              }
            : {})}
        />
        {view === null && (
          <Text size="sm">
            <Link to="/access/$section" params={{ section: 'roles' }}>
              {t('admin.roles.back')}
            </Link>
          </Text>
        )}
      </Stack>
    </form>
  );
};
