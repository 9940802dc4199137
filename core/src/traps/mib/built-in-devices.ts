/**
 * The part of the built-in table (`built-in-mibs.ts`) about what devices are made of and what they report: entities, bridges, routing, power,
 * hosts, printers, remote monitoring.
 */

export const builtInDevices = `
module ENTITY-MIB
entityMIB mib-2.47
entityMIBObjects entityMIB.1
entityPhysical entityMIBObjects.1
entPhysicalTable entityPhysical.1
entPhysicalEntry entPhysicalTable.1
entPhysicalIndex entPhysicalEntry.1 Integer32
entPhysicalDescr entPhysicalEntry.2 SnmpAdminString
entPhysicalVendorType entPhysicalEntry.3 AutonomousType
entPhysicalContainedIn entPhysicalEntry.4 INTEGER
entPhysicalClass entPhysicalEntry.5 INTEGER other=1 unknown=2 chassis=3 backplane=4 container=5 powerSupply=6 fan=7 sensor=8 module=9 port=10 stack=11 cpu=12
entPhysicalParentRelPos entPhysicalEntry.6 INTEGER
entPhysicalName entPhysicalEntry.7 SnmpAdminString
entPhysicalHardwareRev entPhysicalEntry.8 SnmpAdminString
entPhysicalFirmwareRev entPhysicalEntry.9 SnmpAdminString
entPhysicalSoftwareRev entPhysicalEntry.10 SnmpAdminString
entPhysicalSerialNum entPhysicalEntry.11 SnmpAdminString
entPhysicalMfgName entPhysicalEntry.12 SnmpAdminString
entPhysicalModelName entPhysicalEntry.13 SnmpAdminString
entPhysicalAlias entPhysicalEntry.14 SnmpAdminString
entPhysicalAssetID entPhysicalEntry.15 SnmpAdminString
entPhysicalIsFRU entPhysicalEntry.16 TruthValue
entityMIBTraps entityMIB.2
entityMIBTrapPrefix entityMIBTraps.0
entConfigChange entityMIBTrapPrefix.1 !

module ENTITY-SENSOR-MIB
entitySensorMIB mib-2.99
entitySensorObjects entitySensorMIB.1
entPhySensorTable entitySensorObjects.1
entPhySensorEntry entPhySensorTable.1
entPhySensorType entPhySensorEntry.1 INTEGER other=1 unknown=2 voltsAC=3 voltsDC=4 amperes=5 watts=6 hertz=7 celsius=8 percentRH=9 rpm=10 cmm=11 truthvalue=12
entPhySensorScale entPhySensorEntry.2 INTEGER
entPhySensorPrecision entPhySensorEntry.3 INTEGER
entPhySensorValue entPhySensorEntry.4 INTEGER
entPhySensorOperStatus entPhySensorEntry.5 INTEGER ok=1 unavailable=2 nonoperational=3
entPhySensorUnitsDisplay entPhySensorEntry.6 SnmpAdminString

module ENTITY-STATE-MIB
entityStateMIB mib-2.131
entStateNotifications entityStateMIB.0
entStateOperEnabled entStateNotifications.1 !
entStateOperDisabled entStateNotifications.2 !
entStateObjects entityStateMIB.1
entStateTable entStateObjects.1
entStateEntry entStateTable.1
entStateLastChanged entStateEntry.1 DateAndTime
entStateAdmin entStateEntry.2 INTEGER unknown=1 locked=2 shuttingDown=3 unlocked=4
entStateOper entStateEntry.3 INTEGER unknown=1 disabled=2 enabled=3 testing=4
entStateUsage entStateEntry.4 INTEGER unknown=1 idle=2 active=3 busy=4
entStateAlarm entStateEntry.5 BITS unknown=0 underRepair=1 critical=2 major=3 minor=4 warning=5 indeterminate=6
entStateStandby entStateEntry.6 INTEGER unknown=1 hotStandby=2 coldStandby=3 providingService=4

module BRIDGE-MIB
dot1dBridge mib-2.17
dot1dNotifications dot1dBridge.0
newRoot dot1dNotifications.1 !
topologyChange dot1dNotifications.2 !
dot1dBase dot1dBridge.1
dot1dBasePortTable dot1dBase.4
dot1dBasePortEntry dot1dBasePortTable.1
dot1dBasePort dot1dBasePortEntry.1 Integer32
dot1dBasePortIfIndex dot1dBasePortEntry.2 InterfaceIndex
dot1dStp dot1dBridge.2
dot1dStpPortTable dot1dStp.15
dot1dStpPortEntry dot1dStpPortTable.1
dot1dStpPort dot1dStpPortEntry.1 Integer32
dot1dStpPortState dot1dStpPortEntry.3 INTEGER disabled=1 blocking=2 listening=3 learning=4 forwarding=5 broken=6

module BGP4-MIB
bgp mib-2.15
bgpNotification bgp.0
bgpEstablishedNotification bgpNotification.1 !
bgpBackwardTransNotification bgpNotification.2 !
bgpPeerTable bgp.3
bgpPeerEntry bgpPeerTable.1
bgpPeerIdentifier bgpPeerEntry.1 IpAddress
bgpPeerState bgpPeerEntry.2 INTEGER idle=1 connect=2 active=3 opensent=4 openconfirm=5 established=6
bgpPeerAdminStatus bgpPeerEntry.3 INTEGER stop=1 start=2
bgpPeerLocalAddr bgpPeerEntry.5 IpAddress
bgpPeerLocalPort bgpPeerEntry.6 Integer32
bgpPeerRemoteAddr bgpPeerEntry.7 IpAddress
bgpPeerRemotePort bgpPeerEntry.8 Integer32
bgpPeerRemoteAs bgpPeerEntry.9 Integer32
bgpPeerLastError bgpPeerEntry.14 OCTET-STRING
bgpTraps bgp.7
bgpEstablished bgpTraps.1 !
bgpBackwardTransition bgpTraps.2 !

module OSPF-MIB
ospf mib-2.14
ospfGeneralGroup ospf.1
ospfRouterId ospfGeneralGroup.1 IpAddress
ospfAreaTable ospf.2
ospfAreaEntry ospfAreaTable.1
ospfAreaId ospfAreaEntry.1 IpAddress
ospfLsdbTable ospf.4
ospfLsdbEntry ospfLsdbTable.1
ospfLsdbAreaId ospfLsdbEntry.1 IpAddress
ospfLsdbType ospfLsdbEntry.2 INTEGER routerLink=1 networkLink=2 summaryLink=3 asSummaryLink=4 asExternalLink=5 multicastLink=6 nssaExternalLink=7
ospfLsdbLsid ospfLsdbEntry.3 IpAddress
ospfLsdbRouterId ospfLsdbEntry.4 IpAddress
ospfIfTable ospf.7
ospfIfEntry ospfIfTable.1
ospfIfIpAddress ospfIfEntry.1 IpAddress
ospfAddressLessIf ospfIfEntry.2 Integer32
ospfIfAreaId ospfIfEntry.3 IpAddress
ospfIfState ospfIfEntry.12 INTEGER down=1 loopback=2 waiting=3 pointToPoint=4 designatedRouter=5 backupDesignatedRouter=6 otherDesignatedRouter=7
ospfNbrTable ospf.10
ospfNbrEntry ospfNbrTable.1
ospfNbrIpAddr ospfNbrEntry.1 IpAddress
ospfNbrAddressLessIndex ospfNbrEntry.2 Integer32
ospfNbrRtrId ospfNbrEntry.3 IpAddress
ospfNbrState ospfNbrEntry.6 INTEGER down=1 attempt=2 init=3 twoWay=4 exchangeStart=5 exchange=6 loading=7 full=8

module OSPF-TRAP-MIB
ospfTrap ospf.16
ospfTrapControl ospfTrap.1
ospfSetTrap ospfTrapControl.1 OCTET-STRING
ospfConfigErrorType ospfTrapControl.2 INTEGER badVersion=1 areaMismatch=2 unknownNbmaNbr=3 unknownVirtualNbr=4 authTypeMismatch=5 authFailure=6 netMaskMismatch=7 helloIntervalMismatch=8 deadIntervalMismatch=9 optionMismatch=10 mtuMismatch=11 duplicateRouterId=12 noError=13
ospfPacketType ospfTrapControl.3 INTEGER hello=1 dbDescript=2 lsReq=3 lsUpdate=4 lsAck=5 nullPacket=6
ospfPacketSrc ospfTrapControl.4 IpAddress
ospfTraps ospfTrap.2
ospfVirtIfStateChange ospfTraps.1 !
ospfNbrStateChange ospfTraps.2 !
ospfVirtNbrStateChange ospfTraps.3 !
ospfIfConfigError ospfTraps.4 !
ospfVirtIfConfigError ospfTraps.5 !
ospfIfAuthFailure ospfTraps.6 !
ospfVirtIfAuthFailure ospfTraps.7 !
ospfIfRxBadPacket ospfTraps.8 !
ospfVirtIfRxBadPacket ospfTraps.9 !
ospfTxRetransmit ospfTraps.10 !
ospfVirtIfTxRetransmit ospfTraps.11 !
ospfOriginateLsa ospfTraps.12 !
ospfMaxAgeLsa ospfTraps.13 !
ospfLsdbOverflow ospfTraps.14 !
ospfLsdbApproachingOverflow ospfTraps.15 !
ospfIfStateChange ospfTraps.16 !

module VRRP-MIB
vrrpMIB mib-2.68
vrrpNotifications vrrpMIB.0
vrrpTrapNewMaster vrrpNotifications.1 !
vrrpTrapAuthFailure vrrpNotifications.2 !
vrrpOperations vrrpMIB.1
vrrpOperTable vrrpOperations.3
vrrpOperEntry vrrpOperTable.1
vrrpOperVrId vrrpOperEntry.1 Integer32
vrrpOperState vrrpOperEntry.3 INTEGER initialize=1 backup=2 master=3
vrrpOperMasterIpAddr vrrpOperEntry.7 IpAddress
vrrpTrapPacketSrc vrrpOperations.5 IpAddress
vrrpTrapAuthErrorType vrrpOperations.6 INTEGER invalidAuthType=1 authTypeMismatch=2 authFailure=3

module LLDP-MIB
lldpMIB iso.0.8802.1.1.2
lldpNotifications lldpMIB.0
lldpNotificationPrefix lldpNotifications.0
lldpRemTablesChange lldpNotificationPrefix.1 !

module POWER-ETHERNET-MIB
powerEthernetMIB mib-2.105
pethNotifications powerEthernetMIB.0
pethPsePortOnOffNotification pethNotifications.1 !
pethMainPowerUsageOnNotification pethNotifications.2 !
pethMainPowerUsageOffNotification pethNotifications.3 !

module UPS-MIB
upsMIB mib-2.33
upsObjects upsMIB.1
upsIdent upsObjects.1
upsIdentManufacturer upsIdent.1 DisplayString
upsIdentModel upsIdent.2 DisplayString
upsIdentName upsIdent.5 DisplayString
upsBattery upsObjects.2
upsBatteryStatus upsBattery.1 INTEGER unknown=1 batteryNormal=2 batteryLow=3 batteryDepleted=4
upsSecondsOnBattery upsBattery.2 INTEGER
upsEstimatedMinutesRemaining upsBattery.3 INTEGER
upsEstimatedChargeRemaining upsBattery.4 INTEGER
upsBatteryVoltage upsBattery.5 INTEGER
upsBatteryCurrent upsBattery.6 INTEGER
upsBatteryTemperature upsBattery.7 INTEGER
upsInput upsObjects.3
upsOutput upsObjects.4
upsOutputSource upsOutput.1 INTEGER other=1 none=2 normal=3 bypass=4 battery=5 booster=6 reducer=7
upsAlarm upsObjects.6
upsAlarmsPresent upsAlarm.1 Gauge32
upsAlarmTable upsAlarm.2
upsAlarmEntry upsAlarmTable.1
upsAlarmId upsAlarmEntry.1 INTEGER
upsAlarmDescr upsAlarmEntry.2 AutonomousType
upsAlarmTime upsAlarmEntry.3 TimeStamp
upsWellKnownAlarms upsAlarm.3
upsAlarmBatteryBad upsWellKnownAlarms.1
upsAlarmOnBattery upsWellKnownAlarms.2
upsAlarmLowBattery upsWellKnownAlarms.3
upsAlarmDepletedBattery upsWellKnownAlarms.4
upsAlarmTempBad upsWellKnownAlarms.5
upsAlarmInputBad upsWellKnownAlarms.6
upsAlarmOutputBad upsWellKnownAlarms.7
upsAlarmOutputOverload upsWellKnownAlarms.8
upsAlarmOnBypass upsWellKnownAlarms.9
upsAlarmBypassBad upsWellKnownAlarms.10
upsAlarmOutputOffAsRequested upsWellKnownAlarms.11
upsAlarmUpsOffAsRequested upsWellKnownAlarms.12
upsAlarmChargerFailed upsWellKnownAlarms.13
upsAlarmUpsOutputOff upsWellKnownAlarms.14
upsAlarmUpsSystemOff upsWellKnownAlarms.15
upsAlarmFanFailure upsWellKnownAlarms.16
upsAlarmFuseFailure upsWellKnownAlarms.17
upsAlarmGeneralFault upsWellKnownAlarms.18
upsAlarmDiagnosticTestFailed upsWellKnownAlarms.19
upsAlarmCommunicationsLost upsWellKnownAlarms.20
upsAlarmAwaitingPower upsWellKnownAlarms.21
upsAlarmShutdownPending upsWellKnownAlarms.22
upsAlarmShutdownImminent upsWellKnownAlarms.23
upsAlarmTestInProgress upsWellKnownAlarms.24
upsTest upsObjects.7
upsConfig upsObjects.9
upsConfigLowBattTime upsConfig.7 INTEGER
upsTraps upsMIB.2
upsTrapOnBattery upsTraps.1 !
upsTrapTestCompleted upsTraps.2 !
upsTrapAlarmEntryAdded upsTraps.3 !
upsTrapAlarmEntryRemoved upsTraps.4 !

module HOST-RESOURCES-MIB
host mib-2.25
hrSystem host.1
hrSystemUptime hrSystem.1 TimeTicks
hrSystemDate hrSystem.2 DateAndTime
hrSystemNumUsers hrSystem.5 Gauge32
hrSystemProcesses hrSystem.6 Gauge32
hrStorage host.2
hrStorageTable hrStorage.3
hrStorageEntry hrStorageTable.1
hrStorageIndex hrStorageEntry.1 Integer32
hrStorageType hrStorageEntry.2 AutonomousType
hrStorageDescr hrStorageEntry.3 DisplayString
hrStorageAllocationUnits hrStorageEntry.4 Integer32
hrStorageSize hrStorageEntry.5 Integer32
hrStorageUsed hrStorageEntry.6 Integer32
hrDevice host.3
hrDeviceTable hrDevice.2
hrDeviceEntry hrDeviceTable.1
hrDeviceIndex hrDeviceEntry.1 Integer32
hrDeviceType hrDeviceEntry.2 AutonomousType
hrDeviceDescr hrDeviceEntry.3 DisplayString
hrDeviceStatus hrDeviceEntry.5 INTEGER unknown=1 running=2 warning=3 testing=4 down=5
hrDeviceErrors hrDeviceEntry.6 Counter32
hrProcessorTable hrDevice.3
hrProcessorEntry hrProcessorTable.1
hrProcessorLoad hrProcessorEntry.2 Integer32
hrPrinterTable hrDevice.5
hrPrinterEntry hrPrinterTable.1
hrPrinterStatus hrPrinterEntry.1 INTEGER other=1 unknown=2 idle=3 printing=4 warmup=5
hrSWRun host.4
hrSWRunTable hrSWRun.2
hrSWRunEntry hrSWRunTable.1
hrSWRunIndex hrSWRunEntry.1 Integer32
hrSWRunName hrSWRunEntry.2 DisplayString
hrSWRunStatus hrSWRunEntry.7 INTEGER running=1 runnable=2 notRunnable=3 invalid=4

module Printer-MIB
printmib mib-2.43
prtAlert printmib.18
prtAlertTable prtAlert.1
prtAlertEntry prtAlertTable.1
prtAlertIndex prtAlertEntry.1 Integer32
prtAlertSeverityLevel prtAlertEntry.2 INTEGER other=1 critical=3 warning=4 warningBinaryChangeEvent=5
prtAlertGroup prtAlertEntry.4 INTEGER
prtAlertGroupIndex prtAlertEntry.5 Integer32
prtAlertLocation prtAlertEntry.6 Integer32
prtAlertCode prtAlertEntry.7 INTEGER
prtAlertDescription prtAlertEntry.8 OCTET-STRING
prtAlertTime prtAlertEntry.9 TimeTicks
printerV1Alert prtAlert.2
printerV2AlertPrefix printerV1Alert.0
printerV2Alert printerV2AlertPrefix.1 !

module RMON-MIB
rmon mib-2.16
rmonEventsV2 rmon.0
risingAlarm rmonEventsV2.1 !
fallingAlarm rmonEventsV2.2 !
alarm rmon.3
alarmTable alarm.1
alarmEntry alarmTable.1
alarmIndex alarmEntry.1 Integer32
alarmInterval alarmEntry.2 Integer32
alarmVariable alarmEntry.3 OBJECT-IDENTIFIER
alarmSampleType alarmEntry.4 INTEGER absoluteValue=1 deltaValue=2
alarmValue alarmEntry.5 Integer32
alarmStartupAlarm alarmEntry.6 INTEGER risingAlarm=1 fallingAlarm=2 risingOrFallingAlarm=3
alarmRisingThreshold alarmEntry.7 Integer32
alarmFallingThreshold alarmEntry.8 Integer32

module DISMAN-EVENT-MIB
dismanEventMIB mib-2.88
dismanEventMIBNotificationPrefix dismanEventMIB.2
dismanEventMIBNotifications dismanEventMIBNotificationPrefix.0
mteTriggerFired dismanEventMIBNotifications.1 !
mteTriggerRising dismanEventMIBNotifications.2 !
mteTriggerFalling dismanEventMIBNotifications.3 !
mteTriggerFailure dismanEventMIBNotifications.4 !
mteEventSetFailure dismanEventMIBNotifications.5 !
dismanEventMIBNotificationObjects dismanEventMIBNotificationPrefix.1
mteHotTrigger dismanEventMIBNotificationObjects.1 SnmpAdminString
mteHotTargetName dismanEventMIBNotificationObjects.2 SnmpAdminString
mteHotContextName dismanEventMIBNotificationObjects.3 SnmpAdminString
mteHotOID dismanEventMIBNotificationObjects.4 OBJECT-IDENTIFIER
mteHotValue dismanEventMIBNotificationObjects.5 Integer32
mteFailedReason dismanEventMIBNotificationObjects.6 INTEGER

module NET-SNMP-MIB
netSnmp enterprises.8072
netSnmpObjects netSnmp.1
netSnmpEnumerations netSnmp.3
netSnmpNotificationPrefix netSnmp.4
netSnmpNotifications netSnmpNotificationPrefix.0
netSnmpNotificationObjects netSnmpNotificationPrefix.1
netSnmpExperimental netSnmp.9999
netSnmpPlaypen netSnmpExperimental.9999
netSnmpAgentOIDs netSnmpEnumerations.2
linux netSnmpAgentOIDs.10

module NET-SNMP-AGENT-MIB
nsNotifyStart netSnmpNotifications.1 !
nsNotifyShutdown netSnmpNotifications.2 !
nsNotifyRestart netSnmpNotifications.3 !
`;
