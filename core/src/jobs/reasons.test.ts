// Reasons by code: every one that the engine gives has its sentence, which says the same in English, stays with the row, and is told in Japanese.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sentenceText } from '@nezuban/protocol/sentences/sentence';
import { net, SessionDriver } from '../testing/session-driver.ts';
import { dehydrateSession, rehydrateSession } from './session-rows.ts';
import { viewUnit } from './session-view.ts';

const command = (name: string, more: object = {}): object => ({
  name,
  type: 'command',
  command: ['true'],
  target: { node: 'web1' },
  ...more,
});

/** A failure, what follows from it, a hold, a skip and a stop. */
const troubled = (): SessionDriver => {
  const driver = new SessionDriver(
    net([
      command('a', { retry: { count: 1, delay_s: 60 } }),
      command('b', { after: [{ unit: 'a', on: ['normal'] }] }),
      { name: 'n', type: 'net', after: [{ unit: 'b' }], units: [command('c')] },
      command('d'),
      command('e', { after: [{ unit: 'd' }] }),
    ]),
  );
  driver.operate('hold', 'e', { reason: '月末処理の確認' });
  driver.end('a', { exitCode: 3 });
  return driver;
};

test('reasons: each that a session has: said by a code, the same in English, stored with the row', () => {
  const driver = troubled();
  driver.operate('stop');
  const rows = dehydrateSession(driver.session);
  const given = [...rows.units, ...rows.attempts].filter(({ reason }) => reason !== null);
  assert.ok(given.length >= 3, 'a stopped session gives reasons');
  for (const { reason, reasonSaid } of given) {
    assert.ok(reasonSaid !== null, reason ?? '');
    assert.equal(sentenceText(reasonSaid, 'en'), reason);
    assert.notEqual(sentenceText(reasonSaid, 'ja'), reason);
  }
});

test('reasons: a try that failed: its exit code and node, in Japanese too', () => {
  const { reason, reasonSaid } = troubled().unit('a');
  assert.equal(reason, 'Try 1 of 2 failed: Exit code 3 on web1.');
  assert.ok(reasonSaid !== null);
  assert.equal(sentenceText(reasonSaid, 'ja'), '試行 1/2 が失敗しました: web1: 終了コード 3');
});

test('reasons: rows of an earlier release: their text stays, and nothing is said beside it', () => {
  const driver = troubled();
  const rows = dehydrateSession(driver.session);
  const old = {
    ...rows,
    units: rows.units.map((row) => ({ ...row, reasonSaid: null })),
    attempts: rows.attempts.map((row) => ({ ...row, reasonSaid: null })),
  };
  const session = rehydrateSession(driver.session.plan.definition, old);
  const view = viewUnit(session, 'a');
  assert.equal(view?.reason, 'Try 1 of 2 failed: Exit code 3 on web1.');
  assert.equal(view?.reasonSaid, undefined);
});
