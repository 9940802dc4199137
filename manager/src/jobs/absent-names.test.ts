// Names that a definition holds in vain, and circles of nets that wait, on a real database: whoever applies it is told.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFakeAgentHub } from '../testing/fake-agent-hub.ts';
import { startJobsDomain, tester, type JobsDomain } from '../testing/jobs-domain.ts';
import { frameJobsTests } from '../testing/jobs-frame.ts';

describe('absent names', () => {
  let domain: JobsDomain;
  const server = frameJobsTests(() => domain);

  test('names of what is not there: told to whoever applies, and applied all the same; those of the same set are there', async () => {
    domain = await startJobsDomain({
      address: server().config,
      hub: createFakeAgentHub({ nodes: ['local'] }),
    });
    const { body } = await domain.jobs.routes.applyDefinitions({
      expected: null,
      actor: tester,
      requestId: 'test',
      params: {},
      query: { dry_run: false },
      body: `kind: jobnet
name: night/first
target: { node: loca }
units:
  - { name: a, command: x, queue: none }
  - { name: b, command: x, target: { scope: none }, environment: { A: "{{secret.none}}" } }
  - { name: c, type: net_wait, nets: [night/second, night/thrid] }
  - { name: d, type: approval, question: "?", users: [nobody], roles: [operator, none] }
  - { name: e, type: mail_send, channel: none, subject: s, body: b }
---
kind: jobnet
name: night/second
units: [{ name: a, type: or }]
`,
    });
    assert.deepEqual(
      body.changes.map(({ change, absent }) => [change, absent]),
      [
        [
          'created',
          [
            'node "loca"',
            'scope "none"',
            'queue "none"',
            'secret "none"',
            'channel "none"',
            'job net "night/thrid"',
            'user "nobody"',
            'role "none"',
          ],
        ],
        ['created', undefined],
      ],
    );
    await domain.apply(`kind: jobnet
name: circle/inner
target: { node: local }
units: [{ name: w, type: net_wait, nets: [circle/other] }]
---
kind: jobnet
name: circle/outer
units: [{ name: r, type: net_ref, net: circle/inner }]
---
kind: jobnet
name: circle/other
units: [{ name: w, type: net_wait, nets: [circle/outer] }]
`);
    assert.deepEqual(
      domain.events.committed.flatMap(({ details }) => details['circle'] ?? []),
      ['circle/other -> circle/outer -> circle/inner -> circle/other'],
      'a wait inside of a net that another one contains',
    );
  });
});
