// Tests of what a suspended session may be given, and of what follows. Random ones stand beside the reference engine (testing/proof), live ones in
// manager/src/jobs/session-definitions.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { net, SessionDriver } from '../../testing/session-driver.ts';
import { nextWakeAt } from '../apply-session.ts';
import { previewOperation } from '../explain/preview-operation.ts';
import { planNet } from '../net-plan.ts';
import { recordAt } from '../step.ts';
import { compareDefinitions, holdsSecrets, type DefinitionChange } from './definition-change.ts';

const textsOf = ({ refusals }: DefinitionChange): string[] => refusals.map(({ message }) => message);

test('take definition: other locks of what is under way: refused, for others may hold them; of what waits: taken', () => {
  const units = (locks: object) => [
    { name: 'a', units: [{ name: 'x', command: 'true' }] },
    { name: 'b', command: 'true', after: ['a'], ...locks },
  ];
  const driver = new SessionDriver(net(units({})));
  assert.ok(driver.operate('suspend').ok);
  const refusals = (changed: readonly object[], more: object = {}) =>
    textsOf(compareDefinitions(driver.session, planNet(net(changed, more))));
  const locks = [{ name: 'ledger' }];
  assert.deepEqual(refusals(units({ locks })), []);
  assert.deepEqual(refusals(units({}), { locks }), [
    'the session would hold other locks while it is under way; wait for its end',
  ]);
  const [first, second] = units({});
  assert.deepEqual(refusals([{ ...first, locks }, second ?? {}]), [
    '"a" would hold other locks while it is under way; wait for its end',
  ]);
});

test('take definition: a text that somebody has given would be read as a secret: refused', () => {
  const units = [{ name: 'a', command: 'true', environment: { A: '{{parameter.A}}' } }];
  const started = net(units, { parameters: [{ name: 'A' }] });
  const driver = new SessionDriver(started, { parameters: { A: '{{secret.db}}' } });
  const asSecret = planNet(net(units, { parameters: [{ name: 'A', type: 'secret' }] }));
  assert.deepEqual(textsOf(compareDefinitions(driver.session, asSecret)), [
    'the parameter A would be a secret, and its value was not given as one; run the net again',
  ]);
  const secret = new SessionDriver(net(units, { parameters: [{ name: 'A', type: 'secret' }] }), {
    parameters: { A: 'long-enough' },
  });
  assert.deepEqual(compareDefinitions(secret.session, asSecret).refusals, []);
});

test('take definition: a kept secret that the old one names: refused where the new one names it no more, by a default or by a schedule', () => {
  const units = [{ name: 'a', command: 'true', environment: { A: '{{parameter.A}}' } }];
  const taken = (parameter: object, more: object = {}) => {
    const was = { name: 'A', type: 'secret', default: '{{secret.db}}' };
    const { session } = new SessionDriver(net(units, { parameters: [was] }));
    const parameters = [{ name: 'A', type: 'secret', ...parameter }];
    return textsOf(compareDefinitions(session, planNet(net(units, { parameters, ...more }))));
  };
  const refused = [
    'the parameter A was given a kept secret that the definition would not name for it; leave it in its default or in a schedule, or run the net again',
  ];
  assert.deepEqual(taken({}), refused);
  assert.deepEqual(taken({ required: false }), refused);
  assert.deepEqual(taken({ default: '{{secret.other}}' }), refused);
  assert.deepEqual(taken({ default: '{{ secret.db }}' }), []);
  const schedules = [{ name: 's', cron: '0 1 * * *', parameters: { A: '{{secret.db}}' } }];
  assert.deepEqual(taken({}, { schedules }), []);
});

test('take definition: secrets of a session: given, out of an output, handed to a reference; and none where a definition names all', () => {
  const units = [{ name: 'a', command: 'true', outputs: [{ name: 'T', from: 'stdout', secret: true }] }];
  const secret = { name: 'A', type: 'secret' };
  const named = { ...secret, default: '{{secret.db}}' };
  assert.equal(holdsSecrets(new SessionDriver(net(units, { parameters: [named] })).session), false);
  const given = { parameters: { A: 'long-enough' } };
  assert.equal(holdsSecrets(new SessionDriver(net(units, { parameters: [secret] }), given).session), true);
  const { session } = new SessionDriver(net(units));
  const unit = recordAt(session, 1);
  unit.variables = { outputs: { T: [[0, 'seen']] }, parameters: { A: 'seen' } };
  assert.equal(holdsSecrets(session), false);
  unit.variables = { outputs: { T: [[0, null]] } };
  assert.equal(holdsSecrets(session), true);
  unit.variables = { parameters: { A: ['', 'secret/db', ''] } };
  assert.equal(holdsSecrets(session), true);
});

