// What a manager stands on whatever its duty is: the authority, its own certificate, and the two ports.
// Responsible for reading or making the first two, for the addresses, and for renewing the certificate. The ports stay open from standby to
// duty; who answers behind them changes. Not responsible for who that is (master.ts, standby/standby.ts). Made by manager.ts.
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Clock } from '@nezuban/platform/clock';
import type { Logger } from '@nezuban/platform/logger';
import type { Timers } from '@nezuban/platform/timers';
import type { HostPort, ManagerConfig } from '@nezuban/protocol/keeper/child-messages';
import { makePrivateFolder } from './files/private-file.ts';
import { createConsoleDoor, type ConsoleDoor, type TlsMaterial } from './http/console-door.ts';
import { isLoopback } from './http/host-check.ts';
import { createAgentPort, type AgentPort } from './inventory/agent-port.ts';
import { certificatesIn } from '@nezuban/platform/authority-exchange';
import { openAuthority, readAuthority, type Authority } from './inventory/certificates/authority.ts';
import { openServerCertificate } from './inventory/certificates/server-certificate.ts';
import { serverNames } from './inventory/certificates/server-names.ts';

export type Ground = {
  readonly authority: Authority;
  readonly door: ConsoleDoor;
  readonly agentPort: AgentPort;
  /** PEM of the CA that a client of the console must trust; null: plain HTTP, or a certificate from elsewhere. */
  readonly consoleCa: string | null;
  /** `HOST:PORT` that agents are told; known once the agent port is open. */
  readonly agentAddress: () => string;
  /** Opens what is not open yet. Throws a ListenError. */
  readonly open: () => Promise<{ readonly consoleUrl: string; readonly agentAddress: string }>;
  /** Each certificate that this manager shows, with its end. */
  readonly certificateLives: () => readonly { readonly name: string; readonly expiresAt: Date }[];
  /** Called after each step of an exchange of the authority that was noticed. */
  readonly setExchangeListener: (listener: () => void) => void;
  /** False: the files of the authority have been replaced by others, those of the other host of the pair. */
  readonly isCurrent: () => Promise<boolean>;
  readonly stop: () => Promise<void>;
};

/** How soon a step of `nezuban admin renew-ca` is noticed. Three small files. */
const AUTHORITY_LOOK_MS = 2_000;

export type GroundConfig = Pick<ManagerConfig, 'home' | 'listen' | 'tls' | 'agentListen' | 'advertise'>;
export type GroundPorts = { readonly clock: Clock; readonly timers: Timers; readonly logger: Logger };

/** `authority`: `make` where there is none yet; `await-peer`: then null is the answer, since the other host of the pair has it. */
export const openGround = async (
  ports: GroundPorts,
  config: GroundConfig,
  how: { readonly authority: 'make' | 'await-peer' },
): Promise<Ground | null> => {
  const { clock, timers, logger } = ports;
  const { listen, agentListen, advertise } = config;
  await makePrivateFolder(path.join(config.home, 'manager'));
  const directory = path.join(config.home, 'manager', 'ca');
  const authority =
    how.authority === 'make' ? await openAuthority(directory) : await readAuthority(directory);
  if (authority === null) return null;
  const listened = [agentListen.host, listen.host];
  const names = serverNames([
    os.hostname(),
    ...listened,
    // Whoever listens everywhere is reached by every address of this host.
    ...(listened.some(isWildCard) ? ownAddresses() : []),
    ...(advertise === null ? [] : [hostOf(advertise)]),
  ]);
  const certificate = await openServerCertificate({ authority, clock, timers, logger }, { directory, names });
  const tls = await consoleTls(config, certificate.current);
  const certificateLives = (): { readonly name: string; readonly expiresAt: Date }[] =>
    [
      { name: 'server', pem: certificate.current().certificate },
      { name: 'ca', pem: authority.certificate },
      ...(config.tls === null || tls === null ? [] : [{ name: 'console', pem: tls.certificate }]),
    ].map(({ name, pem }) => ({ name, expiresAt: new X509Certificate(pem).validToDate }));
  const door = createConsoleDoor({ logger }, { listen, tls });
  const agentPort = createAgentPort(
    { clock, logger: logger.child({ domain: 'inventory' }) },
    { listen: agentListen, tls: certificate.current(), ca: () => authority.letIn },
  );
  let onExchange: () => void = () => undefined;
  const lookAtAuthority = async (): Promise<void> => {
    try {
      if (!(await authority.refresh())) return;
      logger.info('The exchange of the certificate authority has gone on');
      await certificate.check();
      agentPort.setTls(certificate.current());
      onExchange();
    } catch (error) {
      logger.error({ err: error }, 'The certificate authority could not be read; it is tried again');
    }
  };
  const cancelLooks = timers.every(AUTHORITY_LOOK_MS, () => void lookAtAuthority());
  certificate.start((material) => {
    agentPort.setTls(material);
    if (config.tls === null) door.setTls(material);
  });
  let agentAddress = advertise ?? '';

  return {
    authority,
    door,
    agentPort,
    get consoleCa() {
      return tls === null || config.tls !== null ? null : authority.certificate;
    },
    agentAddress: () => agentAddress,
    async open() {
      const port = await agentPort.start();
      agentAddress = advertise ?? reachableAddress({ host: agentListen.host, port });
      const { url } = await door.start();
      return { consoleUrl: url, agentAddress };
    },
    certificateLives,
    setExchangeListener(next) {
      onExchange = next;
    },
    async isCurrent() {
      // What goes on by an exchange is followed, not started anew for.
      const before = authority.letIn;
      if (await authority.refresh()) {
        await certificate.check();
        agentPort.setTls(certificate.current());
        onExchange();
      }
      return sharesOne(before, authority.letIn);
    },
    async stop() {
      cancelLooks();
      certificate.stop();
      await Promise.all([door.stop(), agentPort.stop()]);
    },
  };
};

/** Whether the two have an authority in common. */
const sharesOne = (before: string, after: string): boolean =>
  certificatesIn(before).some((one) => certificatesIn(after).includes(one));

/** Plain HTTP on loopback; elsewhere TLS, by the given files or by the manager's own CA. */
const consoleTls = async (config: GroundConfig, own: () => TlsMaterial): Promise<TlsMaterial | null> => {
  if (config.tls === null) return isLoopback(config.listen.host) ? null : own();
  const [certificate, key] = await Promise.all([
    readFile(config.tls.certificateFile, 'utf8'),
    readFile(config.tls.keyFile, 'utf8'),
  ]);
  return { certificate, key };
};

/** What an agent elsewhere can use: a wild card address is none. */
const reachableAddress = ({ host, port }: HostPort): string => {
  const reachable = host === '0.0.0.0' || host === '::' ? os.hostname() : host;
  return reachable.includes(':') ? `[${reachable}]:${port}` : `${reachable}:${port}`;
};

/** The host of `HOST:PORT` or `[IPv6]:PORT`. */
const hostOf = (address: string): string =>
  /^\[(.+)\]:\d+$/.exec(address)?.[1] ?? address.replace(/:\d+$/, '');

const isWildCard = (host: string): boolean => host === '0.0.0.0' || host === '::';

/** Addresses of this host. Link-local addresses are left out: they need a zone, which no certificate can name. */
export const ownAddresses = (): string[] =>
  Object.values(os.networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ address }) => !address.startsWith('fe80:'))
    .map(({ address }) => address)
    .toSorted();
