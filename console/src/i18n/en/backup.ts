// English texts of backups, in the settings.

export const backupEn = {
  backup: {
    now: {
      action: 'Make one now',
      begun: 'The backup has begun.',
      progress: 'Backup under way',
      phase: {
        starting: 'The database makes a checkpoint',
        copying: 'Copying',
        flushing: 'Flushing to the disk',
        verifying: 'Verifying',
        tidying: 'Removing old ones',
      },
      of: '{{bytes}} of about {{total}}',
      noFolder: 'Name a folder for the backups below and save it; then the first one can be made.',
    },
    state: {
      title: 'State',
      lastMade: 'Last made',
      never: 'Never',
      verified: 'verified',
      by: 'by {{host}}',
      next: 'Next',
      noNext: 'None by itself',
      log: 'Log archived up to',
      logOff: 'Off: a restore reaches the last backup only',
      logTrouble: 'The log is not archived now',
      failed: 'The last backup failed',
    },
    list: {
      title: 'Backups in {{directory}}',
      none: { title: 'No backup yet', text: 'Make one now, or wait for the time of the schedule.' },
      problem: 'The list is not whole',
      columns: {
        name: 'Backup',
        holds: 'Holds everything up to',
        age: 'Age',
        size: 'Size',
        verified: 'Verified',
        log: 'To any time up to',
      },
      how: { checksums: 'checksums', restore: 'test restore' },
      notVerified: 'Not verified',
      sealed: 'Keys sealed',
    },
    form: {
      title: 'Schedule',
      text: 'The manager on duty makes and verifies them by itself; one that was missed is made up. They are restored on the host, with "nezuban backup restore".',
      directory: 'Folder',
      directoryText:
        'On the host of the master; in a pair on both hosts, best one that both share. Keep it on another disk than the data.',
      daily: 'Every day',
      dailyAt: 'Time',
      dailyText: "In the manager's time zone.",
      keep: 'Keep',
      keepText: 'The newest ones. Older ones go once a newer one has been verified.',
      passphraseFile: 'File with a passphrase',
      passphraseText:
        'On the host of the manager. Its first line seals CA and keys in the backup; without it they lie there as files of their owner.',
      archive: 'Archive the log',
      archiveText: 'A restore reaches any point in time, and the loss of the host costs about a second.',
    },
  },
};
