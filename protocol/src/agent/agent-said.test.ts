// What of an agent's words is believed: known codes with just their places, within bounds; all else leaves the English text, and never costs the receipt.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentSaidSchema, saidByAgent, sendable, sentenceOfAgent } from './agent-said.ts';
import { receiptSchema } from './link.ts';

const believed = (said: unknown) => sentenceOfAgent(agentSaidSchema.parse(said));

test('said by agents: what an agent makes: taken as it is, with its English text', () => {
  const { said, text } = saidByAgent('agent_limit', {
    limit: { code: 'agent_limit_memory' },
    trouble: 'x {y}',
  });
  assert.equal(text, 'the limit of memory cannot be held on this host: x {y}');
  assert.deepEqual(believed(said), said);
  assert.deepEqual(believed({ code: 'agent_no_record' }), { code: 'agent_no_record' });
});

test('said by agents: hostile or of another release: as if nothing had been said', () => {
  const trouble = 'x';
  for (const said of [
    undefined,
    null,
    7,
    'agent_fork',
    { code: 'agent_never_heard_of' },
    { code: 'constructor' },
    // Another part of the product says this.
    { code: 'attempt_closed_by_hand', values: { by: 'admin' } },
    { code: 'agent_fork' },
    { code: 'agent_fork', values: {} },
    { code: 'agent_fork', values: { trouble, more: 1 } },
    { code: 'agent_fork', values: { other: 1 } },
    { code: 'agent_fork', values: { trouble: null } },
    { code: 'agent_fork', values: { trouble: 'x'.repeat(1_001) } },
    { code: 'agent_fork', values: { trouble: 'a\0b' } },
    { code: 'agent_fork', values: { trouble: '\uD800' } },
    { code: 'agent_fork', values: { trouble: [trouble] } },
    { code: 'agent_fork', values: { trouble: { code: 'agent_never_heard_of' } } },
    { code: 'agent_fork', values: { trouble: { code: 'attempt_no_exit_code' } } },
    // A word has no places: nothing would stand in them.
    { code: 'agent_fork', values: { trouble: { code: 'agent_fork', values: { trouble } } } },
  ]) {
    assert.equal(believed(said), undefined, JSON.stringify(said));
    const receipt = { seq: 1, attemptId: '1-abcdef-0.0.0.0', at: '2026-01-01T00:00:00.000Z' };
    const refused = { ...receipt, state: 'refused', code: 'agent_full', reason: 'in English', said };
    assert.equal((receiptSchema.parse(refused) as { reason: string }).reason, 'in English');
  }
});

test('said by agents: too long for the link: in English alone', () => {
  assert.equal(sendable(saidByAgent('agent_variable_name', { name: 'x'.repeat(5_000) }).said), undefined);
  assert.equal(sendable(null), undefined);
});
