// The certificate that the manager shows to agents and, without one from elsewhere, to browsers.
// Responsible for having one for the names by which this manager is reached now, and for renewing it in time, while it runs. A copy as PEM is
// kept beside for the intake of this host, whose TLS receivers show the same one.
import { X509Certificate } from 'node:crypto';
import path from 'node:path';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import { readIfExists, writePrivateFile } from '../../files/private-file.ts';
import type { Authority, ServerNames } from './authority.ts';

/** How soon one is made whose file somebody has removed (`nezuban admin renew-certificate`). A look costs a fraction of a millisecond. */
const CHECK_MS = 5_000;
/** Share of its life after which it is renewed; the rest is for noticing that this fails. */
const RENEW_AT = 2 / 3;

export type TlsMaterial = { readonly certificate: string; readonly key: string };

export type ServerCertificate = {
  readonly current: () => TlsMaterial;
  /** Renews in time from now on; `onRenewed` gives the new one to the servers. */
  start(onRenewed: (material: TlsMaterial) => void): void;
  /** Looks now whether another one is needed. */
  check(): Promise<void>;
  stop(): void;
};

export type ServerCertificatePorts = {
  readonly authority: Authority;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
};

export const openServerCertificate = async (
  ports: ServerCertificatePorts,
  options: { readonly directory: string; readonly names: ServerNames },
): Promise<ServerCertificate> => {
  const { authority, clock, timers, logger } = ports;
  const file = path.join(options.directory, 'server.json');
  const pemFile = path.join(options.directory, 'server.pem');
  let cancel: (() => void) | undefined;

  const make = async (): Promise<TlsMaterial> => {
    const material = await authority.issueServer(options.names);
    // One file for both: a key is never found beside another's certificate.
    await writePrivateFile(file, JSON.stringify(material));
    await writePrivateFile(pemFile, pemOf(material));
    logger.info({ names: options.names }, 'A certificate for this manager was made');
    return material;
  };

  const kept = parseMaterial(await readIfExists(file));
  let current =
    kept !== null && isGood(kept, { authority, names: options.names, nowMs: clock.epochMs() })
      ? kept
      : await make();
  if ((await readIfExists(pemFile)) !== pemOf(current)) await writePrivateFile(pemFile, pemOf(current));

  let onRenewed: (material: TlsMaterial) => void = () => undefined;

  const check = async (): Promise<void> => {
    const isThere = (await readIfExists(file).catch(() => '')) !== null;
    if (isThere && isGood(current, { authority, names: options.names, nowMs: clock.epochMs() })) return;
    try {
      current = await make();
      onRenewed(current);
    } catch (error) {
      logger.error({ err: error }, 'The certificate of this manager could not be renewed; it is tried again');
    }
  };

  return {
    current: () => current,
    start(listener) {
      onRenewed = listener;
      cancel ??= timers.every(CHECK_MS, () => void check());
    },
    check,
    stop() {
      cancel?.();
      cancel = undefined;
    },
  };
};

type Judgement = { readonly authority: Authority; readonly names: ServerNames; readonly nowMs: number };

/** Whether it is ours, for all names, and in the first two thirds of its life. */
const isGood = (material: TlsMaterial, { authority, names, nowMs }: Judgement): boolean => {
  const certificate = new X509Certificate(material.certificate);
  const life = certificate.validToDate.getTime() - certificate.validFromDate.getTime();
  return (
    certificate.verify(new X509Certificate(authority.serverIssuer).publicKey) &&
    names.dns.every((name) => certificate.checkHost(name) !== undefined) &&
    names.ip.every((address) => certificate.checkIP(address) !== undefined) &&
    nowMs >= certificate.validFromDate.getTime() &&
    nowMs < certificate.validFromDate.getTime() + life * RENEW_AT
  );
};

const pemOf = ({ certificate, key }: TlsMaterial): string => `${certificate.trimEnd()}\n${key.trimEnd()}\n`;

const parseMaterial = (text: string | null): TlsMaterial | null => {
  if (text === null) return null;
  const value: unknown = JSON.parse(text);
  const { certificate, key } = value as Partial<TlsMaterial>;
  return typeof certificate === 'string' && typeof key === 'string' ? { certificate, key } : null;
};
