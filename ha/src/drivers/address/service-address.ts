/**
 * The address by which users and devices find the master, whichever host that is: a floating IP address, a hook, or both.
 *
 * Responsible for reading what the operator wants (the key `address` of `pair.json`), and for the bound within which the keeper waits.
 * Not responsible for how it is done (`floating-address.ts`, `address-hook.ts`). Called by the keeper of a member.
 */
import net from 'node:net';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import * as z from 'zod';
import type { ServiceAddress } from '../ports.ts';
import { createAddressHook } from './address-hook.ts';
import type { AddressPart, Wish } from './address-part.ts';
import { createFloatingAddress } from './floating-address.ts';

/** The keeper waits no longer than this for a first try; it goes on beside. */
const WAIT_MS = 2_000;
const HOOK_TIMEOUT_MS = 10_000;

export const serviceAddressSchema = z.strictObject({
  /** Needs root, and that both hosts are on the same network. */
  floating: z
    .strictObject({
      address: z.string().refine(isAddressWithPrefix, 'an IP address with its prefix, such as 192.0.2.10/24'),
      interface: z.string().regex(/^[^\s/]{1,15}$/, 'the name of a network interface, such as eth0'),
    })
    .optional(),
  /** Program and arguments; `take` or `release` comes last. It may be run twice for the same. */
  hook: z
    .strictObject({
      command: z.array(z.string().max(4_000)).min(1).max(100),
      timeoutMs: z.int().min(100).max(60_000).default(HOOK_TIMEOUT_MS),
    })
    .optional(),
});

function isAddressWithPrefix(text: string): boolean {
  const [, address = '', prefix] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const version = net.isIP(address);
  return version !== 0 && Number(prefix) >= 1 && Number(prefix) <= (version === 4 ? 32 : 128);
}

/** `wanted` as it lies in the file. What is wrong in it is logged and left out: a pair works without. */
export function createServiceAddress(
  ports: { readonly timers: Timers; readonly logger: Logger },
  wanted: Readonly<Record<string, unknown>>,
): ServiceAddress {
  const { timers, logger } = ports;
  const parts = partsOf(ports, wanted);

  async function wish(wished: Wish): Promise<void> {
    const waited = new AbortController();
    await Promise.race([
      Promise.all(parts.map((part) => part.wish(wished))),
      timers.sleep(WAIT_MS, waited.signal).catch(() => undefined),
    ]);
    waited.abort();
  }

  async function quietly(wished: Wish): Promise<void> {
    try {
      await wish(wished);
    } catch (error) {
      logger.error({ err: error }, `the service address: ${wished.do} broke`);
    }
  }

  return {
    take: (term) => quietly({ do: 'take', term }),
    release: () => quietly({ do: 'release' }),
  };
}

function partsOf(
  ports: { readonly timers: Timers; readonly logger: Logger },
  wanted: Readonly<Record<string, unknown>>,
): readonly AddressPart[] {
  const parsed = serviceAddressSchema.safeParse(wanted);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    ports.logger.error(
      `The key "address" in pair.json is not understood (${problems.join('; ')}): users find the master by the hosts' own addresses alone.`,
    );
    return [];
  }
  const { floating, hook } = parsed.data;
  return [
    ...(floating === undefined ? [] : [createFloatingAddress(ports, floating)]),
    ...(hook === undefined ? [] : [createAddressHook(ports, hook)]),
  ];
}
