/**
 * Names, enumerations and notifications of the standard modules that common traps speak of, so that they read well before anybody has
 * uploaded a module.
 *
 * Responsible for a table of our own, after the RFCs named in it: facts alone, no text of theirs. A module that is uploaded adds what is missing
 * here and wins where both say something. A row is `name parent.number`, then the type of an object or `!` for a notification, then labels;
 * `type NAME BASE`, then a display hint in quotes or labels. Pure.
 */
import { builtInDevices } from './built-in-devices.ts';
import type { MibDefinition, MibModule, MibSyntax } from './mib-module.ts';

const base = `
module SNMPv2-SMI
org iso.3
dod org.6
internet dod.1
directory internet.1
mgmt internet.2
mib-2 mgmt.1
transmission mib-2.10
experimental internet.3
private internet.4
enterprises private.1
security internet.5
snmpV2 internet.6
snmpDomains snmpV2.1
snmpProxys snmpV2.2
snmpModules snmpV2.3
zeroDotZero ccitt.0

module RFC1155-SMI
module RFC-1212
module RFC-1215
module SNMPv2-CONF

module SNMPv2-TC
type DisplayString OCTET-STRING "255a"
type PhysAddress OCTET-STRING "1x:"
type MacAddress OCTET-STRING "1x:"
type TruthValue INTEGER true=1 false=2
type TestAndIncr INTEGER
type AutonomousType OBJECT-IDENTIFIER
type InstancePointer OBJECT-IDENTIFIER
type VariablePointer OBJECT-IDENTIFIER
type RowPointer OBJECT-IDENTIFIER
type RowStatus INTEGER active=1 notInService=2 notReady=3 createAndGo=4 createAndWait=5 destroy=6
type TimeStamp TimeTicks
type TimeInterval INTEGER
type DateAndTime OCTET-STRING "2d-1d-1d,1d:1d:1d.1d,1a1d:1d"
type StorageType INTEGER other=1 volatile=2 nonVolatile=3 permanent=4 readOnly=5
type TDomain OBJECT-IDENTIFIER
type TAddress OCTET-STRING

module SNMPv2-MIB
snmpMIB snmpModules.1
snmpMIBObjects snmpMIB.1
system mib-2.1
sysDescr system.1 DisplayString
sysObjectID system.2 OBJECT-IDENTIFIER
sysUpTime system.3 TimeTicks
sysContact system.4 DisplayString
sysName system.5 DisplayString
sysLocation system.6 DisplayString
sysServices system.7 INTEGER
sysORLastChange system.8 TimeStamp
snmp mib-2.11
snmpTrap snmpMIBObjects.4
snmpTrapOID snmpTrap.1 OBJECT-IDENTIFIER
snmpTrapEnterprise snmpTrap.3 OBJECT-IDENTIFIER
snmpTraps snmpMIBObjects.5
coldStart snmpTraps.1 !
warmStart snmpTraps.2 !
authenticationFailure snmpTraps.5 !

module RFC1213-MIB
at mib-2.3
ip mib-2.4
icmp mib-2.5
tcp mib-2.6
udp mib-2.7
egp mib-2.8
egpNeighTable egp.5
egpNeighEntry egpNeighTable.1
egpNeighAddr egpNeighEntry.2 IpAddress
egpNeighborLoss snmpTraps.6 !

module SNMP-FRAMEWORK-MIB
type SnmpAdminString OCTET-STRING "255t"
type SnmpEngineID OCTET-STRING
type SnmpSecurityModel INTEGER
type SnmpMessageProcessingModel INTEGER
type SnmpSecurityLevel INTEGER noAuthNoPriv=1 authNoPriv=2 authPriv=3
snmpFrameworkMIB snmpModules.10
snmpFrameworkMIBObjects snmpFrameworkMIB.2
snmpEngine snmpFrameworkMIBObjects.1
snmpEngineID snmpEngine.1 SnmpEngineID
snmpEngineBoots snmpEngine.2 INTEGER
snmpEngineTime snmpEngine.3 INTEGER

module SNMP-COMMUNITY-MIB
snmpCommunityMIB snmpModules.18
snmpCommunityMIBObjects snmpCommunityMIB.1
snmpTrapAddress snmpCommunityMIBObjects.3 IpAddress
snmpTrapCommunity snmpCommunityMIBObjects.4 OCTET-STRING

module SNMP-USER-BASED-SM-MIB
snmpUsmMIB snmpModules.15
usmMIBObjects snmpUsmMIB.1
usmStats usmMIBObjects.1
usmStatsUnsupportedSecLevels usmStats.1 Counter32
usmStatsNotInTimeWindows usmStats.2 Counter32
usmStatsUnknownUserNames usmStats.3 Counter32
usmStatsUnknownEngineIDs usmStats.4 Counter32
usmStatsWrongDigests usmStats.5 Counter32
usmStatsDecryptionErrors usmStats.6 Counter32

module INET-ADDRESS-MIB
type InetAddressType INTEGER unknown=0 ipv4=1 ipv6=2 ipv4z=3 ipv6z=4 dns=16
type InetAddress OCTET-STRING
type InetAddressIPv4 OCTET-STRING "1d.1d.1d.1d"
type InetAddressIPv6 OCTET-STRING "2x:2x:2x:2x:2x:2x:2x:2x"
type InetAddressDNS OCTET-STRING "255a"
type InetPortNumber Unsigned32 "d"
type InetAddressPrefixLength Unsigned32 "d"

module IANAifType-MIB
type IANAifType INTEGER other=1 ddnX25=4 rfc877x25=5 ethernetCsmacd=6 iso88023Csmacd=7 iso88025TokenRing=9 fddi=15 lapb=16 ds1=18 e1=19 basicISDN=20 primaryISDN=21 propPointToPointSerial=22 ppp=23 softwareLoopback=24 slip=28 frameRelay=32 rs232=33 atm=37 sonet=39 frameRelayService=44 v35=45 hssi=46 aal5=49 propVirtual=53 propMultiplexor=54 fibreChannel=56 fastEther=62 isdn=63 v11=64 ieee80211=71 isdns=75 isdnu=76 lapd=77 adsl=94 ces=133 virtualIpAddress=112 gigabitEthernet=117 hdlc=118 tunnel=131 l2vlan=135 l3ipvlan=136 mplsTunnel=150 ieee8023adLag=161 mpls=166 bridge=209 capwapWtpVirtualRadio=254

module IF-MIB
type OwnerString OCTET-STRING "255a"
type InterfaceIndex Integer32 "d"
type InterfaceIndexOrZero Integer32 "d"
interfaces mib-2.2
ifNumber interfaces.1 Integer32
ifTable interfaces.2
ifEntry ifTable.1
ifIndex ifEntry.1 InterfaceIndex
ifDescr ifEntry.2 DisplayString
ifType ifEntry.3 IANAifType
ifMtu ifEntry.4 Integer32
ifSpeed ifEntry.5 Gauge32
ifPhysAddress ifEntry.6 PhysAddress
ifAdminStatus ifEntry.7 INTEGER up=1 down=2 testing=3
ifOperStatus ifEntry.8 INTEGER up=1 down=2 testing=3 unknown=4 dormant=5 notPresent=6 lowerLayerDown=7
ifLastChange ifEntry.9 TimeTicks
ifInOctets ifEntry.10 Counter32
ifInUcastPkts ifEntry.11 Counter32
ifInDiscards ifEntry.13 Counter32
ifInErrors ifEntry.14 Counter32
ifOutOctets ifEntry.16 Counter32
ifOutUcastPkts ifEntry.17 Counter32
ifOutDiscards ifEntry.19 Counter32
ifOutErrors ifEntry.20 Counter32
ifSpecific ifEntry.22 OBJECT-IDENTIFIER
ifMIB mib-2.31
ifMIBObjects ifMIB.1
ifXTable ifMIBObjects.1
ifXEntry ifXTable.1
ifName ifXEntry.1 DisplayString
ifHCInOctets ifXEntry.6 Counter64
ifHCOutOctets ifXEntry.10 Counter64
ifLinkUpDownTrapEnable ifXEntry.14 INTEGER enabled=1 disabled=2
ifHighSpeed ifXEntry.15 Gauge32
ifPromiscuousMode ifXEntry.16 TruthValue
ifConnectorPresent ifXEntry.17 TruthValue
ifAlias ifXEntry.18 DisplayString
linkDown snmpTraps.3 !
linkUp snmpTraps.4 !
`;