const work = (name: string, more: object = {}): object => ({ name, command: 'true', ...more });
const suspended = (units: readonly object[], more: object = {}): SessionDriver => {
  const driver = new SessionDriver(net(units, more));
  assert.ok(driver.operate('suspend').ok);
  return driver;
};
const refusalsOf = ({ session }: SessionDriver, units: readonly object[], more: object = {}) =>
  textsOf(compareDefinitions(session, planNet(net(units, more))));

test('take definition: units before, between and behind, one of them taken out: all keep their numbers, and the rest runs in the new order', () => {
  const driver = suspended([work('a'), work('b', { after: ['a'] }), work('c', { after: ['b'] })]);
  const first = driver.openAttempt('a').id;
  driver.operate('hold', 'b');
  driver.commit();
  assert.deepEqual([...driver.store.units.keys()], [1, 2]);
  const edited = net([
    work('new'),
    work('a'),
    { name: 'inner', after: ['a', 'new'], units: [work('x'), work('y', { after: ['x'] })] },
    work('c', { after: ['inner'] }),
  ]);
  assert.equal(driver.take(edited), null);
  driver.restart();
  assert.deepEqual([...driver.store.units.keys()], [1], 'the row of b is gone');
  assert.deepEqual(
    driver.session.units.map(({ unit }) => [unit.path, unit.number]),
    [
      ['', 0],
      ['new', 4],
      ['a', 1],
      ['inner', 5],
      ['inner/x', 6],
      ['inner/y', 7],
      ['c', 3],
    ],
  );
  assert.equal(driver.openAttempt('a').id, first);
  driver.end('a');
  assert.equal(driver.states()['new'], 'waiting', 'nothing starts before the release');
  assert.ok(driver.operate('release').ok);
  driver.end('new');
  driver.end('inner/x');
  driver.end('inner/y');
  driver.end('c');
  assert.equal(driver.session.units[0]?.endStatus, 'normal');
  const attempts = driver.dispatched.map((id) => id.split('-')[2]);
  assert.deepEqual(attempts, ['1.1.0.1', '4.1.0.1', '6.1.0.1', '7.1.0.1', '3.1.0.1']);
});

test('take definition: the former one again: as before, and what was added leaves no trace', () => {
  const units = [work('a'), work('b', { after: ['a'], hold: true })];
  const driver = suspended(units);
  const before = driver.states();
  assert.equal(driver.take(net([work('z'), ...units.toReversed()])), null);
  assert.equal(driver.take(net(units)), null);
  assert.deepEqual(driver.states(), before);
  driver.restart();
  assert.deepEqual(driver.states(), before);
  assert.equal(driver.unit('b').unit.number, 2);
});

test('take definition: what has begun: not removed, not of another type, not changed while it runs, not made to wait', () => {
  const driver = suspended([work('done'), work('runs'), work('later', { after: ['done', 'runs'] })]);
  driver.end('done');
  const rest = work('later', { after: ['done', 'runs'] });
  assert.deepEqual(refusalsOf(driver, [work('runs'), work('later', { after: ['runs'] })]), [
    'it would lose "done", which has begun or has run before in this session; skip what is not to run, or leave it in the definition',
  ]);
  assert.deepEqual(refusalsOf(driver, [{ name: 'done', type: 'or' }, work('runs'), rest]), [
    '"done" would be of another type, and has begun or has run before in this session; give the new unit another name',
  ]);
  assert.deepEqual(refusalsOf(driver, [work('done'), { ...work('runs'), command: 'false' }, rest]), [
    '"runs" is under way with the old definition; wait for its end, or leave it as it is',
  ]);
  assert.deepEqual(refusalsOf(driver, [work('new'), work('done', { after: ['new'] }), work('runs'), rest]), [
    '"done" has begun and would wait for what has not run; connect only units that have not begun',
  ]);
  // For a rerun.
  assert.deepEqual(refusalsOf(driver, [{ ...work('done'), command: 'false' }, work('runs'), rest]), []);
  assert.deepEqual(refusalsOf(driver, [work('done'), work('runs'), work('later', { after: ['done'] })]), []);
});

