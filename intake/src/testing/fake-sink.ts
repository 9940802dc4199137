/**
 * A sink that keeps what receivers give it, and orders to make them listen. For tests of receivers.
 */
import { createMemoryLogger, type MemoryLogger } from '@nezuban/platform/testing/memory-logger';
import { systemTimers } from '@nezuban/platform/timers';
import {
  intakeSettingsSchema,
  type IntakeOrders,
  type IntakeSettings,
} from '@nezuban/protocol/intake/orders';
import type * as z from 'zod';
import type { Heard, ReceiverPorts, SinkAnswer, TrapSink } from '../receivers/receiver.ts';

export type FakeSink = TrapSink & {
  readonly heard: (Heard & { readonly text: string })[];
  /** What it answers from now on; a function may throw, as a disk does. */
  says: (heard: Heard) => SinkAnswer;
  denied: Set<string>;
  press: (isPressed: boolean) => void;
};

export function createFakeSink(): FakeSink {
  const waiting: (() => void)[] = [];
  let isPressed = false;
  const sink: FakeSink = {
    heard: [],
    says: () => 'taken',
    denied: new Set(),
    hear(heard) {
      const answer = sink.denied.has(heard.address) ? 'denied' : sink.says(heard);
      const payload = Buffer.from(heard.payload);
      if (answer === 'taken') sink.heard.push({ ...heard, payload, text: payload.toString() });
      return answer;
    },
    hearDurably: async (heard) => sink.hear(heard),
    mayHear: (address) => !sink.denied.has(address),
    isPressed: () => isPressed,
    onRelief: (callback) => void waiting.push(callback),
    press(next) {
      isPressed = next;
      if (!next) for (const callback of waiting.splice(0)) callback();
    },
  };
  return sink;
}

export function fakePorts(sink: TrapSink): ReceiverPorts & { readonly logger: MemoryLogger } {
  return { sink, timers: systemTimers, logger: createMemoryLogger() };
}

/** All receivers off but those that are named. */
export function ordersOf(
  settings: z.input<typeof intakeSettingsSchema>,
  more: Partial<Omit<IntakeOrders, 'settings'>> = {},
): IntakeOrders {
  const off: Partial<Record<keyof IntakeSettings, { enabled: false }>> = {
    syslog_udp: { enabled: false },
    syslog_tcp: { enabled: false },
    snmp: { enabled: false },
    http: { enabled: false },
  };
  return {
    revision: 1,
    settings: intakeSettingsSchema.parse({ ...off, ...settings }),
    snmpUsers: [],
    httpTokenHashes: [],
    tls: null,
    ...more,
  };
}
