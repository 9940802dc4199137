// Names of the schemas that the OpenAPI document lists on their own instead of repeating them in each operation.
import { calendarViewSchema } from '@nezuban/protocol/api/calendar-operations';
import { calendarSchema } from '@nezuban/protocol/calendars/calendar';
import { applyResultSchema, netDetailSchema, netSummarySchema } from '@nezuban/protocol/api/jobs-operations';
import { outputPageSchema } from '@nezuban/protocol/api/output-operations';
import { grantSchema, roleDefinitionSchema } from '@nezuban/protocol/access/role';
import {
  auditEntrySchema,
  roleViewSchema,
  signInViewSchema,
  tokenViewSchema,
  userViewSchema,
  whoAmISchema,
} from '@nezuban/protocol/access/views';
import { deliverySchema, ruleViewSchema } from '@nezuban/protocol/api/events-operations';
import { liveMessageSchema } from '@nezuban/protocol/api/live';
import { systemSchema } from '@nezuban/protocol/api/system-operations';
import { eventSchema } from '@nezuban/protocol/events/event';
import { joinTokenSchema, nodeViewSchema, scopeViewSchema } from '@nezuban/protocol/inventory/node';
import { commandUnitSchema } from '@nezuban/protocol/jobs/units/command';
import { jobNetSchema, netUnitSchema, unitSchema } from '@nezuban/protocol/jobs/definition';
import { scheduleSchema } from '@nezuban/protocol/jobs/schedule';
import { targetSchema } from '@nezuban/protocol/jobs/units/unit-base';
import {
  attemptViewSchema,
  sessionDetailSchema,
  sessionSummarySchema,
  unitViewSchema,
} from '@nezuban/protocol/jobs/session';
import { channelSchema } from '@nezuban/protocol/notifications/channel';
import { escalationSchema } from '@nezuban/protocol/notifications/escalation';
import { eventMatchSchema } from '@nezuban/protocol/notifications/event-match';
import { inhibitionSchema } from '@nezuban/protocol/notifications/inhibition';
import { notificationRuleSchema } from '@nezuban/protocol/notifications/rule';
import { problemSchema } from '@nezuban/protocol/problem';
import {
  trapAliasSchema,
  trapConditionSchema,
  trapMonitorSchema,
} from '@nezuban/protocol/traps/trap-monitor';
import * as z from 'zod';

const names: Readonly<Record<string, z.ZodType>> = {
  ApplyResult: applyResultSchema,
  Attempt: attemptViewSchema,
  AuditEntry: auditEntrySchema,
  Calendar: calendarSchema,
  CalendarView: calendarViewSchema,
  Channel: channelSchema,
  CommandUnit: commandUnitSchema,
  Delivery: deliverySchema,
  Escalation: escalationSchema,
  Event: eventSchema,
  EventMatch: eventMatchSchema,
  Grant: grantSchema,
  Inhibition: inhibitionSchema,
  JobNet: jobNetSchema,
  JoinToken: joinTokenSchema,
  LiveMessage: liveMessageSchema,
  NetDetail: netDetailSchema,
  NetSummary: netSummarySchema,
  NetUnit: netUnitSchema,
  Node: nodeViewSchema,
  NotificationRule: notificationRuleSchema,
  NotificationRuleView: ruleViewSchema,
  OutputPage: outputPageSchema,
  Problem: problemSchema,
  Role: roleDefinitionSchema,
  RoleView: roleViewSchema,
  Schedule: scheduleSchema,
  Scope: scopeViewSchema,
  Session: sessionDetailSchema,
  SessionSummary: sessionSummarySchema,
  SignIn: signInViewSchema,
  System: systemSchema,
  Target: targetSchema,
  Token: tokenViewSchema,
  TrapAlias: trapAliasSchema,
  TrapCondition: trapConditionSchema,
  TrapMonitor: trapMonitorSchema,
  Unit: unitSchema,
  UnitView: unitViewSchema,
  User: userViewSchema,
  WhoAmI: whoAmISchema,
};

const register = (): z.core.$ZodRegistry<{ id?: string | undefined }> => {
  const registry = z.registry<{ id?: string | undefined }>();
  for (const [id, schema] of Object.entries(names)) registry.add(schema, { id });
  return registry;
};

export const schemaNames = register();
