// The own keys of units that work on nodes without being a command, as canonical YAML: defaults left out. Called by `formatJobNet`.
import type { AttemptUnit } from '@nezuban/protocol/jobs/units/attempt-units';
import type { ContainerUnit } from '@nezuban/protocol/jobs/units/container';
import type { FileTransferUnit } from '@nezuban/protocol/jobs/units/file-transfer';
import type { FileWatchUnit } from '@nezuban/protocol/jobs/units/file-watch';
import type { HttpUnit } from '@nezuban/protocol/jobs/units/http';
import type { SshUnit } from '@nezuban/protocol/jobs/units/ssh';

type Plain = Readonly<Record<string, unknown>>;
export type ToolUnit = Exclude<AttemptUnit, { readonly type: 'command' }>;

export function plainToolUnit(unit: ToolUnit): Plain {
  switch (unit.type) {
    case 'file_watch':
      return plainFileWatch(unit);
    case 'http':
      return plainHttp(unit);
    case 'ssh':
      return plainSsh(unit);
    case 'container':
      return plainContainer(unit);
    case 'file_transfer':
      return plainFileTransfer(unit);
  }
}

function plainFileWatch(unit: FileWatchUnit): Plain {
  return {
    path: unit.path.length === 1 ? unit.path[0] : unit.path,
    watch: unless(unit.watch, 'created'),
    match: unless(unit.match, 'any'),
    already_there: unit.already_there,
    size_min: unit.size_min,
    settle_s: unless(unit.settle_s, 0),
    interval_s: unless(unit.interval_s, 5),
    on_timeout: unless(unit.on_timeout, 'abnormal'),
    outputs: unit.outputs?.map(pick),
  };
}

function plainHttp(unit: HttpUnit): Plain {
  const { status, poll, tls } = unit;
  return {
    method: unless(unit.method, 'GET'),
    url: unit.url,
    query: unit.query,
    headers: unit.headers,
    header_files: unit.header_files,
    basic_auth: unit.basic_auth,
    body: unit.body,
    status: status && pick({ ...status, normal: unless(status.normal, '200-299') }),
    success: unit.success,
    poll:
      poll &&
      pick({
        from: poll.from,
        interval_s: unless(poll.interval_s, 10),
        count_max: unless(poll.count_max, 360),
        done: poll.done,
        failed: poll.failed,
      }),
    tls: tls && pick({ ...tls, verify: unless(tls.verify, true) }),
    proxy: unit.proxy,
    proxy_auth: unit.proxy_auth,
    redirects_max: unless(unit.redirects_max, 5),
    connect_timeout_s: unless(unit.connect_timeout_s, 10),
    response_timeout_s: unless(unit.response_timeout_s, 60),
    outputs: unit.outputs?.map(pick),
  };
}

function plainSsh(unit: SshUnit): Plain {
  return {
    host: unit.host,
    port: unless(unit.port, 22),
    login: unit.login,
    key_file: unit.key_file,
    known_hosts: unit.known_hosts,
    known_hosts_file: unit.known_hosts_file,
    connect_timeout_s: unless(unit.connect_timeout_s, 15),
    command: unit.command,
    environment: unit.environment,
    outputs: unit.outputs?.map(pick),
    exit_codes: unit.exit_codes && pick(unit.exit_codes),
  };
}

function plainContainer(unit: ContainerUnit): Plain {
  return {
    engine: unless(unit.engine, 'auto'),
    image: unit.image,
    entrypoint: unit.entrypoint,
    command: unit.command,
    environment: unit.environment,
    volumes: unit.volumes,
    network: unit.network,
    run_as: unit.run_as,
    workdir: unit.workdir,
    memory: unit.memory,
    cpus: unit.cpus,
    limits: unit.limits && pick(unit.limits),
    pull: unless(unit.pull, 'missing'),
    outputs: unit.outputs?.map(pick),
    exit_codes: unit.exit_codes && pick(unit.exit_codes),
  };
}

function plainFileTransfer({ from, to, ...unit }: FileTransferUnit): Plain {
  return {
    from: pick({
      node: from.node,
      user: from.user,
      group: from.group,
      path: from.path,
      on_missing: unless(from.on_missing, 'abnormal'),
      files_max: unless(from.files_max, 100),
    }),
    to: pick({
      path: to.path,
      if_exists: unless(to.if_exists, 'replace'),
      mode: to.mode,
      owner: to.owner,
      group: to.group,
      keep_times: unless(to.keep_times, false),
    }),
    mb_per_second: unit.mb_per_second,
    no_progress_s: unless(unit.no_progress_s, 600),
    outputs: unit.outputs?.map(pick),
  };
}

function unless<T>(value: T, standard: T): T | undefined {
  return value === standard ? undefined : value;
}

function pick(values: Plain): Plain {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
