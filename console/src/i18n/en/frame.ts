// English texts of the frame around every page.

export const frameEn = {
  frame: {
    skip: 'Skip to the content',
    homeLink: 'Nezuban, to the overview',
    language: 'Language',
    menu: 'Menu',
    navigation: 'Main navigation',
    restarted: 'The manager was restarted (version {{version}}). Everything has been loaded anew.',
    signOut: 'Sign out',
    user: 'Signed in as {{user}}',
    version: 'Nezuban {{version}}',
    scheme: { label: 'Colours', auto: 'As the system', light: 'Light', dark: 'Dark' },
    connection: {
      lost: 'No connection to the manager. What you see may be out of date.',
      since: 'For {{duration}}; next try in {{seconds}} s',
      retry: 'Try now',
    },
  },
  nav: {
    home: 'Overview',
    nets: 'Job nets',
    sessions: 'Sessions',
    events: 'Events',
    status: 'Status',
    nodes: 'Nodes',
    approvals: 'To approve',
    calendars: 'Calendars',
    places: 'Queues and locks',
    operations: 'Operations',
    traps: 'Traps',
    notifications: 'Notifications',
    pair: 'Pair',
    access: 'Access',
    settings: 'Settings',
    badge: {
      runningSessions: '{{count}} running',
      unconfirmedCritical: '{{count}} critical, unconfirmed',
      approvals: '{{count}} for you to decide',
    },
  },
};