export const builtInMibs = (): readonly MibModule[] => parseTable(`${base}\n${builtInDevices}`);

/** Rows of ours, so a row that is none is a mistake of ours. */
const parseTable = (table: string): readonly MibModule[] => {
  const modules: (MibModule & { readonly definitions: MibDefinition[] })[] = [];
  for (const [index, row] of table.split('\n').entries()) {
    const words = row.match(/"[^"]*"|\S+/g);
    if (words === null) continue;
    const [first = '', second = '', ...rest] = words;
    if (first === 'module') {
      modules.push({ name: second, imports: new Map(), definitions: [], problems: [] });
      continue;
    }
    const definition =
      first === 'type' ? typeRow(second, rest) : oidRow({ name: first, place: second, rest });
    if (definition === null) throw new Error(`Row ${index + 1} of the table of MIBs is none: ${row}`);
    modules.at(-1)?.definitions.push(definition);
  }
  return modules;
};

const typeRow = (name: string, [type = '', ...rest]: readonly string[]): MibDefinition => {
  const quoted = rest[0]?.startsWith('"') === true ? rest[0].slice(1, -1) : null;
  return {
    kind: 'type',
    name,
    line: 1,
    syntax: toSyntax(type, quoted === null ? rest : []),
    hint: quoted,
  };
};

const oidRow = (row: {
  readonly name: string;
  readonly place: string;
  readonly rest: readonly string[];
}): MibDefinition | null => {
  const [parent = '', ...numbers] = row.place.split('.');
  const [type, ...labels] = row.rest;
  if (numbers.length === 0 || numbers.some((number) => !/^\d+$/.test(number))) return null;
  return {
    kind: type === undefined ? 'node' : type === '!' ? 'notification' : 'object',
    name: row.name,
    line: 1,
    oid: { parent, rest: numbers.map(Number) },
    syntax: type === undefined || type === '!' ? null : toSyntax(type, labels),
    description: null,
  };
};

const toSyntax = (type: string, labels: readonly string[]): MibSyntax => ({
  type: type.replace('OCTET-STRING', 'OCTET STRING').replace('OBJECT-IDENTIFIER', 'OBJECT IDENTIFIER'),
  labels:
    labels.length === 0
      ? null
      : labels.map((label) => {
          const [text = '', number = ''] = label.split('=');
          return [Number(number), text] as const;
        }),
});
