/**
 * The certificate that TLS receivers show, from files that may be renewed at any time.
 *
 * Responsible for reading the files, for noticing that they have changed, and for the sentence that says what is missing. A renewed pair that
 * cannot be used leaves the one in use. Used by `syslog-tls.ts` and `http-receiver.ts`.
 */
import fs from 'node:fs';
import tls from 'node:tls';
import type { IntakeOrders } from '@nezuban/protocol/intake/orders';
import { receiverLimits } from './receiver-limits.ts';
import type { ReceiverPorts } from './receiver.ts';

export type TlsFiles = {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Of those whose client certificates are taken; null: none is asked for. */
  readonly clientCaFile: string | null;
};

/** Text of `setupOf`: other files need another listener, other content of the same files does not. */
export const sayTlsFiles = (files: TlsFiles | null): string => JSON.stringify(files);

export function tlsFilesOf({ tls: own }: IntakeOrders, clientCaFile: string | null): TlsFiles | null {
  return own === null ? null : { ...own, clientCaFile };
}

/** Throws an error whose message is the sentence for the operator. */
export async function readTlsOptions(files: TlsFiles | null): Promise<tls.SecureContextOptions> {
  if (files === null)
    throw new Error(
      'TLS needs the certificate of this host, which the manager has not told yet: it is tried again.',
    );
  const [cert, key, ca] = await Promise.all([
    readPem(files.certificateFile, 'the certificate of this host'),
    readPem(files.keyFile, 'the private key of this host'),
    files.clientCaFile === null ? undefined : readPem(files.clientCaFile, 'the CA of the senders'),
  ]);
  const options: tls.SecureContextOptions = {
    cert,
    key,
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca }),
  };
  try {
    tls.createSecureContext(options);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `The certificate ${files.certificateFile} and the key ${files.keyFile} cannot be used (${why}): both must be PEM and belong together.`,
      { cause: error },
    );
  }
  return options;
}

async function readPem(file: string, what: string): Promise<Buffer> {
  try {
    return await fs.promises.readFile(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new Error(
      `The file ${file}, ${what}, cannot be read (${code}): it must be there and readable for the service.`,
      {
        cause: error,
      },
    );
  }
}

/** Looks at the files regularly, and gives new ones to the server. Returns what ends it. */
export function followTlsFiles(
  ports: Pick<ReceiverPorts, 'timers' | 'logger'>,
  files: TlsFiles,
  server: Pick<tls.Server, 'setSecureContext'>,
): () => void {
  const { timers, logger } = ports;
  let isLooking = false;
  // What the server has was read a moment ago: a change in between shows at the first look, which is taken for one.
  let seen: string | null = null;

  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    try {
      const now = await stampOf(files);
      if (now === seen) return;
      const options = await readTlsOptions(files);
      server.setSecureContext(options);
      if (seen !== null) logger.info({ file: files.certificateFile }, 'the certificate was renewed');
      seen = now;
    } catch (error) {
      logger.warn({ err: error }, 'the renewed certificate cannot be used: the one before is shown on');
    } finally {
      isLooking = false;
    }
  }
  return timers.every(receiverLimits.certificateLookMs, () => void look());
}

async function stampOf(files: TlsFiles): Promise<string> {
  const names = [files.certificateFile, files.keyFile, files.clientCaFile].filter((name) => name !== null);
  const stats = await Promise.all(names.map((name) => fs.promises.stat(name)));
  return stats.map(({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`).join('\n');
}
