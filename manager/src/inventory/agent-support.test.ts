// Which agents a manager takes, and in which words it sends others away.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentRefusal, judgeAgentRelease } from './agent-support.ts';

const own = { version: '1.4.0', protocol: { min: 2, max: 3 } };
const agent = (version: string, min: number, max: number) => ({ version, protocol: { min, max } });

test('agent support: protocols overlap: current, or old but works', () => {
  assert.equal(judgeAgentRelease(agent('1.4.0', 2, 3), own), 'current');
  assert.equal(judgeAgentRelease(agent('1.5.0', 3, 4), own), 'current');
  assert.equal(judgeAgentRelease(agent('1.3.9', 2, 3), own), 'old');
  assert.equal(judgeAgentRelease(agent('1.4.0', 1, 2), own), 'old');
  assert.equal(judgeAgentRelease({ version: '1.4.0', protocol: null }, own), 'unknown');
});

test('agent support: no protocol in common: refused with a sentence that names both and fits into a close frame', () => {
  assert.equal(agentRefusal(agent('1.4.0', 2, 3), own), null);
  assert.equal(
    agentRefusal(agent('1.1.0', 1, 1), own),
    'agent 1.1.0 speaks protocol 1, manager 1.4.0 2-3: upgrade the agent',
  );
  const newer = agentRefusal(agent(`9.0.0-${'x'.repeat(30)}`, 14, 15), own);
  assert.match(newer ?? '', /upgrade the manager$/);
  assert.ok(Buffer.byteLength(newer ?? '') <= 120);
});
