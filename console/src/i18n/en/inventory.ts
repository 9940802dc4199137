// English texts of agents, nodes and scopes.

export const inventoryEn = {
  agents: {
    title: 'Agents',
    add: 'Add an agent',
    certificateSoon: 'ends soon',
    lastSeen: 'last seen',
    columns: {
      name: 'Node',
      connection: 'Connection',
      running: 'Running',
      platform: 'Platform',
      version: 'Version',
      address: 'Address',
      scopes: 'Scopes',
      certificate: 'Certificate until',
    },
    none: {
      title: 'No agents yet',
      text: 'An agent runs the commands of job nets on a host. Add one, and paste the line it shows on that host.',
    },
    join: {
      title: 'Add an agent',
      text: 'Make a join token, then paste the line on the new host. The agent connects to this manager by itself; nothing connects to the host.',
      lifetime: 'The token is valid for',
      hour: '1 hour',
      day: '1 day',
      week: '7 days',
      make: 'Make a token',
      paste:
        'Run this on the new host, as the user that the agent shall run as (root, if jobs run as several users):',
      once: 'The token works once and is shown only here.',
      expires: 'It ends',
      waiting: 'Waiting for the agent …',
      arrived: 'The agent of {{node}} has joined.',
      expired: 'The token has ended. Close this and make another one.',
    },
    remove: {
      action: 'Remove',
      one: 'Remove {{node}}',
      title: 'Remove {{node}}?',
      text: 'Its certificate is refused from now on. To come back, the agent must join again with a new token.',
      done: '{{node}} was removed.',
    },
  },
};
