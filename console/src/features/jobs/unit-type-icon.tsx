// The sign of a unit's type, the same in graph, Gantt chart and panels. Plain elements: it is drawn thousands of times.
import {
  IconArrowsJoin2,
  IconArrowsSplit2,
  IconBellRinging,
  IconBox,
  IconFileExport,
  IconFileSearch,
  IconHierarchy2,
  IconHierarchy3,
  IconHourglass,
  IconLink,
  IconMail,
  IconPlayerTrackNext,
  IconPlugConnected,
  IconSpeakerphone,
  IconTerminal2,
  IconUserCheck,
  IconWorldWww,
} from '@tabler/icons-react';
import type { UnitDefinition } from '@nezuban/protocol/jobs/definition';

export type UnitTypeName = UnitDefinition['type'];

const icons: Readonly<Record<UnitTypeName, typeof IconTerminal2>> = {
  command: IconTerminal2,
  file_watch: IconFileSearch,
  http: IconWorldWww,
  ssh: IconPlugConnected,
  container: IconBox,
  file_transfer: IconFileExport,
  net: IconHierarchy3,
  net_ref: IconHierarchy2,
  wait: IconHourglass,
  judgment: IconArrowsSplit2,
  event_send: IconSpeakerphone,
  or: IconArrowsJoin2,
  event_wait: IconBellRinging,
  net_wait: IconLink,
  net_start: IconPlayerTrackNext,
  approval: IconUserCheck,
  mail_send: IconMail,
};

/** Commands and nets are told apart by their form; the others carry their sign beside the state. */
export const hasOwnSign = (type: UnitTypeName): boolean => type !== 'command' && type !== 'net';

export const UnitTypeIcon = ({ type, size }: { readonly type: UnitTypeName; readonly size: number }) => {
  const Icon = icons[type];
  return <Icon size={size} aria-hidden="true" />;
};
