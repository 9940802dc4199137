// The configuration files of the embedded PostgreSQL, as texts.
// Pure: rendered anew at each start, so that a release changes them without touching the data. Not responsible for writing (`cluster.ts`).

import { databasePlace } from '@nezuban/protocol/keeper/database-place';

export const DATABASE_NAME = databasePlace.name;
/** Role that owns everything. Only `peer` lets anybody in, so it has no password. */
export const DATABASE_ROLE = databasePlace.role;
/** The number in the name of the socket file; nothing listens on TCP. */
export const SOCKET_PORT = databasePlace.port;
/** Included at the end of our settings; an operator's own file, which we never write. */
export const OPERATOR_SETTINGS_FILE = 'operator.conf';

/** Who must have flushed a commit before it is acknowledged; included last, so that nothing overrides it. */
export const NAMES_FILE = 'nezuban-names.conf';
/** Whom a standby follows; included last too. */
export const UPSTREAM_FILE = 'nezuban-upstream.conf';

const MAP_NAME = 'nezuban';

export type SettingsInput = {
  readonly socketDirectory: string;
  readonly operatorSettingsFile: string;
  /** Whether it is there: every process of the server would log at every reload that it is not. */
  readonly hasOperatorSettings?: boolean;
  /** Another member holds the data too, or is about to. */
  readonly pair?: boolean;
};

/**
 * WAL that a member of a pair keeps for the other one, so that it can follow again after an absence. There are no replication slots: a slot
 * would have to be made at each promotion, is not copied, outlives its use on a former master, and would keep no more than this bound
 * either, since it too must not fill the disk. A standby that missed more is copied anew.
 */
const PAIR_WAL_KEPT = '1GB';
/** A silent end of a stream is given up after this; a fast stop waits for a silent standby no longer. */
const STREAM_TIMEOUT = '5s';

/** `postgresql.conf`. Sizes suit 2 cores with everything on one machine. */
export function renderSettings(input: SettingsInput): string {
  const settings: readonly (readonly [string, string])[] = [
    // Reached by Unix socket only; its folder is closed to everybody but us.
    ['listen_addresses', ''],
    ['port', String(SOCKET_PORT)],
    ['unix_socket_directories', quotePath(input.socketDirectory)],
    ['unix_socket_permissions', '0700'],
    ['max_connections', '100'],
    ['allow_alter_system', 'off'],
    // What is acknowledged is on disk.
    ['fsync', 'on'],
    ['synchronous_commit', 'on'],
    ['full_page_writes', 'on'],
    ['wal_level', 'replica'],
    // Bounds crash recovery to about two seconds of redo.
    ['max_wal_size', '512MB'],
    ['wal_keep_size', input.pair === true ? PAIR_WAL_KEPT : '0'],
    // Slots are an operator's own; they must not fill the disk.
    ['max_slot_wal_keep_size', '1GB'],
    // So that a former master can be rewound.
    ['wal_log_hints', 'on'],
    // Both members alike, or a standby refuses to start: senders for the standby, a copy, and what an old connection still holds.
    ['max_wal_senders', '8'],
    ['max_replication_slots', '4'],
    ['max_locks_per_transaction', '64'],
    ['max_prepared_transactions', '0'],
    ['wal_sender_timeout', STREAM_TIMEOUT],
    ['wal_receiver_timeout', STREAM_TIMEOUT],
    ['wal_receiver_status_interval', '1s'],
    // With the default of 5 s a promotion right after the master's death may sleep that long.
    ['wal_retrieve_retry_interval', '100ms'],
    ['hot_standby', 'on'],
    ['hot_standby_feedback', 'off'],
    // Replay, and with it a promotion, never waits for somebody who reads on the standby.
    ['max_standby_streaming_delay', '0'],
    ['max_standby_archive_delay', '0'],
    ['checkpoint_timeout', '5min'],
    // The keeper restarts the whole server, counts it, and says so.
    ['restart_after_crash', 'off'],
    ['shared_buffers', '128MB'],
    ['effective_cache_size', '512MB'],
    ['work_mem', '8MB'],
    ['maintenance_work_mem', '64MB'],
    ['max_worker_processes', '4'],
    ['max_parallel_workers', '2'],
    ['max_parallel_workers_per_gather', '1'],
    ['jit', 'off'],
    ['huge_pages', 'off'],
    ['timezone', 'UTC'],
    ['log_timezone', 'UTC'],
    ['lc_messages', 'C'],
    // The keeper reads standard error and rotates the file.
    ['log_destination', 'stderr'],
    ['logging_collector', 'off'],
    ['log_line_prefix', '%m [%p] %q%a '],
    ['log_min_messages', 'warning'],
    ['log_checkpoints', 'off'],
    ['log_lock_waits', 'on'],
    // A client that vanished without a word (its process was killed) holds its locks no longer than this.
    ['client_connection_check_interval', '2s'],
    ['idle_in_transaction_session_timeout', '60s'],
  ];
  const lines = settings.map(([name, value]) => `${name} = ${quote(value)}`);
  const head = `# Written by the keeper at each start; changes here are lost. Put your own into ${input.operatorSettingsFile} and start again.`;
  const operators = input.hasOperatorSettings === false ? [] : [input.operatorSettingsFile];
  const included = [...operators, NAMES_FILE, UPSTREAM_FILE];
  return [head, ...lines, ...included.map((file) => `include_if_exists ${quote(file)}`), ''].join('\n');
}

/** `synchronous_standby_names`: one name as it is, or nobody. */
export function renderNames(names: string): string {
  const value = names === '' ? '' : `"${names.replaceAll('"', '""')}"`;
  return `# Written by the keeper.\nsynchronous_standby_names = ${quote(value)}\n`;
}

/** `primary_conninfo`: a local process listens in `directory` and carries the bytes to the master's server. Null: nobody. */
export function renderUpstream(upstream: { readonly directory: string; readonly as: string } | null): string {
  const parts =
    upstream === null
      ? []
      : [
          ['host', upstream.directory],
          ['port', String(SOCKET_PORT)],
          ['user', DATABASE_ROLE],
          ['application_name', upstream.as],
          // The local end answers at once or never.
          ['connect_timeout', '2'],
        ];
  const text = parts.map(([name, value]) => `${name}=${quoteConnection(value ?? '')}`).join(' ');
  return `# Written by the keeper.\nprimary_conninfo = ${quote(text)}\n`;
}

/** A value in a connection string. */
export function quoteConnection(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** `pg_hba.conf`: the operating system says who is at the other end of the socket; nobody else is let in. */
export function renderHostAccess(): string {
  return [
    '# Written by the keeper at each start.',
    `local all all peer map=${MAP_NAME}`,
    `local replication all peer map=${MAP_NAME}`,
    '',
  ].join('\n');
}

/** `pg_ident.conf`: the operating system users that may be our role. */
export function renderUserMap(systemUsers: readonly string[]): string {
  const lines = [...new Set(systemUsers)].map(
    (user) => `${MAP_NAME} "${user.replaceAll('"', '""')}" ${DATABASE_ROLE}`,
  );
  return ['# Written by the keeper at each start.', ...lines, ''].join('\n');
}

function quote(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** The socket setting is a list: a path with a comma or a blank needs double quotes of its own. */
function quotePath(directory: string): string {
  return `"${directory.replaceAll('"', '""')}"`;
}
