// One alias of a sender: made (also from a sender that was heard) or changed. Saved over what was seen; unsaved text is not lost by a click.
import { Modal, Radio, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { TrapAliasView } from '@nezuban/protocol/api/trap-monitor-operations';
import { trapAliasSchema, type TrapAlias } from '@nezuban/protocol/traps/trap-monitor';
import { etagOf } from '../../api/client.ts';
import { useBackend } from '../../app/backend.tsx';
import { useMay } from '../../app/use-may.ts';
import { useConfirm } from '../../components/confirm.tsx';
import { FormBar } from '../../components/form-bar.tsx';
import { LookOnly } from '../../components/look-only.tsx';
import { useVersionedForm, type Versioned } from '../../components/use-versioned-form.ts';
import { NodeField } from './node-field.tsx';
import { toRuleName } from './rule-from-trap.ts';

type Draft = {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly hosts: readonly string[];
  readonly claimed: boolean;
  readonly node: string;
};

export type AliasPrefill = { readonly address: string; readonly host: string | null };
type Props = {
  readonly view: TrapAliasView | null;
  readonly prefill: AliasPrefill | null;
  readonly onClose: () => void;
};

const empty: Draft = { name: '', addresses: [], hosts: [], claimed: false, node: '' };

const toDraft = ({ alias, revision }: TrapAliasView): Versioned<Draft> => ({
  draft: {
    name: alias.name,
    addresses: alias.addresses,
    hosts: alias.hosts,
    claimed: alias.node === 'claimed',
    node: alias.node === 'claimed' ? '' : alias.node,
  },
  revision,
});

const toAlias = (draft: Draft): TrapAlias => ({
  kind: 'trap_alias',
  name: draft.name.trim(),
  addresses: [...draft.addresses],
  hosts: [...draft.hosts],
  node: draft.claimed ? 'claimed' : draft.node.trim(),
});

const prefilled = ({ address, host }: AliasPrefill): Draft => ({
  ...empty,
  name: toRuleName(host ?? address),
  addresses: [address],
  hosts: host === null || host === address ? [] : [host],
});

export const AliasDialog = ({ view, prefill, onClose }: Props) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const confirm = useConfirm();
  const mayWrite = useMay('traps.write');
  const form = useVersionedForm<Draft>({
    loaded: view === null ? { draft: empty, revision: null } : toDraft(view),
    initial: prefill === null ? undefined : prefilled(prefill),
    reload: () => client.invalidateQueries({ queryKey: ['listTrapAliases'] }),
    save: async (draft, over) => {
      const alias = toAlias(draft);
      const saved = await api.call('putTrapAlias', {
        params: { name: alias.name },
        body: alias,
        ifMatch: over === null ? null : etagOf(over),
      });
      await client.invalidateQueries({ queryKey: ['listTrapAliases'] });
      await client.invalidateQueries({ queryKey: ['listTrapSources'] });
      return toDraft(saved);
    },
  });
  const { draft, change, changed } = form;
  const close = async () => {
    const leave =
      !changed ||
      (await confirm({
        title: t('form.leave.title'),
        text: t('form.leave.text'),
        confirmLabel: t('form.leave.confirm'),
        danger: true,
      }));
    if (leave) onClose();
  };
  const isValid =
    trapAliasSchema.safeParse(toAlias(draft)).success && draft.addresses.length + draft.hosts.length > 0;
  return (
    <Modal
      opened
      onClose={() => void close()}
      title={view === null ? t('traps.aliases.new') : t('traps.aliases.title', { name: view.alias.name })}
      size="lg"
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('actions.close') }}
    >
      <Stack gap="sm">
        <LookOnly right="traps.write" />
        <Text size="sm" c="dimmed">
          {t('traps.aliases.dialogText')}
        </Text>
        <TextInput
          label={t('traps.aliases.name')}
          description={t('traps.aliases.nameHint')}
          value={draft.name}
          onChange={(event) => change({ ...draft, name: event.currentTarget.value })}
          maxLength={100}
          disabled={!mayWrite || view !== null}
          data-autofocus
        />
        <TagsInput
          label={t('traps.aliases.addresses')}
          description={t('traps.aliases.addressesHint')}
          placeholder="192.0.2.10"
          value={[...draft.addresses]}
          onChange={(addresses) => change({ ...draft, addresses })}
          disabled={!mayWrite}
          clearable={false}
        />
        <TagsInput
          label={t('traps.aliases.hosts')}
          description={t('traps.aliases.hostsHint')}
          placeholder="core-sw*"
          value={[...draft.hosts]}
          onChange={(hosts) => change({ ...draft, hosts })}
          disabled={!mayWrite}
        />
        <Radio.Group
          label={t('traps.aliases.isNode')}
          value={draft.claimed ? 'claimed' : 'node'}
          onChange={(value) => change({ ...draft, claimed: value === 'claimed' })}
        >
          <Stack gap={6} mt={4}>
            <Radio value="node" label={t('traps.aliases.fixed')} disabled={!mayWrite} />
            <Radio
              value="claimed"
              label={t('traps.aliases.claimed')}
              description={t('traps.aliases.claimedText')}
              disabled={!mayWrite}
            />
          </Stack>
        </Radio.Group>
        {!draft.claimed && (
          <NodeField
            label={t('traps.columns.node')}
            value={draft.node}
            onChange={(node) => change({ ...draft, node })}
            disabled={!mayWrite}
          />
        )}
        {mayWrite && (
          <FormBar
            form={form}
            changedBy={view?.updatedBy ?? null}
            invalid={!isValid}
            onSaved={onClose}
            onCancel={() => void close()}
          />
        )}
      </Stack>
    </Modal>
  );
};
