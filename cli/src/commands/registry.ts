// Every command of the command line, in the order of the help. Another command is one record in its domain's `specs.ts` and one file.
import { accessCommands } from './access/specs.ts';
import { backupCommands } from './backup/specs.ts';
import { calendarCommands } from './calendars/specs.ts';
import { limitCommands } from './limits/specs.ts';
import type { CommandSpec } from './command.ts';
import { definitionsCommands } from './definitions/specs.ts';
import { escalationCommands } from './escalation/specs.ts';
import { eventsCommands } from './events/specs.ts';
import { inventoryCommands } from './inventory/specs.ts';
import { jobsCommands } from './jobs/specs.ts';
import { reconciliationCommands } from './reconciliation/specs.ts';
import { reportAsideCommands } from './report-aside/specs.ts';
import { transferCommands } from './transfers/specs.ts';
import { channelCommands } from './channels/specs.ts';
import { secretCommands } from './secrets/specs.ts';
import { netVersionCommands } from './net-versions/specs.ts';
import { notifyCommands } from './notify/specs.ts';
import { operationsCommands } from './operations/specs.ts';
import { pairCommands } from './pair/specs.ts';
import { settingsCommands } from './settings/specs.ts';
import { snmpCommands } from './snmp/specs.ts';
import { silenceCommands } from './silence/specs.ts';
import { hostCommands } from './system/host-specs.ts';
import { systemCommands } from './system/specs.ts';
import { trapMonitorCommands } from './trap-monitors/specs.ts';
import { trapsCommands } from './traps/specs.ts';
import { upgradeCommands } from './upgrade/specs.ts';
import { waitCommands } from './waits/specs.ts';

export const commands: readonly CommandSpec[] = [
  ...definitionsCommands,
  ...jobsCommands,
  ...waitCommands,
  ...reconciliationCommands,
  ...reportAsideCommands,
  ...transferCommands,
  ...netVersionCommands,
  ...calendarCommands,
  ...limitCommands,
  ...eventsCommands,
  ...notifyCommands,
  ...silenceCommands,
  ...escalationCommands,
  ...channelCommands,
  ...secretCommands,
  ...snmpCommands,
  ...trapsCommands,
  ...trapMonitorCommands,
  ...inventoryCommands,
  ...operationsCommands,
  ...pairCommands,
  ...backupCommands,
  ...accessCommands,
  ...settingsCommands,
  ...upgradeCommands,
  ...systemCommands,
  ...hostCommands,
];
