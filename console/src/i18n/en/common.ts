// English texts of what every page uses: buttons, errors, states.

export const commonEn = {
  actions: {
    cancel: 'Cancel',
    close: 'Close',
    copied: 'Copied',
    copy: 'Copy',
    delete: 'Delete',
    edit: 'Edit',
    loadMore: 'Load more',
    more: 'More actions',
    reload: 'Reload the page',
    retry: 'Try again',
    save: 'Save',
  },
  errors: {
    line: 'Line {{line}}',
    moreIssues: 'and {{count}} more',
    requestId: 'Request {{id}}',
    retryAfter: 'Wait {{seconds}} seconds, then try again.',
    unreachable: {
      title: 'The manager does not answer',
      remedy: 'It may be restarting, or the network is down. Try again in some seconds.',
    },
    mismatch: {
      title: 'The answer is not understood',
      remedy: 'The manager may have been updated. Reload the page.',
    },
    unexpected: {
      title: 'Something broke in this page',
      remedy: 'Reload the page. If it happens again, please report it.',
    },
  },
  notFound: {
    title: 'Not found',
    heading: 'There is nothing at this address',
    text: 'The link may be old, or what it led to has been deleted.',
    home: 'To the overview',
  },
  states: { loading: 'Loading' },
  status: {
    end: { normal: 'Normal', warning: 'Warning', abnormal: 'Abnormal', unknown: 'Unknown' },
    unit: {
      waiting: 'Waiting',
      held: 'Held',
      starting: 'Starting',
      running: 'Running',
      retry_wait: 'Waiting to retry',
      stopping: 'Stopping',
      ended: 'Ended',
      skipped: 'Skipped',
      not_run: 'Not run',
      stopped: 'Stopped',
    },
    session: { running: 'Running', stopping: 'Stopping', stopped: 'Stopped', ended: 'Ended' },
    attempt: {
      pending: 'Sent',
      accepted: 'Accepted',
      running: 'Running',
      ended: 'Ended',
      refused: 'Refused',
    },
    priority: { info: 'Info', unknown: 'Unknown', warning: 'Warning', critical: 'Critical' },
    connection: { connected: 'Connected', disconnected: 'Disconnected', never: 'Never connected' },
    delivery: { pending: 'Waiting', sent: 'Sent', failed: 'Failed' },
  },
};
