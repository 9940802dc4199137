// The settings section `intake` as a form: which receivers listen where, who may send, how much; and how ports 514 and 162 are had.
import {
  Accordion,
  Alert,
  Autocomplete,
  NumberInput,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { SettingsView } from '@nezuban/protocol/api/settings-operations';
import type { IntakeSettings } from '@nezuban/protocol/intake/orders';
import { useMay } from '../../app/use-may.ts';
import { CommandLine } from '../../components/copy-button.tsx';
import { FormBar } from '../../components/form-bar.tsx';
import { NumberSetting } from '../system/number-setting.tsx';
import { useSettingsForm } from '../system/use-settings-form.ts';

const receivers = ['syslog_udp', 'syslog_tcp', 'syslog_tls', 'snmp', 'http', 'https'] as const;
type ReceiverName = (typeof receivers)[number];

/** Below it a port takes a privilege. */
const privilegedBelow = 1024;
const offeredHosts = ['127.0.0.1', '0.0.0.0', '::'];
const portMax = 65_535;

export const IntakeForm = ({ view }: { readonly view: SettingsView }) => {
  const { t } = useTranslation();
  const mayWrite = useMay('settings.write');
  const { form, errors } = useSettingsForm('intake', view);
  const { draft, change } = form;
  const privileged = receivers.some((name) => draft[name].enabled && draft[name].port < privilegedBelow);
  const errorAt = (path: string) =>
    Object.entries(errors).find(([key]) => key === path || key.startsWith(`${path}.`))?.[1];
  return (
    <Stack gap="md">
      <fieldset className="nz-fieldset" disabled={!mayWrite}>
        <Stack gap="md">
          <div className="nz-receivers" role="group" aria-label={t('traps.intake.listen')}>
            {receivers.map((name) => (
              <Receiver
                key={name}
                name={name}
                draft={draft}
                errorAt={errorAt}
                onChange={(next) => change({ ...draft, [name]: { ...draft[name], ...next } })}
              />
            ))}
          </div>
          {privileged && (
            <Alert color="yellow" icon={<IconInfoCircle aria-hidden="true" />} p="sm">
              {t('traps.intake.privileged')}
            </Alert>
          )}
          <PortHelp />
          <div className="nz-form-grid">
            <TextInput
              label={t('traps.intake.clientCa')}
              description={t('traps.intake.clientCaHint')}
              value={draft.syslog_tls.client_ca_file ?? ''}
              onChange={(event) => {
                const text = event.currentTarget.value;
                change({
                  ...draft,
                  syslog_tls: { ...draft.syslog_tls, client_ca_file: text === '' ? null : text },
                });
              }}
              placeholder="/etc/nezuban/senders-ca.pem"
              error={errorAt('syslog_tls.client_ca_file')}
            />
            <TagsInput
              label={t('traps.intake.communities')}
              description={t('traps.intake.communitiesHint')}
              value={draft.snmp.communities}
              onChange={(communities) => change({ ...draft, snmp: { ...draft.snmp, communities } })}
              error={errorAt('snmp.communities')}
            />
            <TagsInput
              label={t('traps.intake.allowed')}
              description={t('traps.intake.allowedHint')}
              placeholder="192.0.2.0/24"
              value={draft.allowed}
              onChange={(allowed) => change({ ...draft, allowed })}
              error={errorAt('allowed') === undefined ? undefined : t('traps.intake.networkRule')}
            />
            <TagsInput
              label={t('traps.intake.denied')}
              description={t('traps.intake.deniedHint')}
              placeholder="2001:db8::/32"
              value={draft.denied}
              onChange={(denied) => change({ ...draft, denied })}
              error={errorAt('denied') === undefined ? undefined : t('traps.intake.networkRule')}
            />
            <NumberSetting
              section="intake"
              path="source_per_second_max"
              unit="perSecond"
              label={t('traps.intake.perSource')}
              text={t('traps.intake.perSourceHint')}
              value={draft.source_per_second_max}
              onChange={(value) => change({ ...draft, source_per_second_max: value ?? Number.NaN })}
              error={errors['source_per_second_max']}
              disabled={!mayWrite}
            />
            <NumberSetting
              section="intake"
              path="journal_bytes_max"
              unit="gigabytes"
              label={t('traps.intake.journal')}
              text={t('traps.intake.journalHint')}
              value={draft.journal_bytes_max}
              onChange={(value) =>
                change({ ...draft, journal_bytes_max: value === null ? Number.NaN : Math.round(value) })
              }
              error={errors['journal_bytes_max']}
              disabled={!mayWrite}
            />
          </div>
        </Stack>
      </fieldset>
      {mayWrite && (
        <FormBar form={form} changedBy={view.updatedBy} invalid={Object.keys(errors).length > 0} />
      )}
    </Stack>
  );
};

type ReceiverProps = {
  readonly name: ReceiverName;
  readonly draft: IntakeSettings;
  readonly errorAt: (path: string) => string | undefined;
  readonly onChange: (change: { enabled?: boolean; host?: string; port?: number }) => void;
};

const Receiver = ({ name, draft, errorAt, onChange }: ReceiverProps) => {
  const { t } = useTranslation();
  const { enabled, host, port } = draft[name];
  const title = t(`traps.intake.receiver.${name}`);
  return (
    <div className="nz-receiver" role="group" aria-label={title}>
      <Switch
        label={title}
        checked={enabled}
        onChange={(event) => onChange({ enabled: event.currentTarget.checked })}
      />
      <Autocomplete
        aria-label={t('traps.intake.hostOf', { name: title })}
        value={host}
        onChange={(next) => onChange({ host: next })}
        data={offeredHosts}
        filter={({ options }) => options}
        disabled={!enabled}
        error={errorAt(`${name}.host`)}
      />
      <NumberInput
        aria-label={t('traps.intake.portOf', { name: title })}
        value={Number.isNaN(port) ? '' : port}
        onChange={(value) => onChange({ port: typeof value === 'number' ? value : Number.NaN })}
        min={1}
        max={portMax}
        clampBehavior="none"
        hideControls
        allowDecimal={false}
        disabled={!enabled}
        error={errorAt(`${name}.port`)}
      />
      <Text size="xs" c="dimmed" className="nz-receiver-note">
        {enabled ? t(`traps.intake.reach.${reachOf(host)}`, { host }) : t('traps.intake.reach.off')}
      </Text>
    </div>
  );
};

const reachOf = (host: string): 'loopback' | 'all' | 'one' =>
  host.startsWith('127.') || host === '::1' || host === 'localhost'
    ? 'loopback'
    : host === '0.0.0.0' || host === '::'
      ? 'all'
      : 'one';

const redirects = [
  'nft add table inet nezuban',
  "nft 'add chain inet nezuban traps { type nat hook prerouting priority dstnat; }'",
  'nft add rule inet nezuban traps udp dport 514 redirect to :5514',
  'nft add rule inet nezuban traps tcp dport 514 redirect to :5514',
  'nft add rule inet nezuban traps udp dport 162 redirect to :5162',
];

const PortHelp = () => {
  const { t } = useTranslation();
  return (
    <Accordion variant="contained" order={3}>
      <Accordion.Item value="ports">
        <Accordion.Control>{t('traps.ports.title')}</Accordion.Control>
        <Accordion.Panel>
          <Stack gap="xs">
            <Text size="sm">{t('traps.ports.text')}</Text>
            <Text size="sm" fw={600}>
              {t('traps.ports.capability')}
            </Text>
            <Text size="sm">{t('traps.ports.capabilityText')}</Text>
            <CommandLine command="AmbientCapabilities=CAP_NET_BIND_SERVICE" />
            <Text size="sm" fw={600}>
              {t('traps.ports.redirect')}
            </Text>
            <Text size="sm">{t('traps.ports.redirectText')}</Text>
            {redirects.map((command) => (
              <CommandLine key={command} command={command} />
            ))}
            <Text size="sm">{t('traps.ports.busy')}</Text>
          </Stack>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
};
