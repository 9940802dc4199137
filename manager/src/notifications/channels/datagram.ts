// Datagrams and short streams of channels that speak neither HTTP nor SMTP.
// Responsible for sockets that are closed whatever happens, and for telling what surely did not go out from what may have arrived. Called by
// syslog.ts and snmp-trap.ts.
import dgram from 'node:dgram';
import net from 'node:net';
import tls from 'node:tls';
import { lookup } from 'node:dns/promises';
import type { SendOutcome } from './channel.ts';

export type Receiver = { readonly host: string; readonly port: number };

/** How long an answer is waited for before the question is asked again, and how often. */
const ANSWER_MS = 2_000;
const QUESTIONS_MAX = 3;

/** UDP promises nothing: it has left this host, and that is all that can be said. */
export const sendDatagram = async (
  to: Receiver,
  bytes: Uint8Array,
  options: {
    readonly signal: AbortSignal;
    /** Whether a datagram answers this one; left out: nobody answers. */
    readonly isAnswer?: (datagram: Uint8Array) => boolean;
  },
): Promise<SendOutcome> => {
  const address = await resolve(to.host);
  if (address === null) return refused(to, 'its name is not resolved');
  const socket = dgram.createSocket(address.family === 6 ? 'udp6' : 'udp4');
  const { signal, isAnswer } = options;
  try {
    return await new Promise<SendOutcome>((settle) => {
      let asked = 0;
      let timer: NodeJS.Timeout | undefined;
      const finish = (outcome: SendOutcome): void => {
        clearTimeout(timer);
        settle(outcome);
      };
      const ask = (): void => {
        asked += 1;
        socket.send(bytes, to.port, address.address, (error) => {
          if (error !== null) finish(refused(to, error.message));
          else if (isAnswer === undefined) finish({ type: 'accepted', note: null });
          else
            timer = setTimeout(() => {
              if (asked < QUESTIONS_MAX) ask();
              else finish({ type: 'unknown', error: `${to.host}:${to.port} has not answered the inform` });
            }, ANSWER_MS);
        });
      };
      socket.on('error', (error) => finish(asked === 0 ? refused(to, error.message) : lost(to, error)));
      socket.on('message', (datagram) => {
        if (isAnswer?.(datagram) === true) finish({ type: 'accepted', note: null });
      });
      signal.addEventListener('abort', () => finish(lost(to, new Error('no answer in time'))), {
        once: true,
      });
      ask();
    });
  } finally {
    socket.close();
  }
};

/** Connects, writes, closes in order: the receiver has acknowledged every byte when this resolves as accepted. */
export const sendStream = async (
  to: Receiver,
  bytes: Uint8Array,
  options: {
    readonly signal: AbortSignal;
    /** Null: plain. `ca`: PEM; undefined: the authorities of the system. */
    readonly tls: { readonly ca: string | undefined } | null;
  },
): Promise<SendOutcome> =>
  await new Promise<SendOutcome>((settle) => {
    let wrote = false;
    const { host, port } = to;
    const socket =
      options.tls === null
        ? net.connect({ host, port })
        : tls.connect({
            host,
            port,
            ...(net.isIP(host) === 0 ? { servername: host } : {}),
            ...(options.tls.ca === undefined ? {} : { ca: options.tls.ca }),
          });
    const finish = (outcome: SendOutcome): void => {
      socket.destroy();
      settle(outcome);
    };
    options.signal.addEventListener(
      'abort',
      () => finish(wrote ? lost(to, new Error('no end in time')) : refused(to, 'no connection in time')),
      {
        once: true,
      },
    );
    socket.on('error', (error) => finish(wrote ? lost(to, error) : refused(to, error.message)));
    socket.once(options.tls === null ? 'connect' : 'secureConnect', () => {
      wrote = true;
      socket.end(bytes);
    });
    // Receivers close when we have: until then nobody knows whether the last bytes were read.
    socket.once('close', () =>
      finish(wrote ? { type: 'accepted', note: null } : refused(to, 'it closed the connection')),
    );
    socket.resume();
  });

const refused = ({ host, port }: Receiver, why: string): SendOutcome => ({
  type: 'refused',
  error: `${host}:${port} cannot be reached: ${why}`,
});
const lost = ({ host, port }: Receiver, error: Error): SendOutcome => ({
  type: 'unknown',
  error: `The message went to ${host}:${port}, and then: ${error.message}`,
});

const resolve = async (
  host: string,
): Promise<{ readonly address: string; readonly family: number } | null> => {
  try {
    return await lookup(host);
  } catch {
    return null;
  }
};
