// Which address shows which page. Pages are loaded when they are first shown; the graph alone is half of the code.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from '@tanstack/react-router';
import type { Backend } from './backend.tsx';
import { SignInPage } from '../features/access/sign-in-page.tsx';
import { HomePage } from '../features/home/home-page.tsx';
import { parseNotificationsSearch } from '../features/notifications/notifications-search.ts';
import { Gate } from './gate.tsx';
import { BrokenPage, NotFoundPage } from './problem-pages.tsx';
import {
  parseAccessSearch,
  parseApprovalsSearch,
  parseEditorSearch,
  parseEventsSearch,
  parseNetSearch,
  parseNetMapSearch,
  parseNetsSearch,
  parseNodesSearch,
  parseScopesSearch,
  parseSessionSearch,
  parseSessionsSearch,
  parseSignInSearch,
  parseStatusSearch,
  parseTrapMonitorSearch,
  parseTrapsSearch,
} from './search.ts';

const rootRoute = createRootRoute({ component: Outlet });
const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  component: SignInPage,
  validateSearch: parseSignInSearch,
});
const gateRoute = createRoute({ getParentRoute: () => rootRoute, id: 'gate', component: Gate });
const within = { getParentRoute: () => gateRoute } as const;

/** Whatever else is asked for: a page within the frame that says so. */
const elsewhereRoute = createRoute({ ...within, path: '$', component: NotFoundPage });
const homeRoute = createRoute({ ...within, path: '/', component: HomePage });
const netsRoute = createRoute({
  ...within,
  path: '/nets',
  validateSearch: parseNetsSearch,
  component: lazyRouteComponent(() => import('../features/jobs/nets-page.tsx'), 'NetsPage'),
});
const newNetRoute = createRoute({
  ...within,
  path: '/nets/new',
  validateSearch: parseEditorSearch,
  component: lazyRouteComponent(() => import('../features/jobs/editor/edit-pages.tsx'), 'NewNetPage'),
});
const applyRoute = createRoute({
  ...within,
  path: '/nets/apply',
  component: lazyRouteComponent(() => import('../features/jobs/apply-page.tsx'), 'ApplyPage'),
});
const netMapRoute = createRoute({
  ...within,
  path: '/nets/map',
  validateSearch: parseNetMapSearch,
  component: lazyRouteComponent(() => import('../features/jobs/map/net-map-page.tsx'), 'NetMapPage'),
});
const netRoute = createRoute({
  ...within,
  path: '/net/$name',
  validateSearch: parseNetSearch,
  component: lazyRouteComponent(() => import('../features/jobs/net-page.tsx'), 'NetPage'),
});
const editNetRoute = createRoute({
  ...within,
  path: '/net/$name/edit',
  validateSearch: parseEditorSearch,
  component: lazyRouteComponent(() => import('../features/jobs/editor/edit-pages.tsx'), 'EditNetPage'),
});
const sessionsRoute = createRoute({
  ...within,
  path: '/sessions',
  validateSearch: parseSessionsSearch,
  component: lazyRouteComponent(() => import('../features/jobs/sessions-page.tsx'), 'SessionsPage'),
});
const sessionRoute = createRoute({
  ...within,
  path: '/sessions/$id',
  validateSearch: parseSessionSearch,
  component: lazyRouteComponent(() => import('../features/jobs/session-page.tsx'), 'SessionPage'),
});
const editSessionRoute = createRoute({
  ...within,
  path: '/sessions/$id/edit',
  validateSearch: parseEditorSearch,
  component: lazyRouteComponent(
    () => import('../features/jobs/editor/edit-session-page.tsx'),
    'EditSessionPage',
  ),
});
const eventsRoute = createRoute({
  ...within,
  path: '/events',
  validateSearch: parseEventsSearch,
  component: lazyRouteComponent(() => import('../features/events/events-page.tsx'), 'EventsPage'),
});
const eventRoute = createRoute({
  ...within,
  path: '/events/$id',
  component: lazyRouteComponent(() => import('../features/events/event-page.tsx'), 'EventPage'),
});
const statusRoute = createRoute({
  ...within,
  path: '/status',
  validateSearch: parseStatusSearch,
  component: lazyRouteComponent(() => import('../features/status/status-page.tsx'), 'StatusPage'),
});
const nodesRoute = createRoute({
  ...within,
  path: '/nodes',
  validateSearch: parseNodesSearch,
  component: lazyRouteComponent(() => import('../features/inventory/nodes-page.tsx'), 'NodesPage'),
});
const nodeRoute = createRoute({
  ...within,
  path: '/nodes/$name',
  component: lazyRouteComponent(() => import('../features/inventory/node-page.tsx'), 'NodePage'),
});
const scopesRoute = createRoute({
  ...within,
  path: '/scopes',
  validateSearch: parseScopesSearch,
  component: lazyRouteComponent(() => import('../features/inventory/scopes-page.tsx'), 'ScopesPage'),
});
const approvalsRoute = createRoute({
  ...within,
  path: '/approvals',
  validateSearch: parseApprovalsSearch,
  component: lazyRouteComponent(() => import('../features/approvals/approvals-page.tsx'), 'ApprovalsPage'),
});
const calendarsRoute = createRoute({
  ...within,
  path: '/calendars',
  component: lazyRouteComponent(() => import('../features/calendars/calendars-page.tsx'), 'CalendarsPage'),
});
const placesRoute = createRoute({
  ...within,
  path: '/places',
  component: lazyRouteComponent(() => import('../features/places/places-page.tsx'), 'PlacesPage'),
});
const calendarRoute = createRoute({
  ...within,
  path: '/calendar/$name',
  component: lazyRouteComponent(() => import('../features/calendars/calendar-page.tsx'), 'CalendarPage'),
});
const operationsRoute = createRoute({
  ...within,
  path: '/operations',
  component: lazyRouteComponent(() => import('../features/operations/operations-page.tsx'), 'OperationsPage'),
});
const trapsPage = () => import('../features/traps/traps-page.tsx');
const trapMonitorPage = () => import('../features/traps/monitor-page.tsx');
const trapsRoute = createRoute({
  ...within,
  path: '/traps',
  component: lazyRouteComponent(trapsPage, 'TrapsIndex'),
});
const trapsSectionRoute = createRoute({
  ...within,
  path: '/traps/$section',
  validateSearch: parseTrapsSearch,
  component: lazyRouteComponent(trapsPage, 'TrapsPage'),
});
const trapMonitorRoute = createRoute({
  ...within,
  path: '/traps/monitor/$name',
  validateSearch: parseTrapMonitorSearch,
  component: lazyRouteComponent(trapMonitorPage, 'MonitorPage'),
});
const newTrapMonitorRoute = createRoute({
  ...within,
  path: '/traps/new-monitor',
  validateSearch: parseTrapMonitorSearch,
  component: lazyRouteComponent(trapMonitorPage, 'NewMonitorPage'),
});
const notificationsPage = () => import('../features/notifications/notifications-page.tsx');
const notificationsRoute = createRoute({
  ...within,
  path: '/notifications',
  component: lazyRouteComponent(notificationsPage, 'NotificationsIndex'),
});
const notificationsSectionRoute = createRoute({
  ...within,
  path: '/notifications/$section',
  validateSearch: parseNotificationsSearch,
  component: lazyRouteComponent(notificationsPage, 'NotificationsPage'),
});
const newNotificationRoute = createRoute({
  ...within,
  path: '/notifications/new/$kind',
  validateSearch: parseNotificationsSearch,
  component: lazyRouteComponent(notificationsPage, 'NewNotificationPage'),
});
const editNotificationRoute = createRoute({
  ...within,
  path: '/notifications/edit/$kind/$name',
  component: lazyRouteComponent(notificationsPage, 'EditNotificationPage'),
});
const pairRoute = createRoute({
  ...within,
  path: '/pair',
  component: lazyRouteComponent(() => import('../features/pair/pair-page.tsx'), 'PairPage'),
});
const accessRoute = createRoute({
  ...within,
  path: '/access',
  component: lazyRouteComponent(() => import('../features/access/access-page.tsx'), 'AccessIndex'),
});
const accessSectionRoute = createRoute({
  ...within,
  path: '/access/$section',
  validateSearch: parseAccessSearch,
  component: lazyRouteComponent(() => import('../features/access/access-page.tsx'), 'AccessPage'),
});
const userRoute = createRoute({
  ...within,
  path: '/access/user/$name',
  component: lazyRouteComponent(() => import('../features/access/user-page.tsx'), 'UserPage'),
});
const roleRoute = createRoute({
  ...within,
  path: '/access/role/$name',
  component: lazyRouteComponent(() => import('../features/access/role-page.tsx'), 'RolePage'),
});
const newRoleRoute = createRoute({
  ...within,
  path: '/access/new-role',
  component: lazyRouteComponent(() => import('../features/access/role-page.tsx'), 'NewRolePage'),
});
const accountRoute = createRoute({
  ...within,
  path: '/account',
  component: lazyRouteComponent(() => import('../features/access/account-page.tsx'), 'AccountIndex'),
});
const accountSectionRoute = createRoute({
  ...within,
  path: '/account/$section',
  component: lazyRouteComponent(() => import('../features/access/account-page.tsx'), 'AccountPage'),
});
const settingsRoute = createRoute({
  ...within,
  path: '/settings',
  component: lazyRouteComponent(() => import('../features/system/settings-page.tsx'), 'SettingsIndex'),
});
const settingsSectionRoute = createRoute({
  ...within,
  path: '/settings/$section',
  component: lazyRouteComponent(() => import('../features/system/settings-page.tsx'), 'SettingsPage'),
});

