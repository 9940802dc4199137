/**
 * How the hosts of a pair prove to each other who they are: TLS 1.3 with certificates of the manager's CA on both sides.
 *
 * Responsible for the TLS options of each side, for reading the voter's id out of a certificate, and for the sentence that says why a
 * connection could not be made. Used by duty and bulk connections alike, so that both apply the same rule.
 */
import tls from 'node:tls';
import { pairCommonName, pairServerName } from '@nezuban/protocol/pair/pair-link';
import { voterIdSchema, type VoterId } from '@nezuban/protocol/pair/roster';

export type PairCredentials = {
  /** PEM: own certificate, its key, and the CA that the others are checked against. */
  readonly certificate: string;
  readonly privateKey: string;
  readonly ca: string;
};

/** For `tls.createSecureContext`, either side. The CA is sent along: a host that joins knows it by its fingerprint alone. */
export function secureContextOptions(credentials: PairCredentials): tls.SecureContextOptions {
  return {
    cert: `${credentials.certificate.trimEnd()}\n${credentials.ca}`,
    key: credentials.privateKey,
    ca: credentials.ca,
    minVersion: 'TLSv1.3',
  };
}

/** Made once for all dials: reading keys costs more than a dial that nobody answers. Throws if they are none. */
export function dialContext(credentials: PairCredentials): tls.SecureContext {
  return tls.createSecureContext(secureContextOptions(credentials));
}

/** For `tls.connect` to a host of the pair: verified by the CA and by the one name that all of them have. */
export function dialOptions(secureContext: tls.SecureContext, alpn: string): tls.ConnectionOptions {
  return {
    secureContext,
    servername: pairServerName,
    ALPNProtocols: [alpn],
    rejectUnauthorized: true,
  };
}

/** The voter's id in the certificate that the other side has shown; null if it has shown none, or one that is not of a voter. */
export function certifiedVoter(socket: tls.TLSSocket): VoterId | null {
  if (!socket.authorized) return null;
  const commonName = socket.getPeerCertificate().subject?.CN;
  if (typeof commonName !== 'string') return null;
  const prefix = pairCommonName('');
  if (!commonName.startsWith(prefix)) return null;
  const id = voterIdSchema.safeParse(commonName.slice(prefix.length));
  return id.success ? id.data : null;
}

/** Said to whoever shows no certificate of a voter. */
export const STRANGER_SAYS =
  'This host of a pair knows only certificates of its own pair: the one you show is of another cluster, of an agent, or has expired.';

/** One sentence about a dial that failed, without a line break. `at` is the address as it was given. */
export function describeDialFailure(at: string, error: NodeJS.ErrnoException): string {
  const code = error.code ?? '';
  if (/^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/.test(code))
    return `The host at ${at} shows a certificate that is not valid today (${error.message}): compare the clocks of both hosts.`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `What answers at ${at} is of this cluster, but no host of the pair: is it the port of the agents or of the console?`;
  if (/CERT|SELF_SIGNED|ISSUER|VERIFY_LEAF/.test(code) && !code.startsWith('ERR_SSL'))
    return `The host at ${at} shows a certificate of another cluster (${error.message}): check the address.`;
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'EPROTO')
    return `What answers at ${at} does not speak TLS: something else than Nezuban listens there.`;
  if (code.startsWith('ERR_SSL'))
    return `The host at ${at} refused the encrypted connection (${error.message}).`;
  switch (code) {
    case 'ECONNREFUSED':
      return `Nobody listens at ${at}: is Nezuban running there?`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return `There is no route to ${at} (${code}): look at the network.`;
    case 'ETIMEDOUT':
      return `Nothing answers at ${at}: the host is down, or a firewall drops what is sent there.`;
    case 'ECONNRESET':
    case 'EPIPE':
      return `The connection to ${at} was cut before it was made (${code}): a firewall, or a program that has just ended.`;
    default:
      return `The connection to ${at} could not be made: ${error.message.replaceAll(/\s+/g, ' ')}.`;
  }
}
