// A connection to the manager on duty that carries files, opened by the agent for one side of one transfer.
// Responsible for the upgrade with the agent's certificate. Not responsible for what is said on it (protocol/agent/transfer-stream.ts).
import https from 'node:https';
import type { Duplex } from 'node:stream';
import {
  transferHeaders,
  transferPath,
  transferProtocol,
  type transferSides,
} from '@nezuban/protocol/agent/transfer-stream';
import type { Identity } from '../identity/identity.ts';
import { managerServerName, parseManagerAddress } from '../identity/manager-address.ts';
import { agentLimits } from '../limits.ts';

/** A master that has gone, and whose host with it, is noticed after about so long without traffic. */
const keepAliveMs = 10_000;

export type TransferWish = {
  readonly attemptId: string;
  readonly side: (typeof transferSides)[number];
  readonly key?: string;
};

/** Rejects where there is no manager on duty at this address, or it does not want it now. */
export async function openTransfer(
  { address, identity }: { readonly address: string; readonly identity: Identity },
  { attemptId, side, key }: TransferWish,
): Promise<Duplex> {
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
  const request = https.request({
    ...parseManagerAddress(address),
    path: transferPath,
    agent: false,
    ca: identity.ca,
    cert: identity.certificate,
    key: identity.privateKey,
    servername: managerServerName,
    timeout: agentLimits.transferConnectTimeoutMs,
    headers: {
      connection: 'Upgrade',
      upgrade: transferProtocol,
      [transferHeaders.attempt]: attemptId,
      [transferHeaders.side]: side,
      ...(key === undefined ? {} : { [transferHeaders.key]: key }),
    },
  });
  request.on('timeout', () => request.destroy(new Error('the manager does not answer')));
  request.on('error', reject);
  request.on('response', (response) => {
    response.resume();
    reject(new Error(`the manager answers ${response.statusCode}`));
    request.destroy();
  });
  request.on('upgrade', (_response, socket, head) => {
    socket.on('error', () => undefined);
    if (socket.destroyed) {
      reject(new Error('the connection broke'));
      return;
    }
    socket.setTimeout(0);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveMs);
    if (head.length > 0) socket.unshift(head);
    resolve(socket);
  });
  request.end();
  return await promise;
}

/** What comes of one goes into the other, no faster than it is taken; the end of one is that of both. */
export function joinStreams(one: Duplex, other: Duplex): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
    from.pipe(to);
  }
}
