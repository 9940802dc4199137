// The picture of each kind of channel; its name stands beside it wherever it is shown.
import {
  IconApi,
  IconBellRinging,
  IconBrandDiscord,
  IconBrandGoogle,
  IconBrandSlack,
  IconBrandTeams,
  IconFileText,
  IconHierarchy3,
  IconMail,
  IconRouter,
  IconTerminal2,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ChannelType } from './form/channel-fields.tsx';

const icons: Readonly<Record<ChannelType, typeof IconMail>> = {
  mail: IconMail,
  webhook: IconApi,
  slack: IconBrandSlack,
  teams: IconBrandTeams,
  google_chat: IconBrandGoogle,
  discord: IconBrandDiscord,
  pagerduty: IconBellRinging,
  syslog: IconFileText,
  snmp_trap: IconRouter,
  job_net: IconHierarchy3,
  command: IconTerminal2,
};

export const KindName = ({ type }: { readonly type: ChannelType }) => {
  const { t } = useTranslation();
  const Icon = icons[type];
  return (
    <span className="nz-kind">
      <Icon size={16} aria-hidden="true" />
      <span>{t(`notify.kind.${type}`)}</span>
    </span>
  );
};
