/** The language of situations: what is understood, and the one error that each wrong line gives. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grammar } from './scenario-forms.ts';
import { playScript } from './scenario-runner.ts';
import { readScript, ScriptError } from './scenario-script.ts';
import { realSubject } from './subject.ts';

const head = '# What is seen.\ncluster a b with witness w1\nspare w2 w3\n';

function refusal(text: string): string {
  try {
    readScript('x.txt', text, grammar);
  } catch (error) {
    assert.ok(error instanceof ScriptError);
    return error.message;
  }
  return assert.fail(`understood: ${text}`);
}

test('scenario script: a whole file: cluster, statements and transcript', () => {
  const text = `${head}timing fenceMs 2s\n\nafter 3s cut a>w3\nexpect master b within 4s\n----\n  1  x\n`;
  const script = readScript('x.txt', text, grammar);
  assert.deepEqual(script.cluster, {
    layout: 'witness',
    witnesses: 1,
    spares: 2,
    begins: 'paired',
    timing: { fenceMs: 2000 },
  });
  assert.equal(script.transcript, '  1  x\n');
  const [cut, expect] = script.statements;
  assert.equal(cut?.afterMs, 3000);
  assert.equal(cut?.line, 6);
  assert.ok(cut?.step.type === 'action' && cut.step.given.oneWay && cut.step.given.other === 'w3');
  assert.ok(expect?.step.type === 'expect' && expect.step.how === 'within' && expect.step.ms === 4000);
});

test('scenario script: a wrong line: file, line, and what is right', () => {
  assert.match(refusal('cluster a b\n'), /^x\.txt:1: .* begins with a comment/);
  assert.match(refusal('# What is seen.\n'), /the cluster is missing/);
  assert.match(
    refusal('# What is seen.\ncluster a b c\n'),
    /^x\.txt:2: "cluster a b c" .* cluster a b with fence/,
  );
  assert.match(refusal(`${head}timing leaseMs soon\n`), /^x\.txt:4: .*timing NAME TIME/);
  assert.match(refusal(`${head}timing leasesMs 2s\n`), /^x\.txt:4: .*timing NAME TIME/);
  assert.match(
    refusal(`${head}kill hst a\n`),
    /^x\.txt:4: "kill hst a" .*kill host HOST \| kill keeper HOST/,
  );
  assert.match(refusal(`${head}kill host w4\n`), /^x\.txt:4: .*a, b, w1, w2, w3/);
  assert.match(refusal(`${head}after 3 wait\n`), /^x\.txt:4: .*after TIME/);
  assert.match(refusal(`${head}expect master b by 3s\n`), /^x\.txt:4: .*expect CONDITION within TIME/);
  assert.match(refusal(`${head}expect log no-row at a\n`), /^x\.txt:4: .*log ROW at HOST/);
});

test('scenario script: an expectation that is not met: said with its line', () => {
  const text = `${head}kill host a\nexpect master a within 1s\n`;
  const played = playScript(readScript('x.txt', text, grammar), realSubject);
  assert.match(played.failure ?? '', /^x\.txt:5: expect master a within 1s: not so after 1000 ms/);
  assert.match(played.text, /!! +x\.txt:5/);
});

test('scenario script: played twice: the same to the last letter', () => {
  const script = readScript('x.txt', `${head}after 1s kill host a\nexpect paired for 0s\n`, grammar);
  assert.equal(playScript(script, realSubject).text, playScript(script, realSubject).text);
});
