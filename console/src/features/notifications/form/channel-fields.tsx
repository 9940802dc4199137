// The fields of every kind of channel but mail, which has its own file. `at`: where the channel stands in the draft, with a dot at its end.
import { Alert, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconHelp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Channel } from '@nezuban/protocol/notifications/channel';
import { usePlaceNames, useNetNames } from '../known-names.ts';
import { valueAt } from './draft.ts';
import { useDraftForm } from './draft-form.tsx';
import { AreaAt, ChoiceAt, NumberAt, SecretAt, SwitchAt, TextAt } from './fields.tsx';
import { LanguageAt, useSetWord } from './channel-words.tsx';
import { Fold } from './fold.tsx';
import { MailFields } from './mail-fields.tsx';
import { PairsAt } from './pairs-field.tsx';
import { TemplateAt } from './template-field.tsx';

export type ChannelType = Channel['type'];
type Props = { readonly at: string };

/** What a channel begins with. */
export const newChannel = (type: ChannelType): Readonly<Record<string, unknown>> => {
  switch (type) {
    case 'mail':
      return { type, smtp: { port: 587, security: 'starttls' } };
    case 'webhook':
      return { type, url: '' };
    default:
      return { type };
  }
};

export const ChannelFields = ({ at }: Props) => {
  const { draft } = useDraftForm();
  const type = valueAt(draft, `${at}type`) as ChannelType | undefined;
  if (type === undefined) return null;
  switch (type) {
    case 'mail':
      return <MailFields at={at} />;
    case 'webhook':
      return <WebhookFields at={at} />;
    case 'slack':
    case 'teams':
    case 'google_chat':
    case 'discord':
      return <ChatFields at={at} type={type} />;
    case 'pagerduty':
      return <PagerdutyFields at={at} />;
    case 'syslog':
      return <SyslogFields at={at} />;
    case 'snmp_trap':
      return <SnmpTrapFields at={at} />;
    case 'job_net':
      return <JobNetFields at={at} />;
    case 'command':
      return <CommandFields at={at} />;
    default:
      return type satisfies never;
  }
};

const Help = ({ children }: { readonly children: ReactNode }) => (
  <Alert color="gray" icon={<IconHelp aria-hidden="true" />} p="sm">
    <Text size="sm" component="div">
      {children}
    </Text>
  </Alert>
);

const TextFold = ({ at }: Props) => {
  const { t } = useTranslation();
  const setWord = useSetWord();
  return (
    <Fold label={t('notify.channel.wording')} summary={setWord(`${at}text`)} paths={[`${at}text`]}>
      <Stack gap="sm">
        <LanguageAt at={at} />
        <TemplateAt
          path={`${at}text`}
          label={t('notify.channel.text')}
          description={t('notify.channel.textHint')}
        />
      </Stack>
    </Fold>
  );
};

const ChatFields = ({
  at,
  type,
}: Props & { readonly type: 'slack' | 'teams' | 'google_chat' | 'discord' }) => {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <Help>{t(`notify.channel.help.${type}`)}</Help>
      <SecretAt
        path={`${at}url`}
        label={t('notify.channel.chatUrl')}
        description={t('notify.channel.chatUrlHint')}
        placeholder="https://"
      />
      <TextFold at={at} />
    </Stack>
  );
};

const PagerdutyFields = ({ at }: Props) => {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <Help>{t('notify.channel.help.pagerduty')}</Help>
      <SecretAt path={`${at}routing_key`} label={t('notify.channel.routingKey')} />
      <TextAt
        path={`${at}url`}
        label={t('notify.channel.url')}
        description={t('notify.channel.pagerdutyUrlHint')}
        placeholder="https://events.pagerduty.com/v2/enqueue"
      />
    </Stack>
  );
};

const WebhookFields = ({ at }: Props) => {
  const { t } = useTranslation();
  const setWord = useSetWord();
  return (
    <Stack gap="sm">
      <Help>{t('notify.channel.help.webhook')}</Help>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <TextAt path={`${at}url`} label={t('notify.channel.url')} placeholder="https://" required />
        <ChoiceAt
          path={`${at}method`}
          label={t('notify.channel.method')}
          orElse="POST"
          data={['POST', 'PUT'].map((value) => ({ value, label: value }))}
        />
      </SimpleGrid>
      <PairsAt
        path={`${at}headers`}
        label={t('notify.channel.headers')}
        description={t('notify.channel.headersHint')}
        addLabel={t('notify.channel.addHeader')}
      />
      <SecretAt
        path={`${at}signing_secret`}
        label={t('notify.channel.signingSecret')}
        description={t('notify.channel.signingSecretHint')}
      />
      <Fold
        label={t('notify.channel.body')}
        summary={setWord(`${at}body`)}
        paths={[`${at}body`, `${at}content_type`]}
      >
        <Stack gap="sm">
          <TextAt
            path={`${at}content_type`}
            label={t('notify.channel.contentType')}
            placeholder="application/json"
          />
          <TemplateAt
            path={`${at}body`}
            label={t('notify.channel.body')}
            description={t('notify.channel.bodyHint')}
          />
        </Stack>
      </Fold>
    </Stack>
  );
};

