// Creates or changes a notification rule with a mail or webhook channel.
import {
  Button,
  Fieldset,
  Group,
  MultiSelect,
  NumberInput,
  PasswordInput,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { eventCodes } from '@nezuban/protocol/events/event';
import { priorities } from '@nezuban/protocol/priority';
import { etagOf } from '../../api/client.ts';
import { useBackend } from '../../app/backend.tsx';
import { FormError } from '../../components/error-state.tsx';
import { checkDraft, draftOf, emptyDraft, type RuleDraft } from './rule-draft.ts';
import type { RuleView } from './rules-section.tsx';

export const RuleForm = ({
  view,
  onClose,
}: {
  readonly view: RuleView | null;
  readonly onClose: () => void;
}) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const [draft, setDraft] = useState<RuleDraft>(view === null ? emptyDraft : draftOf(view.rule));
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const set = (change: Partial<RuleDraft>) => setDraft((before) => ({ ...before, ...change }));
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const checked = checkDraft(draft);
    setErrors(checked.ok ? {} : checked.errors);
    if (!checked.ok) return;
    setBusy(true);
    setError(null);
    try {
      await api.call('putRule', {
        params: { name: draft.name },
        body: checked.rule,
        ifMatch: view === null ? null : etagOf(view.revision),
      });
      await client.invalidateQueries({ queryKey: ['listRules'] });
      onClose();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const fields = { draft, errors, set, hasStoredPassword: view !== null };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <FormError error={error} />
        <TextInput
          label={t('rules.field.name')}
          value={draft.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
          error={errors['name']}
          disabled={view !== null}
          data-autofocus
        />
        <Switch
          label={t('rules.field.enabled')}
          checked={draft.enabled}
          onChange={(event) => set({ enabled: event.currentTarget.checked })}
        />
        <Fieldset legend={t('rules.field.which')}>
          <Stack gap="sm">
            <MultiSelect
              label={t('rules.field.priorities')}
              placeholder={draft.priorities.length === 0 ? t('rules.any') : ''}
              value={[...draft.priorities]}
              onChange={(value) => set({ priorities: value })}
              data={priorities.toReversed().map((value) => ({ value, label: t(`status.priority.${value}`) }))}
            />
            <MultiSelect
              label={t('rules.field.codes')}
              placeholder={draft.codes.length === 0 ? t('rules.any') : ''}
              value={[...draft.codes]}
              onChange={(value) => set({ codes: value })}
              data={eventCodes.map((value) => ({ value, label: t(`events.code.${value}`) }))}
              searchable
            />
            <TagsInput
              label={t('rules.field.nets')}
              description={t('rules.field.netsHint')}
              placeholder={draft.nets.length === 0 ? t('rules.any') : ''}
              value={[...draft.nets]}
              onChange={(nets) => set({ nets })}
              error={errors['nets']}
            />
          </Stack>
        </Fieldset>
        <SegmentedControl
          aria-label={t('rules.columns.channel')}
          value={draft.type}
          onChange={(type) => set({ type: type })}
          data={(['mail', 'webhook'] as const).map((value) => ({
            value,
            label: t(`rules.channel.${value}`),
          }))}
        />
        {draft.type === 'mail' ? <MailFields {...fields} /> : <WebhookFields {...fields} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('actions.cancel')}
          </Button>
          <Button type="submit" loading={busy}>
            {t('actions.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
};

type FieldsProps = {
  readonly draft: RuleDraft;
  readonly errors: Readonly<Record<string, string>>;
  readonly set: (change: Partial<RuleDraft>) => void;
  readonly hasStoredPassword: boolean;
};

const MailFields = ({ draft, errors, set, hasStoredPassword }: FieldsProps) => {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
        <TextInput
          label={t('rules.field.host')}
          value={draft.host}
          onChange={(event) => set({ host: event.currentTarget.value })}
          error={errors['host']}
        />
        <NumberInput
          label={t('rules.field.port')}
          value={draft.port}
          onChange={(value) => set({ port: String(value) })}
          min={1}
          max={65_535}
          hideControls
          error={errors['port']}
        />
        <Select
          label={t('rules.field.security')}
          value={draft.security}
          onChange={(value) => set({ security: value ?? 'starttls' })}
          allowDeselect={false}
          data={[
            { value: 'none', label: t('rules.security.none') },
            { value: 'starttls', label: 'STARTTLS' },
            { value: 'tls', label: 'TLS' },
          ]}
        />
        <TextInput
          label={t('rules.field.user')}
          value={draft.user}
          onChange={(event) => set({ user: event.currentTarget.value })}
          autoComplete="off"
        />
        <PasswordInput
          label={t('rules.field.password')}
          description={hasStoredPassword ? t('rules.field.passwordKept') : undefined}
          value={draft.password}
          onChange={(event) => set({ password: event.currentTarget.value })}
          autoComplete="new-password"
          visibilityToggleButtonProps={{
            'aria-label': t('access.showPassword'),
            tabIndex: 0,
            'aria-hidden': false,
          }}
        />
      </SimpleGrid>
      <TextInput
        label={t('rules.field.from')}
        value={draft.from}
        onChange={(event) => set({ from: event.currentTarget.value })}
        error={errors['from']}
        placeholder="nezuban@example.com"
      />
      <TagsInput
        label={t('rules.field.to')}
        description={t('rules.field.toHint')}
        value={[...draft.to]}
        onChange={(to) => set({ to })}
        error={errors['to']}
      />
    </Stack>
  );
};

const WebhookFields = ({ draft, errors, set }: FieldsProps) => {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <TextInput
        label={t('rules.field.url')}
        type="url"
        value={draft.url}
        onChange={(event) => set({ url: event.currentTarget.value })}
        error={errors['url']}
        placeholder="https://"
      />
      <Textarea
        label={t('rules.field.headers')}
        description={t('rules.field.headersHint')}
        value={draft.headers}
        onChange={(event) => set({ headers: event.currentTarget.value })}
        error={errors['headers']}
        autosize
        minRows={2}
        spellCheck={false}
      />
    </Stack>
  );
};
