/**
 * All receivers there are; a new one adds its line. Called by `intake.ts`.
 */
import path from 'node:path';
import type { IntakePlaces } from '../intake-places.ts';
import { createHttpReceiver, createHttpsReceiver } from './http-receiver.ts';
import type { Receiver, ReceiverPorts } from './receiver.ts';
import { createSnmpReceiver } from './snmp/snmp-receiver.ts';
import { createSyslogTcpReceiver, createSyslogTlsReceiver } from './syslog-tcp.ts';
import { createSyslogUdpReceiver } from './syslog-udp.ts';

/** `folder`: of the intake; what a receiver keeps over restarts goes there, in files of its own. */
export type CreateReceiver = (
  ports: ReceiverPorts,
  places: Pick<IntakePlaces, 'folder' | 'journal'>,
) => Receiver;

export const receiverRegistry: readonly CreateReceiver[] = [
  createSyslogUdpReceiver,
  createSyslogTcpReceiver,
  createSyslogTlsReceiver,
  (ports, { folder }) => createSnmpReceiver(ports, { stateFile: path.join(folder, 'snmp-engines.json') }),
  (ports, { journal }) => createHttpReceiver(ports, journal),
  (ports, { journal }) => createHttpsReceiver(ports, journal),
];