test('take definition: into a net that has ended: refused; into one that will not run: it does not run either', () => {
  const inner = [work('x')];
  const driver = suspended([
    { name: 'over', units: inner },
    { name: 'never', after: ['over'], units: inner },
    work('slow'),
  ]);
  driver.operate('release');
  driver.end('over/x', { exitCode: 1 });
  driver.operate('suspend');
  assert.equal(driver.states()['never'], 'not_run');
  const both = [work('x'), work('y')];
  const [over, never] = [
    { name: 'over', units: inner },
    { name: 'never', after: ['over'], units: both },
  ];
  assert.deepEqual(refusalsOf(driver, [{ ...over, units: both }, never, work('slow')]), [
    '"over/y" would be added to, or taken out of, a net that has ended or is being stopped; put it behind that net',
  ]);
  assert.equal(driver.take(net([over, never, work('slow')])), null);
  assert.equal(driver.states()['never/y'], 'not_run');
  const { after: _, ...free } = never;
  const freed = [over, free, work('slow')];
  assert.equal(driver.take(net(freed)), null);
  assert.deepEqual(
    [driver.states()['never/y'], driver.unit('never').run],
    ['waiting', 2],
    'it begins again once its condition can hold',
  );
  driver.operate('release');
  assert.equal(driver.states()['never/y'], 'starting');
});

test('take definition: the last open unit of a running net is taken out: the net ends, and what follows it goes on at the release', () => {
  const driver = suspended([
    { name: 'n', units: [work('x'), work('y', { after: ['x'] })] },
    work('z', { after: ['n'] }),
  ]);
  driver.end('n/x');
  assert.equal(driver.take(net([{ name: 'n', units: [work('x')] }, work('z', { after: ['n'] })])), null);
  assert.deepEqual([driver.states()['n'], driver.states()['z']], ['ended:normal', 'waiting']);
  driver.operate('release');
  assert.equal(driver.states()['z'], 'starting');
});

test('take definition: parameters: a new one with its default, and none that nobody can give', () => {
  const driver = suspended([work('a'), work('b', { after: ['a'] })]);
  const units = [work('a'), work('b', { after: ['a'], environment: { A: '{{parameter.A}}' } })];
  assert.deepEqual(refusalsOf(driver, units, { parameters: [{ name: 'A' }] }), [
    'the parameter A would be new and has no default, and nobody has given its value; give it a default',
  ]);
  assert.equal(driver.take(net(units, { parameters: [{ name: 'A', default: 'x' }] })), null);
  assert.deepEqual(driver.session.parameters, { A: 'x' });
});

test('take definition: other times of what waits: told again by these, and woken for them', () => {
  const late = (after_s: number): object => work('b', { after: ['a'], delays: { start: { after_s } } });
  const driver = suspended([work('a'), late(60)]);
  driver.now += 61_000;
  driver.must({ type: 'timeReached' });
  assert.equal(nextWakeAt(driver.session), null);
  assert.equal(driver.take(net([work('a'), late(600)])), null);
  assert.equal(nextWakeAt(driver.session), driver.now + 539_000);
  assert.equal(driver.unit('b').control, null);
});

test('take definition: a preview: what is added, removed and changed, what starts at the release, and where it ends', () => {
  const driver = suspended([work('a'), work('b', { after: ['a'] })]);
  const plan = planNet(net([work('new'), work('a'), work('c', { after: ['a', 'new'] })]));
  const preview = previewOperation(
    driver.session,
    { operation: 'take_definition' },
    { now: driver.now, inventory: driver.inventory, plan },
  );
  assert.equal(preview.refusal, null);
  assert.deepEqual(
    preview.units.map(({ unit, effects, later }) => [unit, effects.join(), later]),
    [
      ['new', 'added,starts_on_release', 'runs'],
      ['c', 'added', 'runs'],
      ['b', 'removed', 'removed'],
    ],
  );
  assert.equal(preview.endsAs, 'normal');
});
