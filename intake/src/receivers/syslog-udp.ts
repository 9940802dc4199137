/**
 * The receiver of syslog over UDP (RFC 5426): each datagram is one message.
 *
 * Responsible for the sockets alone: a datagram is not looked into, since reading it is the manager's, and what nobody understands must be kept
 * too. Several sockets share the port, so that the kernel keeps loud and quiet senders apart.
 */
import dgram from 'node:dgram';
import { once } from 'node:events';
import { createListening, type CloseListener, type Place } from './listening.ts';
import { receiverLimits } from './receiver-limits.ts';
import type { Receiver, ReceiverPorts } from './receiver.ts';

const NAME = 'syslog-udp';

export function createSyslogUdpReceiver(ports: ReceiverPorts): Receiver {
  const { sink, logger } = ports;
  let received = 0;
  let refused = 0;

  function onDatagram(payload: Buffer, from: dgram.RemoteInfo): void {
    received += 1;
    const answer = sink.hear({
      protocol: 'syslog',
      address: from.address,
      port: from.port,
      flags: 0,
      extra: null,
      payload,
    });
    if (answer === 'denied' || answer === 'full') refused += 1;
  }

  async function open(place: Place): Promise<CloseListener> {
    await assertFree(place);
    const sockets: dgram.Socket[] = [];
    const close = async (): Promise<void> => {
      await Promise.all(sockets.splice(0).map(closeSocket));
    };
    try {
      for (let i = 0; i < receiverLimits.udpSockets; i += 1) {
        const socket = dgram.createSocket({
          type: typeOf(place),
          reusePort: true,
          recvBufferSize: receiverLimits.receiveBufferBytes,
        });
        socket.on('error', (error) =>
          logger.warn({ err: error, receiver: NAME }, 'a UDP socket reports an error'),
        );
        sockets.push(socket);
        await bind(socket, place);
        socket.on('message', onDatagram);
      }
    } catch (error) {
      await close();
      throw error;
    }
    return close;
  }

  const listening = createListening(ports, {
    name: NAME,
    transport: 'UDP',
    standardPort: 514,
    placeOf: ({ settings }) => (settings.syslog_udp.enabled ? settings.syslog_udp : null),
    open,
  });

  return {
    name: NAME,
    obey: listening.obey,
    status: () => ({ ...listening.status(), received, refused, malformed: 0, kernelDrops: 0 }),
    stop: listening.stop,
  };
}

const typeOf = ({ host }: Place): dgram.SocketType => (host.includes(':') ? 'udp6' : 'udp4');

/** A shared port would be shared with another process of this user too, and each would hear half: whoever is there must be told of. */
async function assertFree(place: Place): Promise<void> {
  const probe = dgram.createSocket({ type: typeOf(place) });
  try {
    await bind(probe, place);
  } finally {
    probe.on('error', () => undefined);
    await closeSocket(probe);
  }
}

async function bind(socket: dgram.Socket, { host, port }: Place): Promise<void> {
  socket.bind({ address: host, port, exclusive: true });
  await once(socket, 'listening');
}

async function closeSocket(socket: dgram.Socket): Promise<void> {
  const closed = once(socket, 'close');
  socket.close();
  await closed;
}
