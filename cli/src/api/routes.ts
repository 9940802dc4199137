// Method, path and media types of the operations that the command line calls, without their schemas: loading those takes longer
// than a whole command. A test holds this table against the protocol's. Answers are not judged here either: a command line may be
// older or newer than the manager it talks to, and shows what it knows of an answer.
import type { Operation } from '@nezuban/protocol/api/operation';
import type { OperationId } from '@nezuban/protocol/api/operations';

type Route = Pick<Operation, 'method' | 'path' | 'bodyType' | 'responseType' | 'versioned'> & {
  readonly hasBody: boolean;
};

const base = {
  bodyType: 'application/json',
  responseType: 'application/json',
  versioned: 'no',
  hasBody: false,
} as const;
const get = (path: string): Route => ({ ...base, method: 'GET', path });
const post = (path: string, hasBody = true): Route => ({ ...base, method: 'POST', path, hasBody });
const put = (path: string): Route => ({ ...base, method: 'PUT', path, hasBody: true });
const del = (path: string): Route => ({ ...base, method: 'DELETE', path });

export const routes = {
  listBackups: get('/backups'),
  getBackupStatus: get('/backup-status'),
  createBackup: post('/backups', false),
  signIn: post('/sign-in'),
  signOut: post('/sign-out', false),
  whoAmI: get('/me'),
  changePassword: post('/me/password'),
  listTokens: get('/tokens'),
  createToken: post('/tokens'),
  deleteToken: del('/tokens/{id}'),
  listSignIns: get('/sign-ins'),
  revokeSignIn: del('/sign-ins/{id}'),
  listUsers: get('/users'),
  getUser: { ...get('/users/{name}'), versioned: 'read' },
  createUser: post('/users'),
  updateUser: { ...put('/users/{name}'), versioned: 'write' },
  deleteUser: del('/users/{name}'),
  resetUserPassword: post('/users/{name}/reset-password', false),
  unlockUser: post('/users/{name}/unlock', false),
  listRoles: get('/roles'),
  getRole: { ...get('/roles/{name}'), versioned: 'read' },
  exportRole: { ...get('/roles/{name}/yaml'), responseType: 'application/yaml', versioned: 'read' },
  deleteRole: { ...del('/roles/{name}'), versioned: 'write' },
  listAudit: get('/audit'),
  exportAudit: { ...get('/audit/export'), responseType: 'application/octet-stream' },
  listSettings: get('/settings'),
  getSettings: { ...get('/settings/{section}'), versioned: 'read' },
  putSettings: { ...put('/settings/{section}'), versioned: 'write' },
  getSystem: get('/system'),
  getVersions: get('/system/versions'),
  openLive: { ...get('/live'), responseType: 'text/event-stream' },
  installSample: post('/sample', false),
  applyDefinitions: { ...post('/definitions'), bodyType: 'application/yaml' },
  exportDefinitions: get('/definitions'),
  compareDefinitions: post('/definitions/compare'),
  applyDefinitionSet: post('/definitions/set'),
  listNets: get('/nets'),
  getNet: { ...get('/nets/{name}'), versioned: 'read' },
  exportNet: { ...get('/nets/{name}/yaml'), responseType: 'application/yaml', versioned: 'read' },
  deleteNet: { ...del('/nets/{name}'), versioned: 'write' },
  runNet: post('/nets/{name}/sessions'),
  listSessions: get('/sessions'),
  getSession: get('/sessions/{id}'),
  operateSession: post('/sessions/{id}/operations'),
  getOutput: get('/attempts/{attemptId}/output'),
  getRawOutput: { ...get('/attempts/{attemptId}/output/raw'), responseType: 'application/octet-stream' },
  listEvents: get('/events'),
  confirmEvents: post('/events/confirm'),
  exportEvents: { ...get('/events/export'), responseType: 'application/octet-stream' },
  listRules: get('/notification-rules'),
  deleteRule: { ...del('/notification-rules/{name}'), versioned: 'write' },
  testRule: post('/notification-rules/{name}/test', false),
  listDeliveries: get('/deliveries'),
  retryDelivery: post('/deliveries/{id}/retry', false),
  listNodes: get('/nodes'),
  getNode: get('/nodes/{name}'),
  removeNode: del('/nodes/{name}'),
  createJoinToken: post('/join-tokens'),
  listScopes: get('/scopes'),
  listNetFolders: get('/net-folders'),
  getScope: { ...get('/scopes/{name}'), versioned: 'read' },
  putScope: { ...put('/scopes/{name}'), versioned: 'write' },
  deleteScope: { ...del('/scopes/{name}'), versioned: 'write' },
  getFrozen: get('/frozen'),
  getOpenWork: get('/open-work'),
  freeze: post('/freeze'),
  resume: post('/resume'),
  listMaintenanceWindows: get('/maintenance-windows'),
  getMaintenanceWindow: { ...get('/maintenance-windows/{name}'), versioned: 'read' },
  putMaintenanceWindow: { ...put('/maintenance-windows/{name}'), versioned: 'write' },
  deleteMaintenanceWindow: { ...del('/maintenance-windows/{name}'), versioned: 'write' },
  getPair: get('/pair'),
  commandPair: post('/pair/commands'),
} as const satisfies Partial<Record<OperationId, Route>>;

export type RoutedId = keyof typeof routes;
