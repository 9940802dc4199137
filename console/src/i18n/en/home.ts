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
    failures: {
      title: 'Failed, not dealt with',
      none: 'Nothing has failed that is not confirmed.',
      unit: 'at {{unit}}',
      unitCode: 'at {{unit}}, exit code {{code}}',
      confirm: 'Confirm all events of session {{id}}',
    },
    next: {
      title: 'Next runs',
      none: 'Nothing is scheduled. Add "schedules" to the definition of a job net.',
    },
    agents: {
      title: 'Agents away',
      none: 'All agents are connected.',
      noAgents: 'There is no agent yet. Add one under Nodes.',
    },
    events: { title: 'Other critical events, unconfirmed', none: 'Nothing critical is waiting.' },
  },
};
