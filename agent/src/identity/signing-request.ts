// A key of its own and the request to certify it (PKCS#10). The key never leaves the agent.
// The library is loaded when needed, twice in the life of a certificate, and not kept: an idle agent stays small.
import { webcrypto } from 'node:crypto';

export type SigningRequest = { readonly csr: string; readonly privateKey: string };

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export async function createSigningRequest(commonName: string): Promise<SigningRequest> {
  const { Pkcs10CertificateRequestGenerator, PemConverter } = await import('@peculiar/x509');
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const request = await Pkcs10CertificateRequestGenerator.create({ name: [{ CN: [commonName] }], keys, signingAlgorithm: algorithm }, webcrypto);
  const privateKey = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { csr: request.toString('pem'), privateKey: PemConverter.encode(privateKey, 'PRIVATE KEY') };
}
