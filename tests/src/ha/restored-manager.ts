/**
 * A manager of a restored home, started on a host that is no member of the pair.
 *
 * Responsible for the names of the job nets that it holds. Called by `operations-on-a-pair.test.ts`.
 */
import assert from 'node:assert/strict';
import { buildRequest } from '@nezuban/protocol/api/operation';
import { operations } from '@nezuban/protocol/api/operations';
import { NEZUBAN } from './host.ts';
import { CONSOLE_PORT, type Pair } from './pair.ts';

const STEP_MS = 90_000;
const ANSWER_MS = 15_000;

/** It goes on running: whoever stops the pair ends it with the host. */
export async function netsOfRestored(pair: Pair, home: string): Promise<string[]> {
  const { address } = pair.hosts.c.place;
  const url = `https://${address}:${CONSOLE_PORT}`;
  const where = ['--home', home, '--listen', `${address}:${CONSOLE_PORT}`];
  const manager = pair.hosts.c.start([NEZUBAN, 'manager', ...where, '--agent-listen', `${address}:7381`], {
    env: { NEZUBAN_HOME: home },
  });
  await manager.waitForOutput(new RegExp(`https://${address}:${CONSOLE_PORT}`), STEP_MS);
  const { path: list } = buildRequest(operations.listNets, { query: { limit: 200 } });
  const answer = await pair.client.call({
    url: `${url}${list}`,
    method: 'GET',
    headers: { authorization: `Bearer ${pair.api.token()}` },
    timeoutMs: ANSWER_MS,
  });
  assert.equal(answer.status, 200, answer.body);
  return (JSON.parse(answer.body) as { items: { name: string }[] }).items.map(({ name }) => name);
}
