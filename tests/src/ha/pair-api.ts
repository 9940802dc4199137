/**
 * The API of the pair as the harness uses it: whoever is master answers; asked again until somebody does.
 *
 * Responsible for finding the master and for patience. Only for what may be repeated: the loads have their own, stricter way.
 * Called by `pair.ts`, `pair-load.ts` and the scenarios.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  buildRequest,
  type Operation,
  type OperationInput,
  type OperationOutput,
} from '@nezuban/protocol/api/operation';
import { monotonicMs } from './http-call.ts';
import type { LoadClient } from './load-client.ts';
import { MASTER_PATH, type Target } from './master-finder.ts';

export interface PairApi {
  readonly targets: readonly Target[];
  /** Rejects with the problem's text, or when nobody has answered within the bound. */
  call<Op extends Operation>(operation: Op, input?: OperationInput<Op>): Promise<OperationOutput<Op>>;
  token(): string;
  setToken(token: string): void;
}

const ANSWER_TIMEOUT_MS = 10_000;
const ASK_TIMEOUT_MS = 500;
const PATIENCE_MS = 60_000;
const PAUSE_MS = 100;

export function createPairApi(client: LoadClient, targets: readonly Target[]): PairApi {
  let token = '';
  const findMaster = async (): Promise<Target | null> => {
    const answers = await Promise.all(
      targets.map((one) =>
        client.call({ url: `${one.url}${MASTER_PATH}`, method: 'GET', timeoutMs: ASK_TIMEOUT_MS }),
      ),
    );
    return targets.find((_, index) => answers[index]?.status === 200) ?? null;
  };
  return {
    targets,
    token: () => token,
    setToken(next) {
      token = next;
    },
    async call(operation, input = {}) {
      const { method, path, headers, body } = buildRequest(operation, input);
      const deadline = monotonicMs() + PATIENCE_MS;
      let last = 'nobody is master';
      while (monotonicMs() < deadline) {
        const master = await findMaster();
        if (master !== null) {
          const answer = await client.call({
            url: `${master.url}${path}`,
            method,
            headers: { ...headers, authorization: `Bearer ${token}` },
            body,
            timeoutMs: ANSWER_TIMEOUT_MS,
          });
          if (answer.status >= 200 && answer.status < 300)
            return (
              answer.body === ''
                ? undefined
                : operation.responseType === 'application/json'
                  ? JSON.parse(answer.body)
                  : answer.body
            ) as never;
          last = `${answer.status} ${answer.body} ${answer.error ?? ''}`;
          if (answer.status > 0 && answer.status < 500) throw new Error(`${operation.id}: ${last}`);
        }
        await delay(PAUSE_MS);
      }
      throw new Error(`${operation.id}: no answer within ${PATIENCE_MS} ms; last: ${last}`);
    },
  };
}
