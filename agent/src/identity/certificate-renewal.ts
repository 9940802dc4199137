// Renews the agent's certificate at two thirds of its life, over the link that it opens.
// Responsible for when, for the new key, and for storing the new identity. Not responsible for sending (agent.ts wires it to the master's link).
import { createPublicKey, createPrivateKey, X509Certificate } from 'node:crypto';
import { digestOfTrust } from '@nezuban/platform/authority-exchange';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import { createSigningRequest } from '@nezuban/platform/signing-request';
import { agentLimits } from '../limits.ts';
import type { Identity } from './identity.ts';

export type CertificateRenewalPorts = {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly identity: () => Identity;
  readonly store: (identity: Identity) => void;
  /** False: no master is connected; it is tried again at the next check. */
  readonly send: (csr: string) => boolean;
  /** Other authorities are trusted from now on, and the certificate is another one: connections begin anew with it. */
  readonly onTrustChanged: () => void;
};

export type CertificateRenewal = {
  readonly start: () => void;
  /** Also called when a master has just been reached. */
  readonly check: () => void;
  /** What the manager wants this agent to trust, as its digest; where it is something else, a certificate is asked for now. */
  readonly trustTold: (trust: string) => void;
  readonly certificateArrived: (certificate: string, ca: string) => void;
  readonly stop: () => void;
};

export function createCertificateRenewal(ports: CertificateRenewalPorts): CertificateRenewal {
  const { logger } = ports;
  let timer: NodeJS.Timeout | undefined;
  /** Key of the request under way. */
  let pendingKey: string | null = null;

  let wantedTrust: string | null = null;

  const check = (): void => {
    const { certificate, ca } = ports.identity();
    const isOther = wantedTrust !== null && wantedTrust !== digestOfTrust(ca);
    if (!isOther && ports.clock.epochMs() < renewalDueMs(certificate)) return;
    const { csr, privateKey } = createSigningRequest(ports.identity().agentId);
    pendingKey = ports.send(csr) ? privateKey : null;
  };

  return {
    start() {
      timer = setInterval(check, agentLimits.certificateCheckMs);
      timer.unref();
    },
    check,
    trustTold(trust) {
      wantedTrust = trust;
      check();
    },
    certificateArrived(certificate, ca) {
      if (pendingKey === null || !belongsTogether(certificate, pendingKey)) {
        logger.warn('a certificate arrived that was not asked for; it is ignored');
        return;
      }
      const before = ports.identity().ca;
      ports.store({ ...ports.identity(), certificate, ca, privateKey: pendingKey });
      pendingKey = null;
      logger.info({ validTo: new X509Certificate(certificate).validTo }, 'the certificate has been renewed');
      if (digestOfTrust(before) !== digestOfTrust(ca)) ports.onTrustChanged();
    },
    stop: () => clearInterval(timer),
  };
}

/** When two thirds of the certificate's life have passed, in milliseconds since 1970. */
export function renewalDueMs(certificate: string): number {
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  return (
    validFromDate.getTime() +
    (validToDate.getTime() - validFromDate.getTime()) * agentLimits.certificateRenewAt
  );
}

function belongsTogether(certificate: string, privateKey: string): boolean {
  const ofKey = createPublicKey(createPrivateKey(privateKey)).export({ type: 'spki', format: 'der' });
  return ofKey.equals(new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' }));
}
