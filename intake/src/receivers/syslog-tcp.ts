/**
 * The receivers of syslog over TCP (RFC 6587) and over TLS (RFC 5425).
 *
 * Responsible for the listening sockets and for who a client's certificate says it is; what comes over a connection is `syslog-stream.ts`.
 */
import net from 'node:net';
import tls from 'node:tls';
import { recordFlags } from '@nezuban/protocol/intake/record';
import { createListening, type ListeningOptions } from './listening.ts';
import { receiverLimits } from './receiver-limits.ts';
import type { Receiver, ReceiverPorts } from './receiver.ts';
import { followTlsFiles, readTlsOptions, sayTlsFiles, tlsFilesOf } from './server-tls.ts';
import { createSyslogStreams, type SyslogStreams } from './syslog-stream.ts';
import { closeServer, listenOn } from './tcp-server.ts';

/** In `extra` of a record: the name in the sender's certificate. */
export const CLIENT_NAME = 'clientName';

export function createSyslogTcpReceiver(ports: ReceiverPorts): Receiver {
  const book = createStreamBook();
  return streamReceiver(ports, book, {
    name: 'syslog-tcp',
    transport: 'TCP',
    standardPort: 514,
    placeOf: ({ settings }) => (settings.syslog_tcp.enabled ? settings.syslog_tcp : null),
    async open(place) {
      const streams = createSyslogStreams(ports, { flags: 0 });
      const server = net.createServer((socket) => streams.accept(socket, null));
      await listenOn(server, place);
      book.opened(streams);
      return async () => {
        const closed = closeServer(server);
        book.closed();
        await closed;
      };
    },
  });
}

export function createSyslogTlsReceiver(ports: ReceiverPorts): Receiver {
  const book = createStreamBook();
  return streamReceiver(ports, book, {
    name: 'syslog-tls',
    transport: 'TCP',
    standardPort: null,
    placeOf: ({ settings }) => (settings.syslog_tls.enabled ? settings.syslog_tls : null),
    setupOf: (orders) => sayTlsFiles(tlsFilesOf(orders, orders.settings.syslog_tls.client_ca_file)),
    async open(place, orders) {
      const files = tlsFilesOf(orders, orders.settings.syslog_tls.client_ca_file);
      const options = await readTlsOptions(files);
      if (files === null) return async () => undefined;
      const isClientAsked = files.clientCaFile !== null;
      const streams = createSyslogStreams(ports, { flags: recordFlags.tls });
      const server = tls.createServer({
        ...options,
        requestCert: isClientAsked,
        rejectUnauthorized: isClientAsked,
        handshakeTimeout: receiverLimits.handshakeMs,
      });
      const greeting = new Set<net.Socket>();
      server.on('connection', (socket) => {
        // Before the handshake, which costs more than a look.
        if (!ports.sink.mayHear(socket.remoteAddress ?? '')) socket.destroy();
        greeting.add(socket);
        socket.once('close', () => greeting.delete(socket));
      });
      server.on('secureConnection', (socket) => {
        const name = isClientAsked ? nameOf(socket) : null;
        streams.accept(socket, name === null ? null : { [CLIENT_NAME]: name });
      });
      server.on('tlsClientError', (error, socket) => {
        book.countRefused();
        ports.logger.debug(
          { err: error, address: socket.remoteAddress },
          'a sender of syslog failed to greet by TLS',
        );
        socket.destroy();
      });
      await listenOn(server, place);
      const unfollow = followTlsFiles(ports, files, server);
      book.opened(streams);
      return async () => {
        unfollow();
        const closed = closeServer(server);
        book.closed();
        for (const socket of greeting) socket.destroy();
        await closed;
      };
    },
  });
}

function streamReceiver(ports: ReceiverPorts, book: StreamBook, options: ListeningOptions): Receiver {
  const listening = createListening(ports, options);
  return {
    name: options.name,
    obey: listening.obey,
    status: () => ({ ...listening.status(), ...book.counts(), malformed: 0, kernelDrops: 0 }),
    stop: listening.stop,
  };
}

/** What was counted over all listeners of a receiver, those before included. */
type StreamBook = {
  readonly opened: (streams: SyslogStreams) => void;
  readonly closed: () => void;
  readonly countRefused: () => void;
  readonly counts: () => { readonly received: number; readonly refused: number };
};

function createStreamBook(): StreamBook {
  let current: SyslogStreams | null = null;
  let received = 0;
  let refused = 0;
  const counts = (): { received: number; refused: number } => {
    const now = current?.counts() ?? { received: 0, refused: 0 };
    return { received: received + now.received, refused: refused + now.refused };
  };
  return {
    opened(streams) {
      current = streams;
    },
    closed() {
      current?.stop();
      ({ received, refused } = counts());
      current = null;
    },
    countRefused() {
      refused += 1;
    },
    counts,
  };
}

/** A name of the certificate (RFC 5425, 5.2): the first DNS name, else the common name. */
function nameOf(socket: tls.TLSSocket): string | null {
  const { subject, subjectaltname } = socket.getPeerCertificate();
  const dns = /(?:^|, )DNS:([^,]+)/.exec(subjectaltname ?? '')?.[1];
  const name = dns ?? subject?.CN;
  return typeof name === 'string' ? name : null;
}
