/**
 * The exchange of the manager's certificate authority: `HOME/manager/ca/exchange.json`, which is there only while two of them are trusted.
 *
 * Responsible for the file's shape and for what each phase means: who signs what, and what is trusted. Pure; the manager signs, the keeper compares,
 * `nezuban admin renew-ca` writes. The decision is in `docs/internals/decisions/0011-exchange-of-the-ca.md`.
 *
 * | phase | managers let in | told to agents and hosts of the pair | agents' certificates | managers' and the pair's |
 * | --- | --- | --- | --- | --- |
 * | shared | both | the old one | old | old |
 * | moving | both | both | new | old |
 * | serving | both | both | new | new |
 * | finishing | the new one | the new one | new | new |
 */
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import * as z from 'zod';

export const EXCHANGE_FILE = 'exchange.json';

export const exchangeSchema = z.strictObject({
  phase: z.enum(['shared', 'moving', 'serving', 'finishing']),
  next: z.strictObject({ certificate: z.string().max(20_000), key: z.string().max(20_000) }),
});
export type Exchange = z.infer<typeof exchangeSchema>;

export type AuthorityFiles = { readonly certificate: string; readonly key: string };

export type AuthorityPlan = {
  /** Signs for agents; for managers and hosts of the pair. */
  readonly agents: AuthorityFiles;
  readonly servers: AuthorityFiles;
  /** PEM of all whose certificates are let in. */
  readonly letIn: string;
  /** PEM of all that agents and hosts of the pair are told to trust. */
  readonly told: string;
};

/**
 * `current`: `ca.crt` and `ca.key`. Where the key is the next one's already, the copy of the files was cut off at the very end: what remains to be
 * copied is known.
 */
export function planAuthority(current: AuthorityFiles, exchange: Exchange | null): AuthorityPlan {
  if (exchange === null)
    return { agents: current, servers: current, letIn: current.certificate, told: current.certificate };
  const { next, phase } = exchange;
  const both = `${current.certificate.trimEnd()}\n${next.certificate.trimEnd()}\n`;
  if (phase === 'finishing' || isOfKey(next.certificate, current.key))
    return { agents: next, servers: next, letIn: next.certificate, told: next.certificate };
  if (phase === 'shared')
    return { agents: current, servers: current, letIn: both, told: current.certificate };
  return { agents: next, servers: phase === 'serving' ? next : current, letIn: both, told: both };
}

export function isOfKey(certificate: string, key: string): boolean {
  return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

export function certificatesIn(pem: string): readonly string[] {
  return pem.match(CERTIFICATE) ?? [];
}

/** What somebody trusts, comparable whatever the blanks between. */
export function digestOfTrust(pem: string): string {
  const ders = certificatesIn(pem).map((one) => new X509Certificate(one).fingerprint256);
  return createHash('sha256').update(ders.toSorted().join('\n')).digest('hex');
}

export type HeldAuthority = { readonly trusts: string; readonly issuer: string };

/** Null: one authority alone, as almost always. */
export function heldAuthority({
  certificate,
  ca,
}: {
  readonly certificate: string;
  readonly ca: string;
}): HeldAuthority | null {
  const trusted = certificatesIn(ca);
  if (trusted.length < 2) return null;
  return { trusts: digestOfTrust(ca), issuer: issuerOf(certificate, trusted) };
}

/** Fingerprint of the one that has signed it; empty: none of these. */
export function issuerOf(certificate: string, authorities: readonly string[]): string {
  const own = new X509Certificate(certificate);
  const found = authorities.map((one) => new X509Certificate(one)).find((one) => own.verify(one.publicKey));
  return found?.fingerprint256 ?? '';
}

/** What a host of the pair should hold by these files; null: nothing special. */
export function wantedAuthority(current: AuthorityFiles, exchange: Exchange | null): HeldAuthority | null {
  const { told, servers } = planAuthority(current, exchange);
  if (certificatesIn(told).length < 2) return null;
  return { trusts: digestOfTrust(told), issuer: new X509Certificate(servers.certificate).fingerprint256 };
}

export function isSameAuthority(one: HeldAuthority | null, other: HeldAuthority | null): boolean {
  return one?.trusts === other?.trusts && one?.issuer === other?.issuer;
}
