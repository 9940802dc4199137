// The handlers of the jobs domain, by the names of their operations. Types alone. Made by jobs.ts.
import type { Handlers } from '../ports.ts';
import type { ApprovalHandlers } from './approval-routes.ts';
import type { LimitHandlers } from './limits/limit-routes.ts';
import type { NetEditingHandlers } from './net-editing.ts';
import type { NetHandlers } from './net-routes.ts';
import type { NetVersionHandlers } from './net-versions/version-routes.ts';
import type { PreparationHandlers } from './preparations/preparation-routes.ts';
import type { MonitoringHandlers } from './start-conditions/monitoring-routes.ts';

export type JobsRoutes = Pick<
  Handlers,
  | 'listSessions'
  | 'getSession'
  | 'operateSession'
  | 'previewOrder'
  | 'previewOperation'
  | 'previewSessionDefinition'
  | 'changeSessionDefinition'
  | 'explainWaiting'
  | 'listAttempts'
  | 'listNodeAttempts'
  | 'getOutput'
  | 'searchOutput'
  | 'getReconciliation'
  | 'endStrayAttempt'
  | 'listReportsAside'
  | 'takeReportAside'
  | 'removeReportAside'
  | 'previewNet'
  | 'previewSchedule'
  | 'previewRunAs'
> &
  NetHandlers &
  PreparationHandlers &
  NetEditingHandlers &
  LimitHandlers &
  ApprovalHandlers &
  MonitoringHandlers &
  NetVersionHandlers;
