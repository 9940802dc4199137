/**
 * The receiver of SNMP traps and informs over UDP: v1, v2c and v3.
 *
 * v1 and v2c go to the journal as they came, once the community is one of the list; v3 is opened first (`usm.ts`), and what it carried goes
 * there in clear with who said it. Informs are answered when they lie in the journal. Responsible for the socket and the counts; what a trap
 * means is read by the manager (`core/src/traps/snmp`). A datagram that cannot be read is kept as it is.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import {
  berTags,
  BerError,
  enter,
  peekTag,
  readInteger,
  readOctets,
} from '@nezuban/core/traps/snmp/ber-reader';
import type { BerCursor } from '@nezuban/core/traps/snmp/ber-reader';
import { messageVersions, pduTags } from '@nezuban/core/traps/snmp/snmp-numbers';
import { readTrapMessage } from '@nezuban/core/traps/snmp/trap-message';
import { systemClock, type Clock } from '@nezuban/platform/clock';
import type { CancelTimer } from '@nezuban/platform/timers';
import type { IntakeOrders, IntakeSettings } from '@nezuban/protocol/intake/orders';
import { recordFlags } from '@nezuban/protocol/intake/record';
import { receiverLimits } from '../receiver-limits.ts';
import type { Receiver, ReceiverPorts } from '../receiver.ts';
import { openEngineState, type EngineState } from './engine-state.ts';
import { createInformBook } from './inform-book.ts';
import { createRefusals } from './refusals.ts';
import { snmpLimits } from './snmp-limits.ts';
import { createUsm, type Usm } from './usm.ts';
import { createUsmUsers } from './usm-users.ts';

export type SnmpReceiverOptions = {
  /** Holds the receiver's engine and its senders' clocks over restarts. */
  readonly stateFile: string;
  readonly clock?: Clock;
};

type Wanted = IntakeSettings['snmp'];

export const createSnmpReceiver = (ports: ReceiverPorts, options: SnmpReceiverOptions): Receiver => {
  const { sink, timers, logger } = ports;
  const clock = options.clock ?? systemClock;
  const informs = createInformBook({ sink, clock, logger });
  const refusals = createRefusals();
  let wanted: Wanted | null = null;
  let communities: ReadonlySet<string> | null = null;
  /** All on one port; empty: it does not listen. */
  let sockets: readonly Socket[] = [];
  let engine: EngineState | null = null;
  let usm: Usm | null = null;
  let users = createUsmUsers([]);
  let usersText = '[]';
  let failure: string | null = null;
  let cancelRetry: CancelTimer = () => undefined;
  let cancelSaving: CancelTimer | null = null;
  let stopped = false;
  let turn: Promise<void> = Promise.resolve();
  let received = 0;
  let refused = 0;
  let malformed = 0;

  const send = (bytes: Uint8Array, to: RemoteInfo): void => {
    // Who cannot be reached sends again.
    sockets[0]?.send(bytes, to.port, to.address, () => undefined);
  };

  const hearRaw = (datagram: Buffer, from: RemoteInfo): void => {
    const heard = {
      protocol: 'snmp',
      address: from.address,
      port: from.port,
      flags: 0,
      extra: null,
    } as const;
    sink.hear({ ...heard, payload: datagram });
  };

  const onPlain = (datagram: Buffer, from: RemoteInfo, cursor: BerCursor): void => {
    const community = readOctets(cursor, 'community');
    if (communities !== null && !communities.has(Buffer.from(community).toString('latin1'))) {
      refused += 1;
      refusals.note('wrong-community', { address: from.address, user: null });
      return;
    }
    const tag = peekTag(cursor);
    if (tag === pduTags.inform) return onPlainInform(datagram, from);
    if (tag !== pduTags.trap && tag !== pduTags.trapV1) malformed += 1;
    hearRaw(datagram, from);
  };

  const onPlainInform = (datagram: Buffer, from: RemoteInfo): void => {
    const read = readTrapMessage(datagram);
    if (!read.ok) {
      malformed += 1;
      return hearRaw(datagram, from);
    }
    const heard = {
      protocol: 'snmp',
      address: from.address,
      port: from.port,
      flags: 0,
      extra: null,
    } as const;
    informs.take({ ...heard, payload: datagram }, () => {
      const response = Uint8Array.from(datagram);
      response[read.message.pduStart] = pduTags.response;
      send(response, from);
    });
  };

  const onV3 = (datagram: Buffer, from: RemoteInfo): void => {
    if (usm === null) {
      refused += 1;
      return;
    }
    const verdict = usm.open(datagram);
    switch (verdict.type) {
      case 'malformed':
        malformed += 1;
        hearRaw(datagram, from);
        return;
      case 'refused':
        refused += 1;
        refusals.note(verdict.why, { address: from.address, user: verdict.user });
        return;
      case 'report':
        send(verdict.bytes, from);
        return;
      case 'heard': {
        const heard = {
          protocol: 'snmp',
          address: from.address,
          port: from.port,
          flags: verdict.authentic ? recordFlags.authentic : 0,
          extra: { user: verdict.user, engine: verdict.engine },
          payload: verdict.scopedPdu,
        } as const;
        const { respond } = verdict;
        if (respond === null) sink.hear(heard);
        else informs.take(heard, () => send(respond(), from));
      }
    }
  };

  const onDatagram = (datagram: Buffer, from: RemoteInfo): void => {
    received += 1;
    if (!sink.mayHear(from.address)) {
      refused += 1;
      return;
    }
    try {
      const cursor: BerCursor = { bytes: datagram, at: 0, end: datagram.length };
      cursor.end = enter(cursor, berTags.sequence, 'message');
      const version = readInteger(cursor, 'version');
      if (version === messageVersions.v3) onV3(datagram, from);
      else if (version === messageVersions.v1 || version === messageVersions.v2c)
        onPlain(datagram, from, cursor);
      else throw new BerError('there is no such version');
    } catch (error) {
      if (!(error instanceof BerError)) throw error;
      malformed += 1;
      hearRaw(datagram, from);
    }
  };

  const close = async (): Promise<void> => {
    cancelRetry();
    const open = sockets;
    sockets = [];
    await Promise.all(open.map(closeSocket));
  };

  const listen = async (target: Wanted): Promise<void> => {
    try {
      sockets = await openSockets(target, {
        onDatagram,
        onError: (error) => logger.warn({ err: error }, 'The SNMP socket reports an error'),
      });
      failure = null;
    } catch (error) {
      failure = sayListenError(error, target);
      logger.warn({ err: error }, failure);
      cancelRetry = timers.after(snmpLimits.retryMs, () => void inTurn(() => renew(target)));
    }
  };

  const renew = async (target: Wanted): Promise<void> => {
    if (stopped || wanted !== target || sockets.length > 0) return;
    await listen(target);
  };

  const inTurn = (action: () => Promise<void>): Promise<void> => {
    turn = turn.then(action).catch((error: unknown) => {
      logger.error({ err: error }, 'The SNMP receiver could not do what it was told');
    });
    return turn;
  };

  const openEngine = async (): Promise<void> => {
    if (engine !== null) return;
    try {
      engine = await openEngineState(options.stateFile, clock);
      usm = createUsm({ engine, users: () => users, clock });
      const { save } = engine;
      cancelSaving = timers.every(snmpLimits.saveEveryMs, () => void inTurn(save));
    } catch (error) {
      logger.error({ err: error }, `SNMPv3 is off: ${options.stateFile} can be neither read nor written`);
    }
  };

  const obey = async ({ settings, snmpUsers }: IntakeOrders): Promise<void> => {
    if (stopped) return;
    const next = settings.snmp;
    communities =
      next.communities.length === 0
        ? null
        : new Set(next.communities.map((community) => Buffer.from(community).toString('latin1')));
    await openEngine();
    const text = JSON.stringify(snmpUsers);
    if (text !== usersText) {
      users = createUsmUsers(snmpUsers);
      usersText = text;
      refusals.forgive();
    }
    const same = wanted !== null && wanted.host === next.host && wanted.port === next.port;
    wanted = next;
    if (sockets.length > 0 && (!same || !next.enabled)) await close();
    if (!next.enabled) {
      cancelRetry();
      failure = null;
    } else if (sockets.length === 0) {
      cancelRetry();
      await listen(next);
    }
  };

  return {
    name: 'snmp',
    obey: (orders) => inTurn(() => obey(orders)),
    status: () => ({
      name: 'snmp',
      listen: wanted === null ? '' : `${wanted.host}:${wanted.port}`,
      state: wanted?.enabled !== true ? 'off' : sockets.length === 0 ? 'failed' : 'listening',
      says:
        failure ??
        (engine === null && wanted?.enabled === true ? sayNoEngine(options.stateFile) : null) ??
        refusals.says(),
      received,
      refused: refused + informs.unanswered(),
      malformed,
      kernelDrops: 0,
    }),
    async stop() {
      stopped = true;
      cancelSaving?.();
      await inTurn(close);
      await inTurn(async () => await engine?.save());
    },
  };
};

