/** The drill on a user's pair, with a keeper and two consoles that are small stand-ins: it refuses, asks, switches, watches, measures. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PairStatus } from '@nezuban/protocol/pair/status';
import { createPairControl } from '../pair-control.ts';
import { type FakePair, type FakePairOptions, startFakePair } from './fake-pair.ts';
import { createNarrator } from './narrator.ts';
import { hasPassed } from './report.ts';
import { runSwitchDrill, type SwitchPorts, targetOf } from './switch-drill.ts';
import { wordsOf } from './words.ts';

interface Run {
  readonly outcome: Awaited<ReturnType<typeof runSwitchDrill>>;
  readonly said: string;
  readonly pair: FakePair;
}

interface RunOptions extends FakePairOptions {
  readonly back?: boolean;
  readonly answer?: boolean;
  readonly bounds?: SwitchPorts['bounds'];
}

/** The whole drill on a pair of its own, which is gone afterwards. */
async function drill(options: RunOptions = {}): Promise<Run> {
  await using pair = await startFakePair(options);
  let said = '';
  const outcome = await runSwitchDrill(
    {
      control: createPairControl(pair.home),
      narrator: createNarrator({ write: (text) => (said += text), colours: false }),
      words: wordsOf('en'),
      confirm: async () => options.answer ?? true,
      signal: new AbortController().signal,
      ...(options.bounds && { bounds: options.bounds }),
    },
    { back: options.back ?? false, command: 'nezuban drill switch' },
  );
  return { outcome, said, pair };
}

const refusal = ({ outcome }: Run): string => {
  assert.ok(!outcome.ok);
  return outcome.says;
};
const reportOf = ({ outcome }: Run) => {
  assert.ok(outcome.ok, outcome.ok ? '' : outcome.says);
  return outcome.report;
};

test('switch drill: a redundant pair: one switch, its time without a master, its steps, redundant again', async () => {
  const run = await drill({ gapMs: 400 });
  const report = reportOf(run);
  assert.ok(hasPassed(report));
  const [line] = report.lines;
  assert.ok(line !== undefined && report.lines.length === 1);
  assert.deepEqual(line.happened, { what: 'took-over', from: 'alpha', to: 'beta' });
  assert.deepEqual(line.steps, { detectMs: null, electMs: 20, promoteMs: 60, openMs: 30 });
  assert.ok((line.outageMs ?? 0) >= 400, `without a master for ${line.outageMs} ms, which were at least 400`);
  assert.ok((line.redundantMs ?? 0) > (line.outageMs ?? 0));
  assert.ok(report.looks > 50);
  assert.equal(run.pair.master(), 'beta');
  assert.deepEqual(run.pair.asked, [{ command: 'pair-command', host: null, operator: { do: 'switch' } }]);
  assert.match(
    run.said,
    /The service moves from alpha to beta[^]*beta is master and serves[^]*redundant again/,
  );
});

test('switch drill: --back: there and back, each with its own take-over', async () => {
  const run = await drill({ back: true });
  const { lines } = reportOf(run);
  assert.deepEqual(
    lines.map(({ key, verdict, happened }) => [key, verdict, happened]),
    [
      ['switch', 'passed', { what: 'took-over', from: 'alpha', to: 'beta' }],
      ['switch-back', 'passed', { what: 'took-over', from: 'beta', to: 'alpha' }],
    ],
  );
  assert.equal(run.pair.master(), 'alpha');
});

test('switch drill: the answer to the order is lost: the pair itself says that it was done', async () => {
  assert.ok(hasPassed(reportOf(await drill({ onSwitch: 'lost-answer' }))));
});

test('switch drill: the person says no: nothing is ordered', async () => {
  const run = await drill({ answer: false });
  assert.equal(refusal(run), 'Nothing was changed.');
  assert.deepEqual(run.pair.asked, []);
});

const changed = (changes: (status: PairStatus) => Partial<PairStatus>): FakePairOptions => ({
  status: (status) => ({ ...status, ...changes(status) }),
});

