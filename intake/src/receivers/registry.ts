/**
 * All receivers there are; a new one adds its line. Called by `intake.ts`.
 */
import { createHttpReceiver, createHttpsReceiver } from './http-receiver.ts';
import type { Receiver, ReceiverPorts } from './receiver.ts';
import { createSyslogTcpReceiver, createSyslogTlsReceiver } from './syslog-tcp.ts';
import { createSyslogUdpReceiver } from './syslog-udp.ts';

export type CreateReceiver = (ports: ReceiverPorts) => Receiver;

export const receiverRegistry: readonly CreateReceiver[] = [
  createSyslogUdpReceiver,
  createSyslogTcpReceiver,
  createSyslogTlsReceiver,
  createHttpReceiver,
  createHttpsReceiver,
];
