/**
 * A floating IP address: the master has it on a network interface, the other host has not.
 *
 * Responsible for adding it, for telling the neighbours, for keeping it, and for removing it. It is added with a life time that the kernel
 * counts: a host whose keeper is killed or frozen loses it by itself within seconds. Not responsible for trying again (`address-part.ts`).
 * Needs the rights for it (root, or CAP_NET_ADMIN and CAP_NET_RAW), `ip` (iproute2) and Perl.
 */
import path from 'node:path';
import type { CancelTimer, Timers } from '@nezuban/platform/timers';
import type { Logger } from '@nezuban/platform/logger';
import { runBounded, type CommandOutcome } from '../bounded-command.ts';
import { createAddressPart, type AddressPart, type Wish } from './address-part.ts';

export type FloatingOptions = {
  /** With the length of its prefix: `192.0.2.10/24`. */
  readonly address: string;
  readonly interface: string;
};

/** `ip` speaks with the kernel alone. */
const IP_TIMEOUT_MS = 2_000;
const ANNOUNCE_TIMEOUT_MS = 2_000;
/** What is left of it when nobody renews it. Longer than a pause that the lease survives. */
const LIFETIME_S = 10;
const RENEW_MS = 3_000;
/** A neighbour may miss a packet, and hears the other host until its life time there is over: so the last one comes after that. */
const ANNOUNCE_MS = [0, 200, 1_000, 3_000, LIFETIME_S * 1_000 + 2_000] as const;
const ANNOUNCER = path.join(import.meta.dirname, 'announce.pl');
/** It is not there: what was wished. */
const IS_ABSENT = /address not found|cannot assign requested address/i;

export function createFloatingAddress(
  ports: { readonly timers: Timers; readonly logger: Logger },
  options: FloatingOptions,
): AddressPart {
  const { timers, logger } = ports;
  const [bare = ''] = options.address.split('/');
  const isV6 = bare.includes(':');
  let cancels: CancelTimer[] = [];
  let isFailing = false;
  let renewing: Promise<void> = Promise.resolve();

  const ip = (...args: readonly string[]): Promise<CommandOutcome> =>
    runBounded({ timers }, { command: ['ip', ...args], environment: {}, timeoutMs: IP_TIMEOUT_MS });

  function add(): Promise<CommandOutcome> {
    const life = ['valid_lft', String(LIFETIME_S), 'preferred_lft', '0'];
    // Nobody else has it, or it is taken from him: the kernel need not ask.
    const flags = isV6 ? ['nodad'] : [];
    return ip('addr', 'replace', options.address, 'dev', options.interface, ...life, ...flags);
  }

  async function remove(): Promise<CommandOutcome> {
    const outcome = await ip('addr', 'del', options.address, 'dev', options.interface);
    return outcome.ok || IS_ABSENT.test(outcome.how) ? { ...outcome, ok: true } : outcome;
  }

  async function announce(): Promise<void> {
    const outcome = await runBounded(
      { timers },
      {
        command: ['perl', ANNOUNCER, options.interface, bare],
        environment: {},
        timeoutMs: ANNOUNCE_TIMEOUT_MS,
      },
    );
    if (!outcome.ok)
      logger.warn(
        `the neighbours could not be told that ${bare} is here, since perl ${outcome.how}; they find out when their caches expire`,
      );
  }

  async function renew(): Promise<void> {
    const outcome = await add();
    if (!outcome.ok && !isFailing)
      logger.error(`the address ${options.address} could not be kept, since ip ${outcome.how}`);
    isFailing = !outcome.ok;
  }

  function letGo(): void {
    for (const cancel of cancels) cancel();
    cancels = [];
  }

  function keep(): void {
    letGo();
    cancels = ANNOUNCE_MS.map((ms) => timers.after(ms, () => void announce()));
    cancels.push(
      timers.every(RENEW_MS, () => {
        renewing = renew();
      }),
    );
  }

  async function run(wish: Wish): Promise<CommandOutcome> {
    letGo();
    // Else it could come after the removal.
    await renewing;
    return wish.do === 'take' ? await add() : await remove();
  }

  return createAddressPart(
    { timers, logger, run, onDone: (wish) => wish.do === 'take' && keep() },
    { name: `floating address ${options.address} on ${options.interface}` },
  );
}