for (const [what, options, says] of [
  ['a single manager', changed(() => ({ mode: 'single', hosts: [] })), /no second host: make a pair with/],
  [
    'a pair that is alone',
    changed(() => ({
      redundancy: 'alone',
      advice: [
        { code: 'standby_unreachable', priority: 'warning', says: 'beta is off.', facts: {}, command: null },
      ],
    })),
    /not redundant, so that a switch would be no drill but a risk: alpha is master\. beta is off\. "nezuban pair recover"/,
  ],
  [
    'no master',
    changed(({ hosts }) => ({ hosts: hosts.map((host) => ({ ...host, isMaster: false })) })),
    /not redundant/,
  ],
  [
    'a console that cannot be reached',
    changed(({ hosts }) => ({
      hosts: hosts.map((host) => (host.isSelf ? host : { ...host, consoleUrl: 'http://127.0.0.1:1/' })),
    })),
    /beta cannot be watched from this host: http:\/\/127\.0\.0\.1:1\/health\/master gives no answer \(.*ECONNREFUSED/,
  ],
  [
    'consoles that contradict the keeper',
    changed(({ hosts }) => ({ hosts: hosts.map((host) => ({ ...host, isMaster: !host.isMaster })) })),
    /of alpha says that it is master, the keeper says the opposite/,
  ],
] as const)
  test(`switch drill: ${what}: refused in words, nothing is ordered`, async () => {
    const run = await drill(options);
    assert.match(refusal(run), says);
    assert.deepEqual(run.pair.asked, []);
  });

test('switch drill: the pair refuses the switch: failed, with its reason, and the old master is still master', async () => {
  const run = await drill({ onSwitch: 'refuse', back: true });
  const report = reportOf(run);
  assert.ok(!hasPassed(report));
  assert.deepEqual(report.lines[0]?.problems, ['The switch was refused: The standby does not answer.']);
  assert.equal(report.lines.length, 1, 'nothing is moved back that was not moved');
  assert.equal(run.pair.master(), 'alpha');
});

test('switch drill: nobody takes over in time: failed, with what the pair says', async () => {
  const report = reportOf(await drill({ onSwitch: 'nothing', bounds: { servingMs: 500, redundantMs: 500 } }));
  assert.match(report.lines[0]?.problems[0] ?? '', /After 0\.5 s it was not so: alpha is master\./);
});

test('switch drill: both say that they are master: failed, and that promise is broken', async () => {
  const report = reportOf(await drill({ onSwitch: 'both' }));
  assert.ok(!hasPassed(report));
  assert.match(report.lines[0]?.problems.join() ?? '', /both claimed to be master/);
  assert.equal(report.lines[0]?.counts?.twoMasters, 1);
});

test('switch drill: the pair complains afterwards about what it did not before: it is in the report', async () => {
  let asked = 0;
  const report = reportOf(
    await drill({
      status: (status) => {
        asked += 1;
        const says = 'Less than 1 GB is left.';
        return asked < 3
          ? status
          : {
              ...status,
              advice: [{ code: 'disk_low', priority: 'warning', says, facts: {}, command: 'df' }],
            };
      },
    }),
  );
  assert.deepEqual(report.newAdvice, ['Less than 1 GB is left. (df)']);
});

const host = (changes: Partial<PairStatus['hosts'][number]>) =>
  ({
    id: 'x',
    name: 'x',
    address: null,
    consoleUrl: null,
    isSelf: false,
    ...changes,
  }) as PairStatus['hosts'][number];

test('switch drill: where a console is: as said, or beside the port of the pair where it says only localhost', () => {
  const self = host({ id: 's', name: 's', isSelf: true, consoleUrl: 'https://localhost:7390' });
  const url = (one: PairStatus['hosts'][number]) => targetOf(one, { hosts: [self, one] }).url;
  assert.equal(url(self), 'https://localhost:7390');
  assert.equal(
    url(host({ address: '192.0.2.11:7382', consoleUrl: 'https://b.lan:80/x' })),
    'https://b.lan:80',
  );
  assert.equal(
    url(host({ address: '192.0.2.11:7382', consoleUrl: 'https://localhost:7380' })),
    'https://192.0.2.11:7380',
  );
  assert.equal(url(host({ address: '[2001:db8::1]:7382' })), 'https://[2001:db8::1]:7390');
  assert.equal(url(host({})), 'https://localhost:7390');
});
