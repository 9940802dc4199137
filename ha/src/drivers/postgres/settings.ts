// The configuration files of the embedded PostgreSQL, as texts.
// Pure: rendered anew at each start, so that a release changes them without touching the data. Not responsible for writing (`cluster.ts`).

export const DATABASE_NAME = 'nezuban';
/** Role that owns everything. Only `peer` lets anybody in, so it has no password. */
export const DATABASE_ROLE = 'nezuban';
/** The number in the name of the socket file; nothing listens on TCP. */
export const SOCKET_PORT = 5432;
/** Included at the end of our settings; an operator's own file, which we never write. */
export const OPERATOR_SETTINGS_FILE = 'operator.conf';

const MAP_NAME = 'nezuban';

export type SettingsInput = { readonly socketDirectory: string; readonly operatorSettingsFile: string };

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
  const head = `# Written by the keeper at each start; changes here are lost. Put your own into ${input.operatorSettingsFile}.`;
  return [head, ...lines, `include_if_exists ${quote(input.operatorSettingsFile)}`, ''].join('\n');
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
