// Every operation of the API by its id.
import { accessOperations } from './access-operations.ts';
import { approvalOperations } from './approval-operations.ts';
import { backupOperations } from './backup-operations.ts';
import { calendarOperations } from './calendar-operations.ts';
import { channelOperations } from './channel-operations.ts';
import { definitionsOperations } from './definitions-operations.ts';
import { eventsOperations } from './events-operations.ts';
import { inventoryOperations } from './inventory-operations.ts';
import { jobsOperations } from './jobs-operations.ts';
import { limitOperations } from './limit-operations.ts';
import { monitoringOperations } from './monitoring-operations.ts';
import { netEditingOperations } from './net-editing-operations.ts';
import { netVersionOperations } from './net-version-operations.ts';
import { notificationOperations } from './notification-operations.ts';
import { operateOperations } from './operate-operations.ts';
import { outputOperations } from './output-operations.ts';
import { pairOperations } from './pair-operations.ts';
import { preparationOperations } from './preparation-operations.ts';
import { reconciliationOperations } from './reconciliation-operations.ts';
import { reportAsideOperations } from './report-aside-operations.ts';
import { secretOperations } from './secret-operations.ts';
import { sessionDefinitionOperations } from './session-definition-operations.ts';
import { settingsOperations } from './settings-operations.ts';
import { snmpOperations } from './snmp-operations.ts';
import { statusOperations } from './status-operations.ts';
import { systemOperations } from './system-operations.ts';
import { transferOperations } from './transfer-operations.ts';
import { trapMonitorOperations } from './trap-monitor-operations.ts';
import { trapsOperations } from './traps-operations.ts';

export const operations = {
  ...accessOperations,
  ...systemOperations,
  ...jobsOperations,
  ...preparationOperations,
  ...sessionDefinitionOperations,
  ...outputOperations,
  ...limitOperations,
  ...approvalOperations,
  ...monitoringOperations,
  ...netEditingOperations,
  ...netVersionOperations,
  ...definitionsOperations,
  ...calendarOperations,
  ...eventsOperations,
  ...statusOperations,
  ...notificationOperations,
  ...channelOperations,
  ...snmpOperations,
  ...inventoryOperations,
  ...pairOperations,
  ...operateOperations,
  ...reconciliationOperations,
  ...reportAsideOperations,
  ...transferOperations,
  ...secretOperations,
  ...settingsOperations,
  ...backupOperations,
  ...trapMonitorOperations,
  ...trapsOperations,
} as const;
export type Operations = typeof operations;
export type OperationId = keyof Operations;
