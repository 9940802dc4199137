// One scope to be changed: title, place in the tree, nodes; its deletion.
import { Anchor, Button, Group, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { ScopeView } from '@nezuban/protocol/inventory/node';
import { etagOf } from '../../api/client.ts';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { useConfirm } from '../../components/confirm.tsx';
import { FormBar } from '../../components/form-bar.tsx';
import { LookOnly } from '../../components/look-only.tsx';
import { Instant } from '../../components/times.tsx';
import { useAction } from '../../components/use-action.ts';
import { useVersionedForm, type Versioned } from '../../components/use-versioned-form.ts';
import { NodePicker } from './node-picker.tsx';
import { namesBelow, titleOf } from './scope-tree.ts';

type Draft = { readonly title: string; readonly parent: string | null; readonly nodes: readonly string[] };

const toDraft = (scope: ScopeView): Versioned<Draft> => ({
  draft: { title: scope.title ?? '', parent: scope.parent, nodes: scope.nodes },
  revision: scope.revision,
});

type Props = { readonly scope: ScopeView; readonly scopes: readonly ScopeView[] };

export const ScopeForm = ({ scope, scopes }: Props) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const mayWrite = useMay('nodes.write');
  const reload = async () => {
    await client.invalidateQueries({ queryKey: ['listScopes'] });
    await client.invalidateQueries({ queryKey: ['listNodes'] });
  };
  const form = useVersionedForm<Draft>({
    loaded: toDraft(scope),
    reload,
    save: async ({ title, parent, nodes }, over) => {
      const saved = await api.call('putScope', {
        params: { name: scope.name },
        body: { title: title.trim() === '' ? null : title.trim(), parent, nodes: [...nodes] },
        ifMatch: over === null ? null : etagOf(over),
      });
      await reload();
      return toDraft(saved);
    },
  });
  const { draft, change } = form;
  const taken = namesBelow(scopes, scope.name);
  const inner = scopes.filter(({ name }) => name !== scope.name && taken.has(name));
  const innerNodes = new Set(inner.flatMap(({ nodes }) => nodes)).size;
  return (
    <Stack gap="md" p="md">
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={2} size="h4">
            {titleOf(scope)}
          </Title>
          <Text size="sm" c="dimmed" component="div">
            {scope.name} · {t('scopes.changed', { user: scope.updatedBy })} <Instant at={scope.updatedAt} />
          </Text>
        </div>
        {mayWrite &&
          (inner.length > 0 ? (
            <Text size="xs" c="dimmed" maw={220}>
              {t('scopes.delete.holds')}
            </Text>
          ) : (
            <DeleteScope scope={scope} />
          ))}
      </Group>
      <LookOnly right="nodes.write" />
      <TextInput
        label={t('scopes.field.title')}
        description={t('scopes.field.titleHint')}
        value={draft.title}
        onChange={(event) => change({ ...draft, title: event.currentTarget.value })}
        maxLength={200}
        disabled={!mayWrite}
        maw={420}
      />
      <Select
        label={t('scopes.field.parent')}
        description={t('scopes.field.parentHint')}
        value={draft.parent}
        onChange={(parent) => change({ ...draft, parent })}
        data={scopes
          .filter(({ name }) => !taken.has(name))
          .map((each) => ({ value: each.name, label: titleOf(each) }))}
        placeholder={t('scopes.field.top')}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': t('scopes.field.clearParent') }}
        disabled={!mayWrite}
        maw={420}
      />
      <NodePicker
        label={t('scopes.field.nodes', { count: draft.nodes.length })}
        description={t('scopes.field.nodesHint')}
        value={draft.nodes}
        onChange={(nodes) => change({ ...draft, nodes: [...nodes].sort() })}
        disabled={!mayWrite}
      />
      {innerNodes > 0 && (
        <Text size="sm">
          {t('scopes.innerNodes', { count: innerNodes, scopes: inner.map(titleOf).join(', ') })}
        </Text>
      )}
      <Anchor
        size="sm"
        renderRoot={(props: object) => <Link to="/nodes" search={{ scope: scope.name }} {...props} />}
      >
        {t('scopes.showNodes')}
      </Anchor>
      {mayWrite && <FormBar form={form} changedBy={scope.updatedBy} />}
    </Stack>
  );
};

const DeleteScope = ({ scope }: { readonly scope: ScopeView }) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const navigate = useNavigate();
  const confirm = useConfirm();
  const { busy, run } = useAction();
  const remove = async () => {
    const agreed = await confirm({
      title: t('scopes.delete.title', { scope: titleOf(scope) }),
      text: t('scopes.delete.text', { count: scope.nodes.length }),
      confirmLabel: t('actions.delete'),
      danger: true,
    });
    if (!agreed) return;
    await run(
      async () => {
        await api.call('deleteScope', { params: { name: scope.name }, ifMatch: etagOf(scope.revision) });
        await navigate({ to: '/scopes', search: {}, ignoreBlocker: true });
        await client.invalidateQueries({ queryKey: ['listScopes'] });
        await client.invalidateQueries({ queryKey: ['listNodes'] });
      },
      t('scopes.delete.done', { scope: titleOf(scope) }),
    );
  };
  return (
    <Button
      variant="default"
      color="red"
      size="xs"
      loading={busy}
      leftSection={<IconTrash size={14} aria-hidden="true" />}
      onClick={() => void remove()}
    >
      {t('actions.delete')}
    </Button>
  );
};
