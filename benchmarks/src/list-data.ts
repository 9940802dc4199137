/**
 * Nets, sessions and events as a large installation has them, in Japanese and English. Deterministic: two runs fill alike.
 * Called by `lists.ts`.
 */
import type { Database } from '@nezuban/manager/database/database';
import { storeBatch } from '@nezuban/manager/events/event-batch';
import type { EventDraft } from '@nezuban/manager/ports';
import { statusSettingsSchema } from '@nezuban/protocol/events/event-settings';
import type pg from 'pg';

/** What stands in one event alone, and what in none. */
export const RARE = { character: '稀', pair: '椿事', word: 'zebra', absent: '皆無也' } as const;

const WORDS =
  '夜間 口座 決済 残高 集計 為替 預金 融資 振込 照合 日次 月次 帳票 転送 取込 明細 顧客 勘定 支店 本店'.split(
    ' ',
  );
const FOLDERS = 500;
const BATCH = 500;
const statusSettings = statusSettingsSchema.parse({});

function createDice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff;
    return (state >> 8) % sides;
  };
}

export const netName = (index: number): string =>
  `folder${String(index % FOLDERS).padStart(3, '0')}/net${String(index).padStart(7, '0')}`;

export async function fillNets(admin: pg.Client, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => netName(index));
  const quiet = Array.from({ length: 50 }, (_, index) => `quiet/net${index}`);
  const all = [...names, ...quiet];
  const titles = all.map((_, index) => `${WORDS[index % 20]}${WORDS[(index * 7) % 20]}処理 ${index}`);
  await admin.query({
    text: `INSERT INTO net_revision (net, revision, title, definition, created_at, created_by)
           SELECT name, 1, title, '{}', now(), 'bench' FROM unnest($1::text[], $2::text[]) n (name, title)`,
    values: [all, titles],
  });
  await admin.query({
    text: `INSERT INTO net (name, revision, title, unit_count, timezone, schedules, updated_at, updated_by)
           SELECT name, 1, title, 20, 'Asia/Tokyo', '[]', now(), 'bench' FROM unnest($1::text[], $2::text[]) n (name, title)`,
    values: [all, titles],
  });
}

/** Over 400 days, in partitions of a week each; one in a thousand was started by a person, one in fifty ended abnormally, ten are stopped. */
export async function fillSessions(
  admin: pg.Client,
  { sessions, nets }: { readonly sessions: number; readonly nets: number },
): Promise<void> {
  const ranges = 57;
  const width = Math.ceil(sessions / ranges);
  await admin.query({
    text: 'DROP TABLE session_00002, session_unit_00002, attempt_00002, attempt_output_00002',
  });
  for (let range = 0; range < ranges; range += 1) {
    const name = String(range + 2).padStart(5, '0');
    const to = range === ranges - 1 ? 'MAXVALUE' : String((range + 1) * width + 1);
    for (const table of ['session', 'session_unit', 'attempt', 'attempt_output'])
      await admin.query({
        text: `CREATE TABLE ${table}_${name} PARTITION OF ${table} FOR VALUES FROM (${range * width + 1}) TO (${to})`,
      });
    await admin.query({
      text: `INSERT INTO session_range (number, first_id, end_id, made_at) VALUES ($1, $2, $3, now())
             ON CONFLICT (number) DO UPDATE SET first_id = $2, end_id = $3`,
      values: [range + 2, range * width + 1, to === 'MAXVALUE' ? null : Number(to)],
    });
  }
  await admin.query({
    text: `INSERT INTO session (id, nonce, net, net_revision, state, end_status, run, trigger, parameters, created_at, ended_at, revision, unit_counts)
           SELECT g, 'n', 'folder' || lpad((g * 7 % $2 % ${FOLDERS})::text, 3, '0') || '/net' || lpad((g * 7 % $2)::text, 7, '0'), 1,
             CASE WHEN g % 20000 = 7 THEN 'stopped' ELSE 'ended' END, CASE WHEN g % 50 = 3 THEN 'abnormal' ELSE 'normal' END, 1,
             CASE WHEN g % 1000 = 1 THEN '{"type":"manual","user":"admin"}' ELSE '{"type":"schedule","schedule":"daily","dueAt":"2026-01-01T00:00:00Z"}' END::jsonb,
             '{}', at, at + (g % 600) * interval '1 s', 3, '{"ended":20}'
           FROM generate_series(1, $1::bigint) g CROSS JOIN LATERAL (SELECT now() - ($1 - g) * (interval '400 days' / $1) AS at) t`,
    values: [sessions, nets],
  });
}

/** Gives the events written a second. */
export async function fillEvents(database: Database, count: number): Promise<number> {
  const dice = createDice(12_345);
  const began = performance.now();
  const stepMs = (120 * 86_400_000) / count;
  for (let start = 0; start < count; start += BATCH) {
    const drafts = Array.from({ length: Math.min(BATCH, count - start) }, (_, offset) =>
      draftOf(start + offset, { dice, at: new Date(Date.now() - (count - start - offset) * stepMs), count }),
    );
    await database.inTransaction(
      async (transaction) => await storeBatch(transaction, drafts, statusSettings),
    );
  }
  return count / ((performance.now() - began) / 1000);
}

/** Nearly all critical ones. */
export async function confirmEvents(admin: pg.Client): Promise<void> {
  await admin.query(
    "UPDATE event SET confirmed_at = now(), confirmed_by = 'admin', comment = '対応済み' WHERE priority = 'critical' AND id % 100 <> 0",
  );
}

const MESSAGES_JA = '終了しました。確認してください';

function draftOf(
  index: number,
  {
    dice,
    at,
    count,
  }: { readonly dice: (sides: number) => number; readonly at: Date; readonly count: number },
): EventDraft {
  const word = () => WORDS[dice(20)] ?? '';
  const kind = dice(100);
  const net = `${word()}/${word()}${dice(50)}`;
  const node = `node-${dice(200)}`;
  const session = 1 + Math.floor(index / 5);
  const details = { session, net, unit: `u${dice(20)}`, exitCode: dice(255) };
  const base = { at, details, node: kind < 70 ? node : null };
  if (index === Math.floor(count / 3))
    return {
      ...base,
      priority: 'warning',
      code: 'unit_ended',
      message: `${RARE.character} ${RARE.pair} ${RARE.word}`,
    };
  if (kind < 40)
    return {
      ...base,
      priority: 'info',
      code: 'session_started',
      message: `Session ${session} of ${net} was started.`,
    };
  if (kind < 75)
    return {
      ...base,
      priority: 'info',
      code: 'session_ended',
      message: `Session ${session} of ${net} ended normally after ${dice(1000)} s.`,
    };
  if (kind < 85)
    return {
      ...base,
      priority: 'warning',
      code: 'unit_ended',
      message: `ジョブ「${word()}${word()}」が警告で${MESSAGES_JA}(終了コード ${dice(255)}、ノード ${node})`,
    };
  if (kind < 97)
    return {
      ...base,
      priority: 'critical',
      code: 'unit_ended',
      message: `ジョブネット「${net}」が異常${MESSAGES_JA}: ${word()}の処理で ORA-${10_000 + dice(9_999)}`,
    };
  return { ...base, priority: 'warning', code: 'agent_disconnected', message: `${node}: ｾﾂｿﾞｸ が切れました` };
}
