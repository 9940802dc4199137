// The fields of a mail channel: one server or several, each with a password or OAuth2; sender, receivers, templates.
import { Button, Group, SimpleGrid, Stack, Switch, Text } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { valueAt, type Draft } from './draft.ts';
import { useDraftForm } from './draft-form.tsx';
import { LanguageAt, useSetWord } from './channel-words.tsx';
import { ChoiceAt, NumberAt, SecretAt, TagsAt, TextAt } from './fields.tsx';
import { Fold } from './fold.tsx';
import { TemplateAt } from './template-field.tsx';

/** As in the schema. */
const moreServersMax = 5;
type Props = { readonly at: string };

export const MailFields = ({ at }: Props) => {
  const { t } = useTranslation();
  const form = useDraftForm();
  const setWord = useSetWord();
  const raw = valueAt(form.draft, `${at}more_smtp`);
  const more = Array.isArray(raw) ? (raw as readonly Draft[]) : [];
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <TextAt
          path={`${at}from`}
          label={t('notify.channel.from')}
          placeholder="nezuban@example.com"
          required
        />
        <TagsAt
          path={`${at}to`}
          label={t('notify.channel.to')}
          description={t('notify.channel.addressesHint')}
        />
        <TagsAt path={`${at}cc`} label={t('notify.channel.cc')} />
      </SimpleGrid>
      <SmtpFields at={`${at}smtp.`} />
      {more.map((_, index) => (
        // A server has no name; its place in the list is what it is known by.
        <div key={index} role="group" aria-label={t('notify.channel.server', { number: index + 2 })}>
          <Group justify="space-between">
            <Text size="sm" fw={600}>
              {t('notify.channel.server', { number: index + 2 })}
            </Text>
            <Button
              size="compact-xs"
              variant="default"
              leftSection={<IconTrash size={14} aria-hidden="true" />}
              onClick={() => form.set(`${at}more_smtp`, more.toSpliced(index, 1))}
              aria-label={t('notify.channel.removeServer', { number: index + 2 })}
            >
              {t('actions.delete')}
            </Button>
          </Group>
          <SmtpFields at={`${at}more_smtp.${index}.`} />
        </div>
      ))}
      {more.length < moreServersMax && (
        <Group>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden="true" />}
            onClick={() => form.set(`${at}more_smtp`, [...more, { port: 587, security: 'starttls' }])}
          >
            {t('notify.channel.addServer')}
          </Button>
          <Text size="xs" c="dimmed">
            {t('notify.channel.addServerHint')}
          </Text>
        </Group>
      )}
      <Fold
        label={t('notify.channel.wording')}
        summary={
          valueAt(form.draft, `${at}subject`) === undefined ? setWord(`${at}text`) : setWord(`${at}subject`)
        }
        paths={[`${at}subject`, `${at}text`]}
      >
        <Stack gap="sm">
          <LanguageAt at={at} />
          <TemplateAt
            path={`${at}subject`}
            label={t('notify.channel.subject')}
            description={t('notify.channel.textHint')}
            line
          />
          <TemplateAt
            path={`${at}text`}
            label={t('notify.channel.text')}
            description={t('notify.channel.textHint')}
          />
        </Stack>
      </Fold>
    </Stack>
  );
};

const SmtpFields = ({ at }: Props) => {
  const { t } = useTranslation();
  const form = useDraftForm();
  const oauth2 = `${at}oauth2`;
  const usesOauth2 = valueAt(form.draft, oauth2) !== undefined;
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
        <TextAt path={`${at}host`} label={t('notify.channel.smtpHost')} required />
        <NumberAt path={`${at}port`} label={t('notify.channel.port')} placeholder="25" />
        <ChoiceAt
          path={`${at}security`}
          label={t('notify.channel.security')}
          orElse="starttls"
          data={[
            { value: 'none', label: t('notify.channel.plain') },
            { value: 'starttls', label: 'STARTTLS' },
            { value: 'tls', label: 'TLS' },
          ]}
        />
        <TextAt path={`${at}user`} label={t('notify.channel.user')} />
        {!usesOauth2 && <SecretAt path={`${at}password`} label={t('notify.channel.password')} />}
      </SimpleGrid>
      <Switch
        label={t('notify.channel.oauth2')}
        description={t('notify.channel.oauth2Hint')}
        checked={usesOauth2}
        onChange={(event) =>
          form.set(oauth2, event.currentTarget.checked ? { grant: 'client_credentials' } : undefined)
        }
      />
      {usesOauth2 && (
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
          <TextAt
            path={`${oauth2}.token_url`}
            label={t('notify.channel.tokenUrl')}
            placeholder="https://login.microsoftonline.com/TENANT/oauth2/v2.0/token"
            required
          />
          <ChoiceAt
            path={`${oauth2}.grant`}
            label={t('notify.channel.grant')}
            orElse="client_credentials"
            data={(['client_credentials', 'refresh_token'] as const).map((value) => ({
              value,
              label: t(`notify.channel.grants.${value}`),
            }))}
          />
          <TextAt path={`${oauth2}.client_id`} label={t('notify.channel.clientId')} required />
          <SecretAt path={`${oauth2}.client_secret`} label={t('notify.channel.clientSecret')} />
          {valueAt(form.draft, `${oauth2}.grant`) === 'refresh_token' && (
            <SecretAt path={`${oauth2}.refresh_token`} label={t('notify.channel.refreshToken')} />
          )}
          <TextAt
            path={`${oauth2}.scope`}
            label={t('notify.channel.scope')}
            placeholder="https://outlook.office365.com/.default"
          />
        </SimpleGrid>
      )}
    </Stack>
  );
};
