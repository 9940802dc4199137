// English texts of forms, and of what the signed-in user may do.

export const formsEn = {
  outlook: {
    pending: 'Looking at what this would stop ...',
    more: '{{count}} more',
    hidden: 'Of these in job nets that you may not see: {{count}}',
  },
  form: {
    saved: 'Saved.',
    unsaved: 'Not saved yet',
    discard: 'Discard changes',
    undo: 'Undo the save',
    leave: {
      title: 'Leave without saving?',
      text: 'What you have changed here is lost.',
      confirm: 'Leave',
    },
    conflict: {
      title: 'Somebody else has changed this meanwhile',
      text: '{{user}} saved another version after you opened this. Look at it first, or save yours in its place: then the other change is lost.',
      textNobody:
        'It was changed or deleted after you opened this. Look at it first, or save yours in its place.',
      theirs: 'Drop mine, show theirs',
      mine: 'Save mine over it',
    },
  },
  may: {
    lookOnly: 'You may look here, but not change anything. It takes the right “{{right}}”.',
    forbidden: {
      title: 'Not for you to see',
      text: 'This page takes the right “{{right}}”. An administrator can give it to you by a role.',
    },
  },
  rights: {
    nets: {
      area: 'Job nets',
      read: { name: 'See job nets', text: 'Definitions, sessions and their history' },
      write: { name: 'Change job nets', text: 'Create, change, delete and apply definitions' },
      run: { name: 'Run job nets', text: 'Start sessions; stop, rerun, hold, skip; freeze a net' },
      kill: { name: 'Kill commands', text: 'End what runs at once, without time to clean up' },
      approve: { name: 'Approve', text: 'Decide where sessions wait for approval' },
      correct: { name: 'Correct results', text: 'Set the result of a unit by hand' },
    },
    output: {
      area: 'Output',
      read: { name: 'Read output', text: 'What commands wrote; it may hold confidential data' },
    },
    nodes: {
      area: 'Nodes and scopes',
      read: { name: 'See nodes', text: 'Nodes, agents and scopes' },
      write: { name: 'Manage nodes', text: 'Add and remove nodes, change scopes, freeze a node' },
    },
    events: {
      area: 'Events',
      read: { name: 'See events', text: 'Events of nodes and of the manager' },
      confirm: { name: 'Confirm events', text: 'Confirm and comment' },
    },
    traps: {
      area: 'Traps',
      read: { name: 'See traps', text: 'Traps as they came, trap monitors, aliases and MIBs' },
      write: { name: 'Change trap monitors', text: 'Trap monitors, aliases, MIBs, SNMP users' },
    },
    secrets: {
      area: 'Secrets',
      use: {
        name: 'Use kept secrets',
        text: 'Name them in job nets, see which there are; never their values',
      },
      write: { name: 'Set kept secrets', text: 'Set and delete them' },
    },
    notifications: {
      area: 'Notifications',
      read: { name: 'See notifications', text: 'Rules and what they sent' },
      use: { name: 'Use channels', text: 'Name them in job nets, which then send by them' },
      write: { name: 'Change notifications', text: 'Create, change, delete and test rules' },
    },
    calendars: {
      area: 'Calendars',
      read: { name: 'See calendars', text: 'Their days and who uses them' },
      write: { name: 'Change calendars', text: 'Open and close days, which moves starts and notifications' },
    },
    system: {
      area: 'Operation',
      operate: { name: 'Operate the system', text: 'Freeze, drain and resume all; maintenance windows' },
    },
    settings: {
      area: 'Settings',
      read: { name: 'See settings', text: 'Retention, password policy, thresholds' },
      write: { name: 'Change settings', text: 'All sections of the settings' },
    },
    access: {
      area: 'Users and roles',
      read: { name: 'See users', text: 'Users, roles, tokens and sign-ins of others' },
      write: {
        name: 'Manage users',
        text: 'Create and change users and roles; whoever has this can get every right',
      },
    },
    audit: {
      area: 'Audit log',
      read: { name: 'Read the audit log', text: 'Who did what; search and export' },
    },
    pair: {
      area: 'Pair',
      read: { name: 'See the pair', text: 'State of both hosts' },
      operate: { name: 'Operate the pair', text: 'Switch, maintenance, recovery' },
    },
    backup: {
      area: 'Backup',
      read: { name: 'See backups', text: 'List and verify' },
      operate: { name: 'Operate backups', text: 'Create backups and change their schedule' },
    },
  },
};
