// Traps of the past as records, for trying rules on them.
// Responsible for one bounded question to the table `trap`; what they say is read anew, by the names and places of today.
import { parseAddress } from '@nezuban/core/traps/address-list';
import type { PastTraps } from '@nezuban/protocol/api/trap-monitor-operations';
import type { TrapProtocol, TrapRecord } from '@nezuban/protocol/intake/record';
import type { Database } from '../database/database.ts';
import { createWhere, type Condition } from '../database/where.ts';
import { trapMonitorLimits as limits } from './trap-monitor-limits.ts';

export type PastTrap = { readonly id: number; readonly record: TrapRecord };
/** The newest first. */
export type PastTrapPage = { readonly traps: readonly PastTrap[]; readonly more: boolean };

export type PastTrapFilter = Pick<PastTraps, 'ids' | 'address' | 'node' | 'limit'> & {
  readonly from: Date;
  readonly to: Date | null;
  readonly protocols: readonly Exclude<TrapProtocol, 'control'>[];
  /** What who asks may see, on the column `node`; undefined: everything. */
  readonly visible: Condition | undefined;
};

type Row = {
  readonly id: number;
  readonly received_at: Date;
  readonly seq: number;
  readonly protocol: Exclude<TrapProtocol, 'control'>;
  readonly flags: number;
  readonly address: string;
  readonly port: number;
  readonly extra: string | null;
  readonly raw: Buffer;
  /** Rows that fit, whether the bytes of the answer hold them or not. */
  readonly found: number;
};

/** What a trap takes beside its bytes, roughly. */
const ROW_BYTES = 500;

export const readPastTraps = async (database: Database, filter: PastTrapFilter): Promise<PastTrapPage> => {
  const { from, to, protocols, ids, address, node, limit, visible } = filter;
  const where = createWhere();
  const [most, bytesMost] = [where.place(limit + 1), where.place(limits.testBytesMax)];
  where.add((place) =>
    ids === undefined ? `protocol = ANY (${place(protocols)})` : `id = ANY (${place(ids)}::bigint[])`,
  );
  where.add(() => `protocol <> 'control'`);
  if (ids === undefined) {
    where.add((place) => `recorded_at >= ${place(from)}`);
    where.addIf(address, (value, place) => `address = ${place(value)}::inet`);
    where.addIf(node, (value, place) => `node = ${place(value)}`);
    if (to !== null) where.add((place) => `recorded_at < ${place(to)}`);
  }
  where.add(visible);
  const rows = await database.query<Row>({
    text: `SELECT id, received_at, seq, protocol, flags, host(address) AS address, port, extra, raw, found FROM (
             SELECT *, sum(octet_length(raw) + ${ROW_BYTES}) OVER (ORDER BY id DESC) AS bytes,
               (count(*) OVER ())::int AS found FROM (
               SELECT id, received_at, seq, protocol, flags, address, port, extra, raw FROM trap
               ${where.sql()}
               ORDER BY id DESC LIMIT ${most}
             ) AS fitting
           ) AS measured
           WHERE bytes <= ${bytesMost} ORDER BY id DESC`,
    values: [...where.values],
  });
  const traps = rows.slice(0, limit).map(toPastTrap);
  return { traps, more: (rows[0]?.found ?? 0) > traps.length };
};

const NOBODY = new Uint8Array(16);

const toPastTrap = (row: Row): PastTrap => ({
  id: row.id,
  record: {
    seq: row.seq,
    receivedUs: row.received_at.getTime() * 1_000,
    protocol: row.protocol,
    flags: row.flags,
    address: parseAddress(row.address) ?? NOBODY,
    port: row.port,
    extra: row.extra === null ? null : (JSON.parse(row.extra) as Record<string, string>),
    payload: row.raw,
  },
});
