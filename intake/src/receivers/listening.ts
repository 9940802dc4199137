/**
 * One port that a receiver listens to, as the orders say.
 *
 * Responsible for opening, closing, moving and trying again, one after the other, and for the sentence that says why a port cannot be had. What is
 * done with who comes is the receiver's. Used by the receivers of syslog and HTTP.
 */
import type { CancelTimer } from '@nezuban/platform/timers';
import type { ReceiverStatus } from '@nezuban/protocol/intake/hand-over';
import type { IntakeOrders } from '@nezuban/protocol/intake/orders';
import { receiverLimits } from './receiver-limits.ts';
import type { ReceiverPorts } from './receiver.ts';

export type Place = { readonly host: string; readonly port: number };

/** Idempotent. Resolves when the port is free. */
export type CloseListener = () => Promise<void>;

export type ListeningOptions = {
  readonly name: ReceiverStatus['name'];
  readonly transport: 'UDP' | 'TCP';
  /** The port of the standard, below 1024 and needing a privilege; null: it has none. */
  readonly standardPort: number | null;
  /** Null: off. */
  readonly placeOf: (orders: IntakeOrders) => Place | null;
  /** What else of the orders needs another listener; changes of what it leaves out are told by `obey` of the receiver itself. */
  readonly setupOf?: (orders: IntakeOrders) => string;
  /** Throws if it cannot be had: a system error of the port, or an error whose message is the sentence for the operator. */
  readonly open: (place: Place, orders: IntakeOrders) => Promise<CloseListener>;
};

export type Listening = {
  readonly obey: (orders: IntakeOrders) => Promise<void>;
  readonly status: () => Pick<ReceiverStatus, 'name' | 'listen' | 'state' | 'says'>;
  readonly stop: () => Promise<void>;
};

export function createListening(ports: ReceiverPorts, options: ListeningOptions): Listening {
  const { timers, logger } = ports;
  const { name } = options;
  let place: Place | null = null;
  let wanted = '';
  let close: CloseListener | null = null;
  let says: string | null = null;
  let cancelRetry: CancelTimer = () => undefined;
  let isStopped = false;
  let turn: Promise<void> = Promise.resolve();

  const inTurn = (action: () => Promise<void>): Promise<void> => {
    turn = turn.then(action).catch((error: unknown) => {
      logger.error({ err: error, receiver: name }, 'a receiver could not do what it was told');
    });
    return turn;
  };

  async function shut(): Promise<void> {
    cancelRetry();
    const closing = close;
    close = null;
    await closing?.();
  }

  async function tryOpen(orders: IntakeOrders): Promise<void> {
    if (place === null) return;
    try {
      close = await options.open(place, orders);
      says = null;
      logger.info({ receiver: name, listen: sayPlace(place) }, 'a receiver listens');
    } catch (error) {
      const sentence = sayListenFailure(error, { ...options, place });
      if (sentence !== says) logger.warn({ err: error, receiver: name }, sentence);
      says = sentence;
      const key = wanted;
      cancelRetry = timers.after(receiverLimits.retryMs, () => {
        void inTurn(async () => {
          if (!isStopped && close === null && wanted === key) await tryOpen(orders);
        });
      });
    }
  }

  return {
    obey: (orders) =>
      inTurn(async () => {
        if (isStopped) return;
        const next = options.placeOf(orders);
        const key = next === null ? '' : JSON.stringify([next, options.setupOf?.(orders) ?? '']);
        if (key === wanted && close !== null) return;
        await shut();
        place = next;
        wanted = key;
        says = null;
        await tryOpen(orders);
      }),
    status: () => ({
      name,
      listen: place === null ? '' : sayPlace(place),
      state: place === null ? 'off' : close === null ? 'failed' : 'listening',
      says,
    }),
    stop: () => {
      isStopped = true;
      return inTurn(shut);
    },
  };
}

export function sayPlace({ host, port }: Place): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

type Failed = Pick<ListeningOptions, 'transport' | 'standardPort'> & { readonly place: Place };

export function sayListenFailure(error: unknown, { transport, standardPort, place }: Failed): string {
  const { host, port } = place;
  const where = `${transport} port ${port} of ${host}`;
  switch (error instanceof Error && 'code' in error ? error.code : '') {
    case 'EACCES': {
      const other = standardPort === null ? port + 8000 : standardPort + 5000;
      return `${where} needs a privilege: give the service the capability CAP_NET_BIND_SERVICE, or let it listen on ${other} and redirect ${port} to it in the firewall.`;
    }
    case 'EADDRINUSE':
      return `${where} is taken by another program${standardPort === 514 ? ' (often rsyslogd)' : ''}: stop that one, or choose another port.`;
    case 'EADDRNOTAVAIL':
      return `${host} is no address of this host: give one of its own, or 0.0.0.0 or :: for all.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The name ${host} cannot be resolved: give an address of this host, or 0.0.0.0 or :: for all.`;
    default: {
      const message = error instanceof Error ? error.message : String(error);
      return /[.!]$/.test(message) ? message : `${where} cannot be listened to: ${message}.`;
    }
  }
}
