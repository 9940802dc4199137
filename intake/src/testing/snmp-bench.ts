/**
 * An SNMP receiver with a journal in memory, for tests: on a port of the system's choice, with a socket to send from.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createMemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers } from '@nezuban/platform/timers';
import { intakeOrdersSchema, type IntakeOrders, type SnmpUser } from '@nezuban/protocol/intake/orders';
import type { Heard, SinkAnswer, TrapSink } from '../receivers/receiver.ts';
import { createSnmpReceiver } from '../receivers/snmp/snmp-receiver.ts';

export type HeardCopy = Heard & { readonly payload: Buffer };

/** Keeps all that it hears; `hold` makes informs wait until `release`. */
export const createMemorySink = () => {
  const heard: HeardCopy[] = [];
  const waiting: ((answer: SinkAnswer) => void)[] = [];
  let holding = false;
  const take = (one: Heard): SinkAnswer => {
    heard.push({ ...one, payload: Buffer.from(one.payload) });
    return 'taken';
  };
  const sink: TrapSink = {
    hear: take,
    hearDurably: (one) => {
      if (!holding) return Promise.resolve(take(one));
      return new Promise((resolve) => {
        waiting.push((answer) => resolve(answer === 'taken' ? take(one) : answer));
      });
    },
    mayHear: () => true,
    isPressed: () => false,
    onRelief: () => undefined,
  };
  return {
    sink,
    heard,
    waiting,
    hold: () => {
      holding = true;
    },
    release: (answer: SinkAnswer = 'taken') => {
      holding = false;
      for (const resolve of waiting.splice(0)) resolve(answer);
    },
  };
};

export const ordersFor = (more: {
  readonly port: number;
  readonly users?: readonly SnmpUser[];
  readonly communities?: readonly string[];
  readonly enabled?: boolean;
}): IntakeOrders =>
  intakeOrdersSchema.parse({
    revision: 1,
    settings: {
      snmp: { enabled: more.enabled ?? true, port: more.port, communities: more.communities ?? [] },
    },
    snmpUsers: more.users ?? [],
    httpTokenHashes: [],
    tls: null,
  });

/** A port that nobody has just now. */
export const freePort = async (): Promise<number> => {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
};

export const openBench = async (options: {
  readonly stateFile: string;
  readonly users?: readonly SnmpUser[];
  readonly communities?: readonly string[];
}) => {
  const memory = createMemorySink();
  const port = await freePort();
  const receiver = createSnmpReceiver(
    { sink: memory.sink, timers: systemTimers, logger: createMemoryLogger() },
    { stateFile: options.stateFile },
  );
  await receiver.obey(ordersFor({ port, ...options }));
  const client = createSocket('udp4');
  const answers: Buffer[] = [];
  client.on('message', (message) => answers.push(message));
  client.bind(0, '127.0.0.1');
  await once(client, 'listening');
  return {
    ...memory,
    receiver,
    port,
    answers,
    send: (bytes: Uint8Array): void => client.send(bytes, port, '127.0.0.1'),
    close: async (): Promise<void> => {
      client.close();
      await receiver.stop();
    },
  };
};
