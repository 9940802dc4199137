// A key of its own and the request to certify it (PKCS#10, RFC 2986). The key never leaves the host that made it.
// Called by agents that enrol or renew, and by hosts that join a pair.
import { generateKeyPairSync, sign } from 'node:crypto';
import { bitString, commonNameOf, ecdsaWithSha256, sequence, smallInteger, tagged, toPem } from './der.ts';

export type SigningRequest = { readonly csr: string; readonly privateKey: string };

/** Upper bound of a common name (RFC 5280, ub-common-name). Whoever certifies puts the id there anyway. */
const commonNameLengthMax = 64;

export function createSigningRequest(commonName: string): SigningRequest {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = commonNameOf(commonName.slice(0, commonNameLengthMax));
  const noAttributes = tagged(0);
  const information = sequence(
    smallInteger(0),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    noAttributes,
  );
  const request = sequence(information, ecdsaWithSha256, bitString(sign('sha256', information, privateKey)));
  return {
    csr: toPem('CERTIFICATE REQUEST', request),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
