// Holds back addresses that keep coming with join tokens that are none. Tokens cannot be guessed; this keeps the log and the CPU free.
// Synchronous; the time is an input. Called by the agent port.
import { inventoryLimits } from './inventory-limits.ts';

export type EnrolmentLimit = {
  /** Seconds to wait, or 0. */
  waitSeconds(address: string, nowMs: number): number;
  failed(address: string, nowMs: number): void;
};

export const createEnrolmentLimit = (): EnrolmentLimit => {
  const { enrolFailuresFree, enrolFailureForgottenMs, enrolAddressesMax } = inventoryLimits;
  /** When all failures of an address will be forgotten: each one adds its time. The oldest address first. */
  const clearAtMs = new Map<string, number>();
  return {
    waitSeconds(address, nowMs) {
      const excessMs =
        (clearAtMs.get(address) ?? 0) - nowMs - (enrolFailuresFree - 1) * enrolFailureForgottenMs;
      return excessMs <= 0 ? 0 : Math.ceil(excessMs / 1000);
    },
    failed(address, nowMs) {
      const next = Math.max(clearAtMs.get(address) ?? 0, nowMs) + enrolFailureForgottenMs;
      clearAtMs.delete(address);
      clearAtMs.set(address, next);
      if (clearAtMs.size > enrolAddressesMax)
        for (const oldest of clearAtMs.keys()) return void clearAtMs.delete(oldest);
    },
  };
};
