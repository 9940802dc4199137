// The editor of a notification rule: what, when, how often, to whom; beside it what it would have told of past events.
import { Radio, Select, SimpleGrid, Stack, Switch, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { channelSchema } from '@nezuban/protocol/notifications/channel';
import {
  groupKeys,
  notificationRuleSchema,
  ruleLimits,
  type RuleTimes,
} from '@nezuban/protocol/notifications/rule';
import { etagOf } from '../../api/client.ts';
import type { ListItem } from '../../api/queries.ts';
import { useBackend } from '../../app/backend.tsx';
import { Section } from '../../components/section.tsx';
import type { Versioned } from '../../components/use-versioned-form.ts';
import { EditorFrame, toDraft, useEditor } from './editor.tsx';
import { ChannelFields, newChannel, useKnownAnd, type ChannelType } from './form/channel-fields.tsx';
import { hasAny, valueAt, type Draft } from './form/draft.ts';
import { useDraftForm } from './form/draft-form.tsx';
import { ChoiceAt, ChoicesAt, listOf, NumberAt, SwitchAt, TextAt } from './form/fields.tsx';
import { Fold } from './form/fold.tsx';
import { MatchFields } from './form/match-fields.tsx';
import { TimesFields } from './form/times-fields.tsx';
import { useChannelNames, useEscalationNames } from './known-names.ts';
import { timesWords } from './match-words.ts';
import { SimulationPanel } from './simulation-panel.tsx';
import { useWording } from './use-wording.ts';

type RuleView = ListItem<'listRules'>;
type Props = {
  readonly view: RuleView | null;
  /** Of events like one that somebody looked at: what a new rule begins with. */
  readonly like?: Like;
};
type Like = {
  readonly node: string | undefined;
  readonly monitor: string | undefined;
  readonly key: string | undefined;
};

const fresh: Versioned<Draft> = {
  draft: { kind: 'notification', name: '', enabled: true, priorities: ['critical'] },
  revision: null,
};
const freshLike = ({ node, monitor, key }: Like): Versioned<Draft> => ({
  ...fresh,
  draft: {
    ...fresh.draft,
    ...(node === undefined ? {} : { nodes: [node] }),
    ...(monitor === undefined ? {} : { monitors: [monitor] }),
    ...(key === undefined ? {} : { keys: [key] }),
  },
});
const toVersioned = ({ rule, revision }: RuleView): Versioned<Draft> => ({ draft: toDraft(rule), revision });
const ownTypes = channelSchema.options.map(({ shape }) => shape.type.value);

export const RuleEditor = ({ view, like }: Props) => {
  const { t } = useTranslation();
  const { api } = useBackend();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [begun] = useState(() => (like === undefined ? fresh : freshLike(like)));
  const editor = useEditor({
    loaded: view !== null ? toVersioned(view) : begun,
    schema: notificationRuleSchema,
    reload: () => client.invalidateQueries({ queryKey: ['listRules'] }),
    save: async (draft, over) => {
      const rule = notificationRuleSchema.parse(draft);
      const saved = await api.call('putRule', {
        params: { name: rule.name },
        body: rule,
        ifMatch: over === null ? null : etagOf(over),
      });
      await client.invalidateQueries({ queryKey: ['listRules'] });
      return toVersioned(saved);
    },
  });
  return (
    <EditorFrame
      editor={editor}
      stored={view !== null}
      changedBy={view?.updatedBy ?? null}
      back={{ section: 'rules', label: t('notify.rules.title') }}
      onSaved={(draft) =>
        void navigate({
          to: '/notifications/edit/$kind/$name',
          params: { kind: 'rule', name: String(draft['name']) },
          replace: true,
        })
      }
      aside={<SimulationPanel draft={editor.form.draft} />}
    >
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <TextAt
          path="name"
          label={t('notify.field.name')}
          description={t('notify.field.nameHint')}
          disabled={view !== null}
          required
        />
        <SwitchAt
          path="enabled"
          orElse
          label={t('notify.field.enabled')}
          description={t('notify.rules.enabledHint')}
        />
      </SimpleGrid>
      <Section title={t('notify.rules.what')} text={t('notify.rules.whatText')}>
        <MatchFields at="" />
      </Section>
      <WhenSection />
      <OftenSection />
      <WhomSection />
    </EditorFrame>
  );
};

const WhenSection = () => {
  const { t } = useTranslation();
  const { draft } = useDraftForm();
  const wording = useWording();
  const times = valueAt(draft, 'times') as Partial<RuleTimes> | undefined;
  const words = times === undefined ? '' : timesWords(wording, times);
  return (
    <Section title={t('notify.rules.when')}>
      <Fold
        label={words === '' ? t('notify.times.always') : t('notify.times.limited')}
        summary={words}
        openAtFirst={words !== ''}
        paths={['times']}
      >
        <TimesFields />
      </Fold>
    </Section>
  );
};

const repeats = ['always', 'on_change', 'every'] as const;
type Repeat = (typeof repeats)[number];
const everyAtFirst = 30;

const OftenSection = () => {
  const { t } = useTranslation();
  const { draft, set } = useDraftForm();
  const repeat = valueAt(draft, 'repeat');
  const chosen: Repeat =
    typeof repeat === 'object' ? 'every' : repeat === 'on_change' ? 'on_change' : 'always';
  const groupBy = listOf(valueAt(draft, 'group.by'));
  const isGrouped = valueAt(draft, 'group') !== undefined;
  const after = valueAt(draft, 'after') as
    | { readonly times?: number; readonly within_min?: number }
    | undefined;
  return (
    <Section title={t('notify.rules.often')}>
      <Radio.Group
        label={t('notify.repeat.label')}
        description={t('notify.repeat.hint')}
        value={chosen}
        onChange={(value) =>
          set(
            'repeat',
            value === 'every' ? { every_min: everyAtFirst } : value === 'on_change' ? 'on_change' : undefined,
          )
        }
      >
        <Stack gap={6} mt={6}>
          {repeats.map((value) => (
            <Radio key={value} value={value} label={t(`notify.repeat.${value}`)} />
          ))}
        </Stack>
      </Radio.Group>
      {chosen === 'every' && (
        <NumberAt path="repeat.every_min" label={t('notify.repeat.everyMin')} suffix={t('notify.minutes')} />
      )}
      <SwitchAt
        path="recovered"
        orElse={false}
        label={t('notify.recovered.label')}
        description={t('notify.recovered.hint')}
      />
      <Fold
        label={t('notify.after.label')}
        summary={
          after === undefined
            ? ''
            : t('notify.after.summary', { times: after.times ?? 0, minutes: after.within_min ?? 0 })
        }
        openAtFirst={after !== undefined}
        paths={['after']}
      >
        <Stack gap="sm">
          <Text size="xs" c="dimmed">
            {t('notify.after.hint')}
          </Text>
          <SimpleGrid cols={2} spacing="sm">
            <NumberAt path="after.times" label={t('notify.after.times')} placeholder="3" />
            <NumberAt
              path="after.within_min"
              label={t('notify.after.within')}
              placeholder="10"
              suffix={t('notify.minutes')}
            />
          </SimpleGrid>
        </Stack>
      </Fold>
      <Fold
        label={t('notify.group.label')}
        summary={
          isGrouped
            ? groupBy.length === 0
              ? t('notify.group.all')
              : groupBy
                  .map((key) => t(`notify.group.key.${key as (typeof groupKeys)[number]}`))
                  .join(t('notify.words.comma'))
            : ''
        }
        openAtFirst={isGrouped}
        paths={['group']}
      >
        <Stack gap="sm">
          <Switch
            label={t('notify.group.on')}
            description={t('notify.group.hint')}
            checked={isGrouped}
            onChange={(event) =>
              set(
                'group',
                event.currentTarget.checked
                  ? {
                      by: ['node'],
                      wait_s: ruleLimits.groupWaitDefaultS,
                      interval_s: ruleLimits.groupIntervalDefaultS,
                    }
                  : undefined,
              )
            }
          />
          {isGrouped && (
            <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
              <ChoicesAt
                path="group.by"
                label={t('notify.group.by')}
                placeholder={t('notify.group.all')}
                data={groupKeys.map((value) => ({ value, label: t(`notify.group.key.${value}`) }))}
              />
              <NumberAt path="group.wait_s" label={t('notify.group.wait')} suffix={t('notify.seconds')} />
              <NumberAt
                path="group.interval_s"
                label={t('notify.group.interval')}
                suffix={t('notify.seconds')}
              />
            </SimpleGrid>
          )}
        </Stack>
      </Fold>
      <Fold
        label={t('notify.limit.label')}
        summary={
          hasAny(draft, ['limit_per_min'])
            ? t('notify.limit.summary', { count: Number(valueAt(draft, 'limit_per_min')) })
            : ''
        }
        paths={['limit_per_min']}
      >
        <NumberAt
          path="limit_per_min"
          label={t('notify.limit.perMin')}
          description={t('notify.limit.hint')}
          placeholder={String(ruleLimits.perMinuteDefault)}
        />
      </Fold>
    </Section>
  );
};

const WhomSection = () => {
  const { t } = useTranslation();
  const { draft, faults, judged } = useDraftForm();
  const names = useChannelNames();
  const chosen = listOf(valueAt(draft, 'channels'));
  const escalations = useKnownAnd('escalation', useEscalationNames());
  const isUnaddressed = judged && faults.get('')?.issue.code === 'custom';
  return (
    <Section title={t('notify.rules.whom')} text={t('notify.rules.whomText')}>
      {isUnaddressed && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {t('notify.rules.nobody')}
        </Text>
      )}
      <ChoicesAt
        path="channels"
        label={t('notify.rules.channels')}
        placeholder={t('notify.rules.pickChannels')}
        data={[...new Set([...names, ...chosen])].map((value) => ({ value, label: value }))}
      />
      <ChoiceAt
        path="escalation"
        label={t('notify.rules.escalation')}
        description={t('notify.rules.escalationHint')}
        placeholder={t('notify.none')}
        orElse={null}
        data={escalations}
      />
      <OwnChannel />
    </Section>
  );
};

const OwnChannel = () => {
  const { t } = useTranslation();
  const { draft, set } = useDraftForm();
  const type = valueAt(draft, 'channel.type') as ChannelType | undefined;
  return (
    <Fold
      label={t('notify.rules.own')}
      summary={type === undefined ? '' : t(`notify.kind.${type}`)}
      openAtFirst={type !== undefined}
      paths={['channel']}
    >
      <Stack gap="sm">
        <Select
          label={t('notify.channel.kind')}
          description={t('notify.rules.ownHint')}
          placeholder={t('notify.none')}
          value={type ?? null}
          clearable
          onChange={(value) => {
            const next = ownTypes.find((each) => each === value);
            set('channel', next === undefined ? undefined : newChannel(next));
          }}
          data={ownTypes.map((value) => ({ value, label: t(`notify.kind.${value}`) }))}
          maw={320}
        />
        <ChannelFields key={type} at="channel." />
      </Stack>
    </Fold>
  );
};
