/**
 * Lines of firewalls and of what speaks to a SIEM: Cisco ASA, Fortinet, Palo Alto, Sophos, SonicWall, Check Point, CEF, LEEF.
 *
 * Responsible for one part of the table in `real-world-lines.ts`, which says how to read it.
 */
import type { SyslogLine } from './real-world-lines.ts';

const said = '2024-01-02T01:20:30.000Z';

export const firewallLines: readonly SyslogLine[] = [
  {
    of: 'Cisco ASA: year and no host',
    line: '<166>Jan 02 2024 10:20:30: %ASA-6-302013: Built outbound TCP connection 1 for outside:192.0.2.1/80',
    is: {
      facility: 20,
      severity: 6,
      said,
      app: '%ASA-6-302013',
      text: '%ASA-6-302013: Built outbound TCP connection 1 for outside:192.0.2.1/80',
    },
  },
  {
    of: 'Cisco ASA: device id',
    line: '<166>Jan 02 2024 10:20:30 asa1 : %ASA-6-302014: Teardown TCP connection 1',
    is: {
      facility: 20,
      severity: 6,
      said,
      host: 'asa1',
      app: '%ASA-6-302014',
      text: '%ASA-6-302014: Teardown TCP connection 1',
    },
  },
  {
    of: 'Cisco ASA: no time',
    line: '<164>%ASA-4-106023: Deny tcp src outside:192.0.2.1/1 dst inside:192.0.2.2/22',
    is: {
      facility: 20,
      severity: 4,
      app: '%ASA-4-106023',
      text: '%ASA-4-106023: Deny tcp src outside:192.0.2.1/1 dst inside:192.0.2.2/22',
    },
  },
  {
    of: 'Cisco ASA: EMBLEM',
    line: '<166>:Jan 02 10:20:30 JST: %ASA-session-6-302015: Built inbound UDP connection',
    is: {
      facility: 20,
      severity: 6,
      said,
      app: '%ASA-session-6-302015',
      text: '%ASA-session-6-302015: Built inbound UDP connection',
    },
  },
  {
    of: 'Cisco FTD: ISO time',
    line: '<166>2024-01-02T01:20:30Z ftd1 : %FTD-6-430003: EventPriority: Low, DeviceUUID: 1234',
    is: {
      facility: 20,
      severity: 6,
      said,
      host: 'ftd1',
      app: '%FTD-6-430003',
      text: '%FTD-6-430003: EventPriority: Low, DeviceUUID: 1234',
    },
  },
  {
    of: 'Fortinet FortiGate',
    line: '<189>date=2024-01-02 time=10:20:30 devname="FGT-1" devid="FG100ETK" tz="+0900" logid="0100032002" type="event" level="alert" msg="Administrator \\"admin\\" login failed"',
    is: {
      facility: 23,
      severity: 5,
      said,
      host: 'FGT-1',
      text: 'date=2024-01-02 time=10:20:30 devname="FGT-1" devid="FG100ETK" tz="+0900" logid="0100032002" type="event" level="alert" msg="Administrator \\"admin\\" login failed"',
      fields: {
        date: '2024-01-02',
        time: '10:20:30',
        devname: 'FGT-1',
        devid: 'FG100ETK',
        tz: '+0900',
        logid: '0100032002',
        type: 'event',
        level: 'alert',
        msg: 'Administrator "admin" login failed',
      },
    },
  },
  {
    of: 'Fortinet FortiGate behind a relay',
    line: '<189>Jan  2 10:20:30 relay1 date=2024-01-02 time=10:20:29 devname=FGT-1 type=event',
    is: {
      facility: 23,
      severity: 5,
      said,
      host: 'relay1',
      text: 'date=2024-01-02 time=10:20:29 devname=FGT-1 type=event',
      fields: { date: '2024-01-02', time: '10:20:29', devname: 'FGT-1', type: 'event' },
    },
  },
  {
    of: 'Palo Alto PAN-OS: CSV',
    line: '<14>Jan  2 10:20:30 PA-VM 1,2024/01/02 10:20:30,007051000012345,SYSTEM,general,0,2024/01/02 10:20:30,,general,,0,0,general,informational,User admin logged in',
    is: {
      facility: 1,
      severity: 6,
      said,
      host: 'PA-VM',
      text: '1,2024/01/02 10:20:30,007051000012345,SYSTEM,general,0,2024/01/02 10:20:30,,general,,0,0,general,informational,User admin logged in',
    },
  },
  {
    of: 'Palo Alto PAN-OS: key=value by a custom format',
    line: '<14>Jan  2 10:20:30 PA-VM type=THREAT severity="high" src=192.0.2.1 action=drop',
    is: {
      facility: 1,
      severity: 6,
      said,
      host: 'PA-VM',
      text: 'type=THREAT severity="high" src=192.0.2.1 action=drop',
      fields: { type: 'THREAT', severity: 'high', src: '192.0.2.1', action: 'drop' },
    },
  },
  {
    of: 'Juniper SRX: flow, structured',
    line: '<14>1 2024-01-02T10:20:30.123+09:00 srx1 RT_FLOW - RT_FLOW_SESSION_DENY [junos@2636.1.1.1.2.129 source-address="192.0.2.1" source-port="1024" reason="policy deny"] session denied',
    is: {
      facility: 1,
      severity: 6,
      said: '2024-01-02T01:20:30.123Z',
      host: 'srx1',
      app: 'RT_FLOW',
      msgId: 'RT_FLOW_SESSION_DENY',
      text: 'session denied',
      fields: {
        'junos@2636.1.1.1.2.129.source-address': '192.0.2.1',
        'junos@2636.1.1.1.2.129.source-port': '1024',
        'junos@2636.1.1.1.2.129.reason': 'policy deny',
      },
    },
  },
  {
    of: 'Sophos XG',
    line: '<30>device="SFW" date=2024-01-02 time=10:20:30 timezone="JST" device_name="XG210" log_id=010101600001 status="Allow"',
    is: {
      facility: 3,
      severity: 6,
      said,
      host: 'XG210',
      text: 'device="SFW" date=2024-01-02 time=10:20:30 timezone="JST" device_name="XG210" log_id=010101600001 status="Allow"',
      fields: {
        device: 'SFW',
        date: '2024-01-02',
        time: '10:20:30',
        timezone: 'JST',
        device_name: 'XG210',
        log_id: '010101600001',
        status: 'Allow',
      },
    },
  },
  {
    of: 'SonicWall: time in one field',
    line: '<134>id=firewall sn=0017C5000000 time="2024-01-02 01:20:30 UTC" fw=192.0.2.1 pri=6 c=262144 m=98 msg="Connection Opened"',
    is: {
      facility: 16,
      severity: 6,
      said,
      text: 'id=firewall sn=0017C5000000 time="2024-01-02 01:20:30 UTC" fw=192.0.2.1 pri=6 c=262144 m=98 msg="Connection Opened"',
      fields: {
        id: 'firewall',
        sn: '0017C5000000',
        time: '2024-01-02 01:20:30 UTC',
        fw: '192.0.2.1',
        pri: '6',
        c: '262144',
        m: '98',
        msg: 'Connection Opened',
      },
    },
  },
  {
    of: 'Check Point: structured data of its own kind',
    line: '<134>1 2024-01-02T01:20:30Z cp1 CheckPoint 1234 - [action:"Accept"; flags:"411908"]',
    is: {
      facility: 16,
      severity: 6,
      said,
      host: 'cp1',
      app: 'CheckPoint',
      procId: '1234',
      text: '[action:"Accept"; flags:"411908"]',
    },
  },
  {
    of: 'CEF',
    line: '<13>Jan  2 10:20:30 arc1 CEF:0|Trend Micro|Deep Security Agent|20.0|4000000|Eicar|6|cn1=1 dhost=web1',
    is: {
      facility: 1,
      severity: 5,
      said,
      host: 'arc1',
      app: 'CEF',
      text: 'CEF:0|Trend Micro|Deep Security Agent|20.0|4000000|Eicar|6|cn1=1 dhost=web1',
    },
  },
  {
    of: 'LEEF',
    line: '<13>Jan  2 10:20:30 192.0.2.10 LEEF:1.0|Lancope|StealthWatch|1.0|41|src=192.0.2.0',
    is: {
      facility: 1,
      severity: 5,
      said,
      host: '192.0.2.10',
      app: 'LEEF',
      text: 'LEEF:1.0|Lancope|StealthWatch|1.0|41|src=192.0.2.0',
    },
  },
  {
    of: 'Linux netfilter',
    line: '<4>Jan  2 10:20:30 gw kernel: [99.1] DROP IN=eth0 OUT= SRC=192.0.2.1 DST=192.0.2.2',
    is: {
      facility: 0,
      severity: 4,
      said,
      host: 'gw',
      app: 'kernel',
      text: '[99.1] DROP IN=eth0 OUT= SRC=192.0.2.1 DST=192.0.2.2',
    },
  },
  {
    of: 'pfSense: filterlog',
    line: '<134>Jan  2 10:20:30 pf1 filterlog[88]: 5,,,1000000103,em0,match,block,in,4',
    is: {
      facility: 16,
      severity: 6,
      said,
      host: 'pf1',
      app: 'filterlog',
      procId: '88',
      text: '5,,,1000000103,em0,match,block,in,4',
    },
  },
  {
    of: 'a sentence that begins with one a=b is no row of fields',
    line: '<13>Jan  2 10:20:30 app1 calc: a=b is wrong',
    is: { facility: 1, severity: 5, said, host: 'app1', app: 'calc', text: 'a=b is wrong' },
  },
];