type SocketEvents = {
  readonly onDatagram: (datagram: Buffer, from: RemoteInfo) => void;
  readonly onError: (error: Error) => void;
};

/** Several on one port: the kernel keeps senders apart, so that a loud one fills its own buffer. Throws what the system says. */
const openSockets = async (target: Wanted, events: SocketEvents): Promise<readonly Socket[]> => {
  const type = target.host.includes(':') ? 'udp6' : 'udp4';
  // A port that is shared would be shared with another process, too, and each would hear half: whoever has it must be told of.
  const probe = createSocket(type);
  probe.on('error', () => undefined);
  try {
    await bindSocket(probe, target);
  } finally {
    await closeSocket(probe);
  }
  const sockets: Socket[] = [];
  try {
    for (let index = 0; index < receiverLimits.udpSockets; index += 1) {
      const socket = createSocket({
        type,
        reusePort: true,
        recvBufferSize: snmpLimits.receiveBufferBytes,
      });
      sockets.push(socket);
      socket.on('error', events.onError);
      await bindSocket(socket, target);
      socket.on('message', events.onDatagram);
    }
  } catch (error) {
    await Promise.all(sockets.map(closeSocket));
    throw error;
  }
  return sockets;
};

const bindSocket = async (socket: Socket, { host, port }: Wanted): Promise<void> => {
  socket.bind({ address: host, port, exclusive: true });
  await once(socket, 'listening');
};

const closeSocket = async (socket: Socket): Promise<void> => {
  const closed = once(socket, 'close');
  socket.close();
  await closed;
};

const sayNoEngine = (file: string): string =>
  `SNMPv3 is off, since ${file} can be neither read nor written; v1 and v2c are heard.`;

const sayListenError = (error: unknown, { host, port }: Wanted): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const where = `UDP port ${port} of ${host}`;
  if (code === 'EACCES')
    return `${where} needs a privilege: give the service CAP_NET_BIND_SERVICE, or listen on 5162 and redirect 162 to it.`;
  if (code === 'EADDRINUSE')
    return `${where} is taken by another program (often snmptrapd): stop that one, or choose another port.`;
  if (code === 'EADDRNOTAVAIL')
    return `${host} is no address of this host: give one of its own, or 0.0.0.0 for all.`;
  return `${where} cannot be listened to: ${error instanceof Error ? error.message : String(error)}.`;
};
