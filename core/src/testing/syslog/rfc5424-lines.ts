/**
 * Lines of RFC 5424: its own examples, what programs make of it, and what is broken.
 *
 * Responsible for one part of the table in `real-world-lines.ts`, which says how to read it.
 */
import type { SyslogLine } from './real-world-lines.ts';

const said = '2024-01-02T01:20:30.000Z';

export const rfc5424Lines: readonly SyslogLine[] = [
  {
    of: 'rsyslog: RSYSLOG_SyslogProtocol23Format of a message that came as RFC 3164',
    line: '<11>1 2024-01-02T01:20:30+00:00 web1 nightly - - -  job failed',
    is: { facility: 1, severity: 3, said, host: 'web1', app: 'nightly', text: 'job failed' },
  },
  {
    of: 'logger of util-linux',
    line: '<13>1 2024-01-02T10:20:30.747207+09:00 vm nightly - - [timeQuality tzKnown="1" isSynced="0"] by logger',
    is: {
      facility: 1,
      severity: 5,
      said: '2024-01-02T01:20:30.747Z',
      host: 'vm',
      app: 'nightly',
      text: 'by logger',
      fields: { 'timeQuality.tzKnown': '1', 'timeQuality.isSynced': '0' },
    },
  },
  {
    of: 'RFC 5424, example 1',
    line: "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \uFEFF'su root' failed for lonvick on /dev/pts/8",
    is: {
      facility: 4,
      severity: 2,
      said: '2003-10-11T22:14:15.003Z',
      host: 'mymachine.example.com',
      app: 'su',
      msgId: 'ID47',
      text: "'su root' failed for lonvick on /dev/pts/8",
    },
  },
  {
    of: 'RFC 5424, example 2: microseconds and an offset',
    line: "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time to make the do-nuts.",
    is: {
      facility: 20,
      severity: 5,
      said: '2003-08-24T12:14:15.000Z',
      host: '192.0.2.1',
      app: 'myproc',
      procId: '8710',
      text: "%% It's time to make the do-nuts.",
    },
  },
  {
    of: 'RFC 5424, example 3: structured data',
    line: '<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut="3" eventSource="Application" eventID="1011"] \uFEFFAn application event log entry...',
    is: {
      facility: 20,
      severity: 5,
      said: '2003-10-11T22:14:15.003Z',
      host: 'mymachine.example.com',
      app: 'evntslog',
      msgId: 'ID47',
      text: 'An application event log entry...',
      fields: {
        'exampleSDID@32473.iut': '3',
        'exampleSDID@32473.eventSource': 'Application',
        'exampleSDID@32473.eventID': '1011',
      },
    },
  },
  {
    of: 'RFC 5424, example 4: structured data alone',
    line: '<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut="3"][examplePriority@32473 class="high"]',
    is: {
      facility: 20,
      severity: 5,
      said: '2003-10-11T22:14:15.003Z',
      host: 'mymachine.example.com',
      app: 'evntslog',
      msgId: 'ID47',
      text: '',
      fields: { 'exampleSDID@32473.iut': '3', 'examplePriority@32473.class': 'high' },
    },
  },
  {
    of: 'RFC 5424: escapes, a name that repeats, an element without parameters',
    line: String.raw`<13>1 2024-01-02T01:20:30Z h a 1 m [origin ip="192.0.2.1" ip="192.0.2.2"][x q="a \"b\" \\ \] c:\d"][flag] text`,
    is: {
      facility: 1,
      severity: 5,
      said,
      host: 'h',
      app: 'a',
      procId: '1',
      msgId: 'm',
      text: 'text',
      fields: {
        'origin.ip': '192.0.2.1',
        'origin.ip.2': '192.0.2.2',
        'x.q': String.raw`a "b" \ ] c:\d`,
        flag: '',
      },
    },
  },
  {
    of: 'RFC 5424: everything nil',
    line: '<13>1 - - - - - -',
    is: { facility: 1, severity: 5, text: '' },
  },
  {
    of: 'RFC 5424: everything nil, with text',
    line: '<13>1 - - - - - - text',
    is: { facility: 1, severity: 5, text: 'text' },
  },
  {
    of: 'RFC 5424: structured data left away',
    line: '<13>1 2024-01-02T01:20:30Z h app 1 m plain text',
    is: {
      facility: 1,
      severity: 5,
      said,
      host: 'h',
      app: 'app',
      procId: '1',
      msgId: 'm',
      text: 'plain text',
    },
  },
  {
    of: 'RFC 5424: structured data that ends in the middle',
    line: '<13>1 2024-01-02T01:20:30Z h app 1 m [a b="1"][c d="2',
    is: {
      facility: 1,
      severity: 5,
      said,
      host: 'h',
      app: 'app',
      procId: '1',
      msgId: 'm',
      text: '[c d="2',
      fields: { 'a.b': '1' },
      malformed: 'its structured data is broken behind character 46',
    },
  },
  {
    of: 'RFC 5424: header that ends too early',
    line: '<13>1 2024-01-02T01:20:30Z h app',
    is: {
      facility: 1,
      severity: 5,
      said,
      host: 'h',
      app: 'app',
      text: '',
      malformed: 'its RFC 5424 header ends too early',
    },
  },
  {
    of: 'systemd journal by rsyslog, RFC 5424',
    line: '<30>1 2024-01-02T10:20:30.5+09:00 web1 systemd 1 - - Stopped target Timers.',
    is: {
      facility: 3,
      severity: 6,
      said: '2024-01-02T01:20:30.500Z',
      host: 'web1',
      app: 'systemd',
      procId: '1',
      text: 'Stopped target Timers.',
    },
  },
  {
    of: 'a leap second',
    line: '<13>1 2016-12-31T23:59:60Z h app - - - x',
    is: { facility: 1, severity: 5, said: '2017-01-01T00:00:00.000Z', host: 'h', app: 'app', text: 'x' },
  },
];
