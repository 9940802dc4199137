// Operations on traps: the list, one with all that is known of it, who spoke, and the intakes.
// Responsible for what who asks may see: traps of nodes that he sees, and those of nobody's node. Made by traps.ts.
import { say } from '@nezuban/protocol/sentences/sentence';
import type { ParsedTrap } from '@nezuban/core/traps/parsed-trap';
import { shownBytes } from '@nezuban/core/traps/snmp/parse-snmp';
import { CodedError } from '@nezuban/protocol/errors';
import type { EventView } from '@nezuban/protocol/events/event';
import { recordFlags } from '@nezuban/protocol/intake/record';
import type {
  IntakeView,
  TrapDetail,
  TrapFacts,
  TrapProcessing,
  TrapSummary,
} from '@nezuban/protocol/traps/trap';
import * as z from 'zod';
import type { Database } from '../database/database.ts';
import { EVENT_COLUMNS, toEventView, type EventRow } from '../events/event-rows.ts';
import { createWhere, type Condition } from '../database/where.ts';
import { decodeCursor, toPage } from '../http/paging.ts';
import type { Handlers } from '../ports.ts';
import { findTrap, listTraps, toRecord, type StoredTrap } from './trap-list.ts';
import type { TrapReading } from './trap-reading.ts';
import type { TrapSources } from './trap-sources.ts';

export type TrapRoutesPorts = {
  readonly database: Database;
  readonly reading: TrapReading;
  readonly sources: TrapSources;
  readonly intakes: () => readonly IntakeView[];
  readonly processing: () => TrapProcessing;
};
export type TrapRoutes = Pick<Handlers, 'listTraps' | 'getTrap' | 'listTrapSources' | 'getIntake'>;

/** Of the text in a list; one trap alone shows all of it. */
const LIST_TEXT_MAX = 500;
/** Events of one trap are recorded in the transaction of its row, whose time the manager reads a moment before. */
const EVENT_SPAN_MS = 60_000;
const EVENTS_MAX = 200;

export const createTrapRoutes = (ports: TrapRoutesPorts): TrapRoutes => {
  const { database, reading, sources } = ports;

  const textOf = (row: StoredTrap): string =>
    row.text ??
    reading.parse(toRecord(row))[0]?.text ??
    row.raw.toString('utf8').replaceAll('\0', '\u{fffd}');
  const toSummary = (row: StoredTrap): TrapSummary => ({
    id: row.id,
    receivedAt: row.received_at.toISOString(),
    protocol: row.protocol,
    address: row.address,
    node: row.node,
    host: row.host,
    text: textOf(row).slice(0, LIST_TEXT_MAX),
    matched: row.matched,
    malformed: row.malformed,
    heardBoth: row.heard_both,
    perhapsRepeat: row.perhaps_repeat,
  });

  const eventsOf = async (row: StoredTrap, visible: Condition | undefined): Promise<readonly EventView[]> => {
    const where = createWhere();
    where.add((place) => `trap_id = ${place(row.id)}`);
    // The time prunes partitions and leads to few rows; the number of the trap has no index of its own.
    where.add(
      (place) =>
        `at = ${place(new Date(Math.floor(row.received_us / 1_000)))} AND recorded_at >= ${place(new Date(row.recorded_at.getTime() - EVENT_SPAN_MS))}`,
    );
    where.add(visible);
    const rows = await database.query<EventRow>({
      text: `SELECT ${EVENT_COLUMNS} FROM event ${where.sql()} ORDER BY id LIMIT ${EVENTS_MAX}`,
      values: where.values,
    });
    return rows.map(toEventView);
  };
  const hostOf = async (slot: number): Promise<string> => {
    const [row] = await database.query<{ host: string }>({
      text: 'SELECT host FROM trap_journal WHERE slot = $1',
      values: [slot],
    });
    return row?.host ?? '';
  };

  return {
    async listTraps({ query, actor }) {
      const { cursor, limit, ...filter } = query;
      const rows = await listTraps(database, {
        ...filter,
        beforeId: decodeCursor(cursor, z.int()),
        visible: actor.permissions.nodesIn('nodes.read', 'node'),
        limit: limit + 1,
      });
      return { body: toPage(rows, { limit, toItem: toSummary, positionOf: ({ id }) => id }) };
    },
    async getTrap({ params, actor }) {
      const row = await findTrap(database, params.id, actor.permissions.nodesIn('nodes.read', 'node'));
      if (row === null) throw new CodedError('not_found', say('problem_there_is_no_trap', { id: params.id }));
      const record = toRecord(row);
      const [events, heardBy] = await Promise.all([
        actor.permissions.holds('events.read')
          ? eventsOf(row, actor.permissions.eventsIn('events.read'))
          : [],
        hostOf(row.slot),
      ]);
      const body: TrapDetail = {
        ...toSummary(row),
        text: textOf(row),
        recordedAt: row.recorded_at.toISOString(),
        port: row.port,
        heardBy,
        seq: row.seq,
        flags: Object.entries(recordFlags).flatMap(([name, bit]) => ((row.flags & bit) === 0 ? [] : [name])),
        extra: { ...record.extra },
        bytes: row.raw.length,
        raw: Buffer.from(record.protocol === 'snmp' ? shownBytes(record) : row.raw).toString('hex'),
        facts: reading.parse(record).map(toFacts),
        events: [...events],
      };
      return { body };
    },
    listTrapSources({ query, actor }) {
      const items = sources
        .list()
        .filter(
          ({ node }) =>
            (node === null || actor.permissions.onNode('nodes.read', node)) &&
            (query.unknown === undefined || query.unknown === (node === null)),
        )
        .map(({ protocols, firstMs, lastMs, ...source }) => ({
          ...source,
          protocols: [...protocols].sort(),
          firstAt: new Date(firstMs).toISOString(),
          lastAt: new Date(lastMs).toISOString(),
        }));
      return Promise.resolve({ body: { items } });
    },
    getIntake: () =>
      Promise.resolve({ body: { intakes: [...ports.intakes()], processing: ports.processing() } }),
  };
};

const toFacts = (trap: ParsedTrap): TrapFacts => ({
  text: trap.text,
  host: trap.claimedHost,
  saidAt: trap.saidAtMs === null ? null : new Date(trap.saidAtMs).toISOString(),
  malformed: trap.malformed,
  fields: { ...trap.fields },
  syslog: trap.syslog,
  // The community is as good as a password.
  snmp:
    trap.snmp === null
      ? null
      : {
          version: trap.snmp.version,
          kind: trap.snmp.kind,
          trapOid: trap.snmp.trapOid,
          v1: trap.snmp.v1,
          varbinds: [...trap.snmp.varbinds],
        },
});
