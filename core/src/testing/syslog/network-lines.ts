/**
 * Lines of switches, routers, load balancers and appliances.
 *
 * Responsible for one part of the table in `real-world-lines.ts`, which says how to read it.
 */
import type { SyslogLine } from './real-world-lines.ts';

const said = '2024-01-02T01:20:30.000Z';
const saidMs = '2024-01-02T01:20:30.123Z';

export const networkLines: readonly SyslogLine[] = [
  {
    of: 'Cisco IOS: clock never set',
    line: '<189>45: *Mar  1 00:00:00.123 UTC: %SYS-5-CONFIG_I: Configured from console by vty0 (10.0.0.1)',
    is: {
      facility: 23,
      severity: 5,
      app: '%SYS-5-CONFIG_I',
      text: '%SYS-5-CONFIG_I: Configured from console by vty0 (10.0.0.1)',
    },
  },
  {
    of: 'Cisco IOS: sequence number, clock set by NTP',
    line: '<187>000046: Jan  2 10:20:30.123 JST: %LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down',
    is: {
      facility: 23,
      severity: 3,
      said: saidMs,
      app: '%LINK-3-UPDOWN',
      text: '%LINK-3-UPDOWN: Interface GigabitEthernet0/1, changed state to down',
    },
  },
  {
    of: 'Cisco IOS: lost its time server, zone unknown',
    line: '<187>46: .Jan  2 10:20:30.123 NZDT: %LINK-3-UPDOWN: Interface Gi0/1, changed state to up',
    is: {
      facility: 23,
      severity: 3,
      said: saidMs,
      app: '%LINK-3-UPDOWN',
      text: '%LINK-3-UPDOWN: Interface Gi0/1, changed state to up',
    },
  },
  {
    of: 'Cisco IOS: origin id and two numbers',
    line: '<189>45: router1: 000046: *Jan  2 10:20:30.123: %SYS-5-RESTART: System restarted --',
    is: {
      facility: 23,
      severity: 5,
      said: saidMs,
      host: 'router1',
      app: '%SYS-5-RESTART',
      text: '%SYS-5-RESTART: System restarted --',
    },
  },
  {
    of: 'Cisco IOS: year behind the day',
    line: '<189>45: Jan  2 2024 10:20:30.123 JST: %SYS-6-LOGOUT: User admin has exited tty session 2',
    is: {
      facility: 23,
      severity: 5,
      said: saidMs,
      app: '%SYS-6-LOGOUT',
      text: '%SYS-6-LOGOUT: User admin has exited tty session 2',
    },
  },
  {
    of: 'Cisco IOS: no timestamps configured',
    line: '<189>45: %SYS-5-CONFIG_I: Configured from memory by console',
    is: {
      facility: 23,
      severity: 5,
      app: '%SYS-5-CONFIG_I',
      text: '%SYS-5-CONFIG_I: Configured from memory by console',
    },
  },
  {
    of: 'Cisco IOS behind a relay that adds a header',
    line: '<189>Jan  2 10:20:30 10.0.0.1 45: *Jan  2 10:20:29.900: %SYS-5-CONFIG_I: Configured from console',
    is: {
      facility: 23,
      severity: 5,
      said,
      host: '10.0.0.1',
      app: '%SYS-5-CONFIG_I',
      text: '%SYS-5-CONFIG_I: Configured from console',
    },
  },
  {
    of: 'Cisco NX-OS: year in front',
    line: '<187>: 2024 Jan  2 10:20:30.123 JST: %ETHPORT-5-IF_DOWN_LINK_FAILURE: Interface Ethernet1/1 is down (Link failure)',
    is: {
      facility: 23,
      severity: 3,
      said: saidMs,
      app: '%ETHPORT-5-IF_DOWN_LINK_FAILURE',
      text: '%ETHPORT-5-IF_DOWN_LINK_FAILURE: Interface Ethernet1/1 is down (Link failure)',
    },
  },
  {
    of: 'Cisco IOS XR: node before the time',
    line: '<187>1234: router7 RP/0/RSP0/CPU0:Jan  2 10:20:30.123 JST: ifmgr[227]: %PKT_INFRA-LINK-3-UPDOWN : Interface TenGigE0/0/0/1, changed state to Down',
    is: {
      facility: 23,
      severity: 3,
      said: saidMs,
      host: 'router7',
      app: 'ifmgr',
      procId: '227',
      text: '%PKT_INFRA-LINK-3-UPDOWN : Interface TenGigE0/0/0/1, changed state to Down',
    },
  },
  {
    of: 'Cisco WLC',
    line: '<131>WLC1: *spamApTask0: Jan 02 10:20:30.123: %CAPWAP-3-ECHO_ERR: capwap_ac_sm.c:7037 Did not receive heartbeat',
    is: {
      facility: 16,
      severity: 3,
      app: 'WLC1',
      text: '*spamApTask0: Jan 02 10:20:30.123: %CAPWAP-3-ECHO_ERR: capwap_ac_sm.c:7037 Did not receive heartbeat',
    },
  },
  {
    of: 'Cisco Meraki: version and seconds since 1970',
    line: '<134>1 1704158430.123456789 MX84 events type=vpn_connectivity_change vpn_type="site-to-site"',
    is: {
      facility: 16,
      severity: 6,
      said: saidMs,
      host: 'MX84',
      text: 'events type=vpn_connectivity_change vpn_type="site-to-site"',
    },
  },
  {
    of: 'Juniper JunOS: standard',
    line: '<28>Jan  2 10:20:30 mx1 rpd[1234]: RPD_OSPF_NBRDOWN: OSPF neighbor 10.0.0.2 (realm ospf-v2 ge-0/0/0.0 area 0.0.0.0) state changed from Full to Down',
    is: {
      facility: 3,
      severity: 4,
      said,
      host: 'mx1',
      app: 'rpd',
      procId: '1234',
      text: 'RPD_OSPF_NBRDOWN: OSPF neighbor 10.0.0.2 (realm ospf-v2 ge-0/0/0.0 area 0.0.0.0) state changed from Full to Down',
    },
  },
  {
    of: 'Juniper JunOS: explicit priority',
    line: '<28>Jan  2 10:20:30.123 2024 mx1 mib2d[1500]: %DAEMON-4-SNMP_TRAP_LINK_DOWN: ifIndex 531, ifAdminStatus up(1)',
    is: {
      facility: 3,
      severity: 4,
      said: saidMs,
      host: 'mx1',
      app: 'mib2d',
      procId: '1500',
      text: '%DAEMON-4-SNMP_TRAP_LINK_DOWN: ifIndex 531, ifAdminStatus up(1)',
    },
  },
  {
    of: 'Juniper JunOS: structured',
    line: '<165>1 2007-02-15T09:17:15.719Z aspen mgd 3046 UI_DBASE_LOGOUT_EVENT [junos@2636.1.1.1.2.18 username="user"] User \'user\' exiting configuration mode',
    is: {
      facility: 20,
      severity: 5,
      said: '2007-02-15T09:17:15.719Z',
      host: 'aspen',
      app: 'mgd',
      procId: '3046',
      msgId: 'UI_DBASE_LOGOUT_EVENT',
      text: "User 'user' exiting configuration mode",
      fields: { 'junos@2636.1.1.1.2.18.username': 'user' },
    },
  },
  {
    of: 'Arista EOS',
    line: '<189>Jan  2 10:20:30 leaf1 Ebra: %LINEPROTO-5-UPDOWN: Line protocol on Interface Ethernet1, changed state to down',
    is: {
      facility: 23,
      severity: 5,
      said,
      host: 'leaf1',
      app: 'Ebra',
      text: '%LINEPROTO-5-UPDOWN: Line protocol on Interface Ethernet1, changed state to down',
    },
  },
  {
    of: 'HPE ProCurve',
    line: '<188>Jan  2 10:20:30 10.0.0.5 00076 ports:  port A1 is now off-line',
    is: {
      facility: 23,
      severity: 4,
      said,
      host: '10.0.0.5',
      text: '00076 ports:  port A1 is now off-line',
    },
  },
  {
    of: 'HPE Comware and H3C: year behind, milliseconds behind a colon',
    line: '<187>Jan  2 10:20:30:123 2024 H3C %%10IFNET/3/PHY_UPDOWN: Physical state on the interface GigabitEthernet1/0/1 changed to down.',
    is: {
      facility: 23,
      severity: 3,
      said: saidMs,
      host: 'H3C',
      app: '%%10IFNET/3/PHY_UPDOWN',
      text: '%%10IFNET/3/PHY_UPDOWN: Physical state on the interface GigabitEthernet1/0/1 changed to down.',
    },
  },
  {
    of: 'Huawei VRP',
    line: '<190>Jan  2 2024 10:20:30 HUAWEI %%01SHELL/5/CMDRECORD(l)[12]:Record command information.',
    is: {
      facility: 23,
      severity: 6,
      said,
      host: 'HUAWEI',
      app: '%%01SHELL/5/CMDRECORD(l)',
      procId: '12',
      text: '%%01SHELL/5/CMDRECORD(l)[12]:Record command information.',
    },
  },
  {
    of: 'F5 BIG-IP: severity before the tag',
    line: '<133>Jan  2 10:20:30 bigip1 notice mcpd[6600]: 01070638:5: Pool /Common/web member /Common/192.0.2.10:80 monitor status down.',
    is: {
      facility: 16,
      severity: 5,
      said,
      host: 'bigip1',
      app: 'mcpd',
      procId: '6600',
      text: '01070638:5: Pool /Common/web member /Common/192.0.2.10:80 monitor status down.',
    },
  },
  {
    of: 'Yamaha RTX',
    line: '<134>[INSPECT] PP[01][in][100001] TCP 192.0.2.1:1024 > 192.0.2.2:80 (2024/01/02 10:20:30)',
    is: {
      facility: 16,
      severity: 6,
      text: '[INSPECT] PP[01][in][100001] TCP 192.0.2.1:1024 > 192.0.2.2:80 (2024/01/02 10:20:30)',
    },
  },
  {
    of: 'ALAXALA',
    line: '<187>Jan  2 10:20:30 AX3640S RM 01/02 10:20:30 E3 PORT 00250011 0700:000000000000 Port 0/1 down.',
    is: {
      facility: 23,
      severity: 3,
      said,
      host: 'AX3640S',
      text: 'RM 01/02 10:20:30 E3 PORT 00250011 0700:000000000000 Port 0/1 down.',
    },
  },
  {
    of: 'Fujitsu Si-R',
    line: '<134>Jan  2 10:20:30 10.0.0.9 Si-R: init: system startup now.',
    is: {
      facility: 16,
      severity: 6,
      said,
      host: '10.0.0.9',
      app: 'Si-R',
      text: 'init: system startup now.',
    },
  },
  {
    of: 'Allied Telesis AlliedWare Plus',
    line: '<165>2024 Jan  2 10:20:30 awplus NSM[1010]: Port down notification received for port1.0.3',
    is: {
      facility: 20,
      severity: 5,
      said,
      host: 'awplus',
      app: 'NSM',
      procId: '1010',
      text: 'Port down notification received for port1.0.3',
    },
  },
  {
    of: 'APC UPS',
    line: '<12>Jan  2 10:20:30 apc1 UPS: On battery power in response to rapid change of input. 0x0109',
    is: {
      facility: 1,
      severity: 4,
      said,
      host: 'apc1',
      app: 'UPS',
      text: 'On battery power in response to rapid change of input. 0x0109',
    },
  },
  {
    of: 'NetApp ONTAP',
    line: '<13>Jan  2 10:20:30 [node1:callhome.spares.low:error]: Call home for SPARES_LOW',
    is: {
      facility: 1,
      severity: 5,
      said,
      text: '[node1:callhome.spares.low:error]: Call home for SPARES_LOW',
    },
  },
  {
    of: 'EMC and others: ctime with the day of the week and the year at the end',
    line: '<13>Tue Jan  2 10:20:30 2024 array1 agent: SP A is rebooting',
    is: { facility: 1, severity: 5, said, host: 'array1', app: 'agent', text: 'SP A is rebooting' },
  },
  {
    of: 'blank between priority and time',
    line: '<190> Jan  2 10:20:30 sw1 STP: topology change',
    is: { facility: 23, severity: 6, said, host: 'sw1', app: 'STP', text: 'topology change' },
  },
  {
    of: 'MikroTik: topics and a comma',
    line: '<30>router system,info,account user admin logged in from 192.0.2.2 via ssh',
    is: {
      facility: 3,
      severity: 6,
      text: 'router system,info,account user admin logged in from 192.0.2.2 via ssh',
    },
  },
  {
    of: 'Dell iDRAC',
    line: '<133>Jan  2 10:20:30 idrac-1 Severity: Critical, Category: System Health, MessageID: PSU0003, Message: Power supply 1 lost input.',
    is: {
      facility: 16,
      severity: 5,
      said,
      host: 'idrac-1',
      app: 'Severity',
      text: 'Critical, Category: System Health, MessageID: PSU0003, Message: Power supply 1 lost input.',
    },
  },
];