const SyslogFields = ({ at }: Props) => {
  const { t } = useTranslation();
  const { draft } = useDraftForm();
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
        <TextAt path={`${at}host`} label={t('notify.channel.host')} required />
        <NumberAt path={`${at}port`} label={t('notify.channel.port')} placeholder="514" />
        <ChoiceAt
          path={`${at}transport`}
          label={t('notify.channel.transport')}
          orElse="udp"
          data={['udp', 'tcp', 'tls'].map((value) => ({ value, label: value.toUpperCase() }))}
        />
        <ChoiceAt
          path={`${at}format`}
          label={t('notify.channel.format')}
          orElse="rfc5424"
          data={[
            { value: 'rfc5424', label: 'RFC 5424' },
            { value: 'rfc3164', label: 'RFC 3164' },
          ]}
        />
        <NumberAt
          path={`${at}facility`}
          label={t('notify.channel.facility')}
          description={t('notify.channel.facilityHint')}
          placeholder="16"
        />
      </SimpleGrid>
      {valueAt(draft, `${at}transport`) === 'tls' && (
        <TextAt
          path={`${at}ca_file`}
          label={t('notify.channel.caFile')}
          description={t('notify.channel.caFileHint')}
          placeholder="/etc/nezuban/ca.pem"
        />
      )}
      <TextFold at={at} />
    </Stack>
  );
};

const SnmpTrapFields = ({ at }: Props) => {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <Help>{t('notify.channel.help.snmp_trap')}</Help>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <TextAt path={`${at}host`} label={t('notify.channel.host')} required />
        <NumberAt path={`${at}port`} label={t('notify.channel.port')} placeholder="162" />
      </SimpleGrid>
      <SecretAt path={`${at}community`} label={t('notify.channel.community')} />
      <SwitchAt
        path={`${at}inform`}
        orElse={false}
        label={t('notify.channel.inform')}
        description={t('notify.channel.informHint')}
      />
    </Stack>
  );
};

const JobNetFields = ({ at }: Props) => {
  const { t } = useTranslation();
  const nets = useNetNames();
  return (
    <Stack gap="sm">
      <Help>{t('notify.channel.help.job_net')}</Help>
      <ChoiceAt
        path={`${at}net`}
        label={t('notify.channel.net')}
        orElse={null}
        searchable
        data={useKnownAnd(`${at}net`, nets)}
      />
      <PairsAt
        path={`${at}parameters`}
        label={t('notify.channel.parameters')}
        description={t('notify.channel.parametersHint', { example: '{{node}}' })}
        addLabel={t('notify.channel.addParameter')}
      />
    </Stack>
  );
};

const CommandFields = ({ at }: Props) => {
  const { t } = useTranslation();
  const { nodes } = usePlaceNames();
  return (
    <Stack gap="sm">
      <Help>{t('notify.channel.help.command')}</Help>
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
        <ChoiceAt
          path={`${at}node`}
          label={t('notify.channel.node')}
          description={t('notify.channel.nodeHint')}
          orElse={null}
          searchable
          data={useKnownAnd(`${at}node`, nodes)}
        />
        <TextAt
          path={`${at}user`}
          label={t('notify.channel.osUser')}
          description={t('notify.channel.osUserHint')}
        />
        <NumberAt
          path={`${at}timeout_s`}
          label={t('notify.channel.timeout')}
          description={t('notify.channel.timeoutHint')}
          placeholder="60"
        />
      </SimpleGrid>
      <AreaAt
        path={`${at}command`}
        label={t('notify.channel.command')}
        description={t('notify.channel.commandHint')}
        minRows={2}
      />
    </Stack>
  );
};

/** What is known, and what is chosen already even where it is not known here. */
export const useKnownAnd = (
  path: string,
  known: readonly string[],
): readonly { readonly value: string; readonly label: string }[] => {
  const { draft } = useDraftForm();
  const chosen = valueAt(draft, path);
  return [...new Set([...known, ...(typeof chosen === 'string' ? [chosen] : [])])].map((value) => ({
    value,
    label: value,
  }));
};
