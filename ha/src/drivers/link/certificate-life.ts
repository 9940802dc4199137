/**
 * When a certificate is to be renewed. Pure.
 *
 * Responsible for the rule alone; who asks whom for a new one is the keeper's matter.
 */
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';

/** Leaves a third of its life for a master that can be asked. */
const RENEW_AT = 2 / 3;

export type CertificateLife = {
  /** Milliseconds since 1970 at which two thirds of its life are over. */
  readonly renewAtMs: number;
  readonly endsAtMs: number;
};

export function certificateLife(certificate: string): CertificateLife {
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  const begin = validFromDate.getTime();
  const end = validToDate.getTime();
  return { renewAtMs: begin + (end - begin) * RENEW_AT, endsAtMs: end };
}

export function isRenewalDue(certificate: string, nowMs: number): boolean {
  return nowMs >= certificateLife(certificate).renewAtMs;
}

/** Whether the certificate certifies this key: an answer to a request that was never ours must not replace what works. */
export function belongTogether(certificate: string, privateKey: string): boolean {
  const ofKey = createPublicKey(createPrivateKey(privateKey)).export({ type: 'spki', format: 'der' });
  return ofKey.equals(new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' }));
}
