// Traps of the past as records, for trying rules on them.
// Responsible for one bounded question to the table `trap`; what they say is read anew, by the names and places of today.
import { parseAddress } from '@nezuban/core/traps/address-list';
import type { PastTraps } from '@nezuban/protocol/api/trap-monitor-operations';
import type { TrapProtocol, TrapRecord } from '@nezuban/protocol/intake/record';
import type { Database } from '../database/database.ts';
import { trapMonitorLimits as limits } from './trap-monitor-limits.ts';

export type PastTrap = { readonly id: number; readonly record: TrapRecord };
/** The newest first. */
export type PastTrapPage = { readonly traps: readonly PastTrap[]; readonly more: boolean };

export type PastTrapFilter = Pick<PastTraps, 'address' | 'node' | 'limit'> & {
  readonly from: Date;
  readonly to: Date | null;
  readonly protocols: readonly Exclude<TrapProtocol, 'control'>[];
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
};

/** What a trap takes beside its bytes, roughly. */
const ROW_BYTES = 500;

export const readPastTraps = async (database: Database, filter: PastTrapFilter): Promise<PastTrapPage> => {
  const rows = await database.query<Row>({
    text: `SELECT id, received_at, seq, protocol, flags, host(address) AS address, port, extra, raw FROM (
             SELECT *, sum(octet_length(raw) + ${ROW_BYTES}) OVER (ORDER BY id DESC) AS bytes FROM (
               SELECT id, received_at, seq, protocol, flags, address, port, extra, raw FROM trap
               WHERE recorded_at >= $1 AND protocol = ANY ($2) AND ($3::inet IS NULL OR address = $3::inet)
                 AND ($4::text IS NULL OR node = $4) AND ($7::timestamptz IS NULL OR recorded_at < $7)
               ORDER BY id DESC LIMIT $5
             ) AS fitting
           ) AS measured
           WHERE bytes <= $6 ORDER BY id DESC`,
    values: [
      filter.from,
      filter.protocols,
      filter.address ?? null,
      filter.node ?? null,
      filter.limit + 1,
      limits.testBytesMax,
      filter.to,
    ],
  });
  return { traps: rows.slice(0, filter.limit).map(toPastTrap), more: rows.length > filter.limit };
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
