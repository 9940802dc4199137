// Tests of reading two intakes into the database: exactly once, whatever is cut, killed or refused meanwhile.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { waitFor } from '@nezuban/tests/support/wait-for';
import { createLossyDatabase } from '../testing/lossy-database.ts';
import { startTrapsBench, type TrapsBench } from '../testing/traps-bench.ts';

describe('trap loop', () => {
  let bench: TrapsBench;
  beforeEach(async () => {
    bench = await startTrapsBench();
  });
  afterEach(() => bench.stop());

  const line = (text: string): string => `<13>Nov 26 13:00:00 dev app: ${text}`;

  test('trap loop: a single host, three equal lines: three events; an unmatched one: a row alone', async () => {
    for (let times = 0; times < 3; times += 1) bench.own.hear(line('again'));
    bench.own.hear(line('unmatched'));
    bench.process({ single: true });
    await waitFor(() => bench.own.processed() === 4);
    assert.deepEqual(await bench.messages(), ['again', 'again', 'again']);
    const traps = await bench.traps();
    assert.deepEqual(
      traps.map(({ id, matched, seq }) => [id, matched, seq]),
      [
        [1, true, 1],
        [2, true, 2],
        [3, true, 3],
        [4, false, 4],
      ],
    );
    assert.equal(traps[0]?.raw.toString(), line('again'));
    const [marks] = await bench.database.query<{ count: number }>({ text: 'SELECT count(*) FROM trap_mark' });
    assert.equal(marks?.count, 0, 'nobody to pair with');
  });

  test('trap loop: one line heard by both hosts: one event; three equal ones: three', async () => {
    bench.process();
    await waitFor(
      async () => (await bench.database.query({ text: 'SELECT FROM trap_journal' })).length === 2,
    );
    bench.own.hear(line('once'));
    bench.peer.hear(line('once'));
    for (let times = 0; times < 3; times += 1) {
      bench.peer.hear(line('thrice'));
      bench.own.hear(line('thrice'));
    }
    bench.own.hear(line('own alone'));
    bench.peer.hear(line('peer alone'));
    bench.peer.hear(line('once'), { address: '192.0.2.8' });
    await bench.settled();
    assert.deepEqual(await bench.messages(), [
      'once',
      'once',
      'own alone',
      'peer alone',
      'thrice',
      'thrice',
      'thrice',
    ]);
  });

  test('trap loop: the commit is there and its answer is lost: exactly once', async () => {
    const lossy = await createLossyDatabase(bench.address);
    try {
      for (let n = 0; n < 500; n += 1) {
        bench.own.hear(line(`n${n}`));
        bench.peer.hear(line(`n${n}`));
      }
      const processing = bench.process({ address: lossy.address, recordsMax: 64 });
      for (const cut of ['afterCommit', 'beforeCommit', 'afterCommit'] as const)
        await lossy.cutAtNextCommit(cut);
      await bench.settled();
      assert.equal(new Set(await bench.messages()).size, 500);
      assert.equal((await bench.messages()).length, 500);
      assert.ok(processing.loop.stats().failures > 0);
      await processing.stop();
    } finally {
      await lossy.stop();
    }
  });

  test('trap loop: killed again and again, hosts changing places: every line once', async () => {
    const lines = 3_000;
    for (let n = 0; n < lines; n += 1) {
      bench.own.hear(line(`n${n}`));
      if (n % 7 !== 0) bench.peer.hear(line(`n${n}`));
    }
    const hasGone = async (there: number) =>
      await waitFor(async () => (await bench.traps()).length > there || bench.own.processed() === lines);
    let swapped = false;
    let before = -1;
    for (let kills = 0; kills < 8; kills += 1) {
      const processing = bench.process({ swapped, recordsMax: 40 });
      await hasGone(before);
      await processing.crash();
      before = (await bench.traps()).length;
      swapped = !swapped;
    }
    bench.process({ swapped });
    await bench.settled();
    const messages = await bench.messages();
    assert.equal(new Set(messages).size, lines);
    assert.equal(messages.length, lines);
  });

  test('trap loop: the other host is cut off and read late: its copies are met, what it alone heard is told', async () => {
    const processing = bench.process();
    await waitFor(
      async () => (await bench.database.query({ text: 'SELECT FROM trap_journal' })).length === 2,
    );
    await bench.peer.leave();
    for (let n = 0; n < 200; n += 1) bench.own.hear(line(`n${n}`));
    await waitFor(() => bench.own.processed() === 200);
    await processing.stop();
    // Another manager, on the other host's side meanwhile: it knows the marks from the database alone.
    bench.process({ recordsMax: 30 });
    for (let n = 0; n < 200; n += 1) bench.peer.hear(line(`n${n}`));
    bench.peer.hear(line('peer alone'));
    await bench.peer.comeBack();
    await bench.settled();
    assert.equal((await bench.messages()).length, 201);
    assert.equal((await bench.traps()).filter((trap) => trap.perhaps_repeat).length, 0);
    const later = (Date.now() + 100_000) * 1_000;
    bench.own.silentUntil(later);
    bench.peer.silentUntil(later);
    bench.own.hear(line('unmatched'), { atMs: later / 1_000 });
    await bench.settled();
    await waitFor(async () => (await bench.database.query({ text: 'SELECT FROM trap_mark' })).length <= 1);
  });

  test('trap loop: a day of one host alone, read late with a restart between: copies far apart meet within one batch', async () => {
    const lines = 17_000;
    const everyMs = 5_000;
    const fromMs = Date.now() - lines * everyMs;
    const judge = () => [];
    const processing = bench.process({ recordsMax: 4_096, judge });
    await waitFor(
      async () => (await bench.database.query({ text: 'SELECT FROM trap_journal' })).length === 2,
    );
    await bench.peer.leave();
    for (let n = 0; n < lines; n += 1) bench.own.hear(line(`n${n}`), { atMs: fromMs + n * everyMs });
    await waitFor(() => bench.own.processed() === lines);
    await processing.stop();
    bench.process({ recordsMax: lines, judge });
    for (let n = 0; n < lines; n += 1) bench.peer.hear(line(`n${n}`), { atMs: fromMs + n * everyMs });
    await bench.peer.comeBack();
    await bench.settled();
    assert.equal((await bench.traps()).length, lines);
  });

  test('trap loop: the other host was cloned from this one and names the same journal: told, and this one is read', async () => {
    bench.peer.copyJournal(bench.own.journalId());
    const processing = bench.process();
    await waitFor(
      async () => (await bench.database.query({ text: 'SELECT FROM trap_journal' })).length === 1,
    );
    bench.own.hear(line('once'));
    await waitFor(async () => (await bench.messages()).length === 1);
    bench.own.hear(line('again'));
    await waitFor(async () => (await bench.messages()).length === 2);
    const [trouble] = await bench.database.query<{ message: string }>({
      text: `SELECT message FROM event WHERE code = 'intake_trouble'`,
    });
    assert.match(trouble?.message ?? '', /names the same journal/);
    await processing.stop();
  });

  test('trap loop: a rule that throws: the trap is stored as it came, those behind it as always', async () => {
    for (const text of ['one', 'throws', 'two']) bench.own.hear(line(text));
    bench.process({
      single: true,
      judge: (trap) => {
        if (trap.text.includes('throws')) throw new RangeError('Maximum call stack size exceeded');
        return bench.judgeAll(trap);
      },
    });
    await waitFor(() => bench.own.processed() === 3);
    assert.equal((await bench.traps()).length, 3);
    assert.match((await bench.messages()).join('\n'), /could not be judged[^]*call stack/);
  });

  test('trap loop: a record that the database refuses: stored as it came with the reason, its neighbours as always', async () => {
    await bench.database.query({
      text: `ALTER TABLE event ADD CONSTRAINT no_poison CHECK (message NOT LIKE 'poison%')`,
    });
    for (let n = 0; n < 300; n += 1) bench.own.hear(line(n === 123 ? 'poison' : `n${n}`));
    bench.process({ single: true });
    await waitFor(() => bench.own.processed() === 300);
    const traps = await bench.traps();
    assert.equal(traps.length, 300);
    const refused = traps.filter(({ malformed }) => malformed !== null);
    assert.equal(refused.length, 1);
    assert.match(refused[0]?.malformed ?? '', /no_poison/);
    assert.equal(refused[0]?.raw.toString(), line('poison'));
    const messages = await bench.messages();
    assert.equal(messages.length, 300);
    assert.match(messages[0] ?? '', /could not be stored with what it says/);
  });

  test('trap loop: a parser that throws, NUL and half characters: kept raw, told', async () => {
    bench.own.hear('<13>a\0b \xff\xfe');
    bench.process({ single: true });
    await waitFor(() => bench.own.processed() === 1);
    const [trap] = await bench.traps();
    assert.deepEqual(trap?.raw, Buffer.from('<13>a\0b \xff\xfe', 'latin1'));
    assert.equal((await bench.messages()).length, 1);
  });

  test('trap loop: custom traps with a key, sent again to either host, late and after a restart: once', async () => {
    const custom = (key: string) => ({
      receivedUs: Date.now() * 1_000,
      protocol: 'custom' as const,
      flags: 0,
      address: Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1]),
      port: 1,
      extra: { idempotencyKey: key },
      payload: Buffer.from(JSON.stringify({ FacilityID: 'f', DATA: [{ KEY: 'k', MSG: key }] })),
    });
    const processing = bench.process();
    bench.own.put(custom('one'));
    bench.own.put(custom('one'));
    bench.peer.put({ ...custom('one'), receivedUs: (Date.now() + 500_000) * 1_000 });
    await bench.settled();
    await processing.stop();
    bench.process();
    bench.peer.put(custom('one'));
    bench.peer.put(custom('two'));
    await bench.settled();
    assert.deepEqual(
      (await bench.messages()).map((message) => /one|two/.exec(message)?.[0]),
      ['one', 'two'],
    );
  });

  test('trap loop: keys of a day ago: forgotten, however many and however busy it is; those of today stay', async () => {
    await bench.database.query({
      text: `INSERT INTO trap_key SELECT 'old ' || n, now() - interval '2 days' FROM generate_series(1, 12000) n UNION ALL SELECT 'new', now()`,
    });
    for (let n = 0; n < 300; n += 1) bench.own.hear(line(`n${n}`));
    bench.process({ single: true, recordsMax: 20 });
    await waitFor(
      async () => (await bench.database.query({ text: 'SELECT key FROM trap_key' })).length === 1,
    );
    await waitFor(() => bench.own.processed() === 300);
    assert.equal((await bench.messages()).length, 300);
  });

  test('trap loop: the intake begins a new journal: read from its start, and told', async () => {
    bench.own.hear(line('old'));
    bench.process({ single: true });
    await waitFor(() => bench.own.processed() === 1);
    bench.own.loseJournal();
    bench.own.hear(line('new'));
    await waitFor(async () => (await bench.messages()).length === 2);
    assert.deepEqual(await bench.messages(), ['new', 'old']);
    const [trouble] = await bench.database.query<{ message: string }>({
      text: `SELECT message FROM event WHERE code = 'intake_trouble'`,
    });
    assert.match(trouble?.message ?? '', /host-a keeps a new journal/);
    await waitFor(() => bench.own.processed() === 1);
  });

  test('trap loop: what an intake says of itself: events with counts, and a row', async () => {
    bench.own.note({ note: 'started', silentSinceUs: 0 });
    bench.own.note({
      note: 'summarised',
      address: '192.0.2.9',
      protocol: 'syslog',
      count: 1_234,
      fromUs: 1,
      toUs: 2,
      sample: 'too much',
    });
    bench.own.note({ note: 'kernel-drops', receiver: 'syslog-udp', count: 7 });
    bench.own.note({ note: 'full', refused: 3, fromUs: 1, toUs: 2 });
    bench.own.note({ note: 'damaged', says: 'bytes 1 to 9' });
    const processing = bench.process({ single: true });
    await waitFor(() => bench.own.processed() === 5);
    const events = await bench.database.query<{ code: string; details: { count?: number } }>({
      text: 'SELECT code, details FROM event ORDER BY id',
    });
    assert.deepEqual(
      events.map(({ code, details }) => `${code} ${details.count ?? ''}`.trim()),
      ['trap_storm 1234', 'trap_dropped 7', 'trap_journal_full 3', 'intake_trouble'],
    );
    assert.ok((await bench.traps()).every(({ protocol }) => protocol === 'control'));
    const { summarised, dropped, refusedFull } = processing.loop.stats();
    assert.deepEqual({ summarised, dropped, refusedFull }, { summarised: 1_234, dropped: 7, refusedFull: 3 });
  });
});
