// English texts of the overview.

export const homeEn = {
  home: {
    title: 'Overview',
    all: 'Show all',
    allCount: 'Show all ({{count}})',
    counts: {
      running: 'Running sessions',
      agents: 'Agents connected',
      critical: 'Critical, unconfirmed',
      nets: 'Job nets',
    },
    first: {
      title: 'Welcome',
      text: 'There is no job net yet. Install the sample to see a small night run work on this machine, or write one of your own under Job nets.',
    },
    running: { title: 'Running now', none: 'Nothing is running.' },
    failures: { title: 'Recent failures', none: 'No session ended abnormally.' },
    next: { title: 'Next runs', none: 'Nothing is scheduled.' },
    agents: { title: 'Agents away', none: 'All agents are connected.' },
    events: { title: 'Critical events, unconfirmed', none: 'Nothing critical is waiting.' },
  },
};