const routeTree = rootRoute.addChildren([
  signInRoute,
  gateRoute.addChildren([
    homeRoute,
    netsRoute,
    netMapRoute,
    newNetRoute,
    applyRoute,
    netRoute,
    editNetRoute,
    sessionsRoute,
    sessionRoute,
    editSessionRoute,
    eventsRoute,
    eventRoute,
    statusRoute,
    nodesRoute,
    nodeRoute,
    scopesRoute,
    approvalsRoute,
    calendarsRoute,
    placesRoute,
    calendarRoute,
    operationsRoute,
    trapsRoute,
    trapsSectionRoute,
    trapMonitorRoute,
    newTrapMonitorRoute,
    notificationsRoute,
    notificationsSectionRoute,
    newNotificationRoute,
    editNotificationRoute,
    pairRoute,
    accessRoute,
    accessSectionRoute,
    userRoute,
    roleRoute,
    newRoleRoute,
    accountRoute,
    accountSectionRoute,
    settingsRoute,
    settingsSectionRoute,
    elsewhereRoute,
  ]),
]);

export const createConsoleRouter = (backend: Backend) =>
  createRouter({
    routeTree,
    context: { backend },
    defaultPreload: 'intent',
    defaultErrorComponent: BrokenPage,
    defaultNotFoundComponent: NotFoundPage,
    scrollRestoration: true,
    // Without it, what validateSearch drops would reach the page all the same.
    search: { strict: true },
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
