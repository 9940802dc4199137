// What the keys of units mean that work on nodes without being a command, for the manual's page of YAML files.

const check = (at: string): Readonly<Record<string, string>> => ({
  [`${at}.regex`]: 'A regular expression (RE2) that is found in it.',
  [`${at}.json`]: 'It is JSON, and there is something at this path, such as `$.state`.',
  [`${at}.equals`]: 'What stands there is this.',
  [`${at}.matches`]: 'What stands there fits this regular expression.',
});

export const toolMeanings: Readonly<Record<string, string>> = {
  'units[].warn_after_s': 'After so many seconds of running an event says that it takes long; it goes on.',
  'units[].retry.exit_codes': 'Of these ends only those with one of these exit codes.',
  'units[].end_by':
    'What decides how a command has ended: its exit code; nothing, it is always `normal` or `abnormal` unless it could not be started, was stopped, or ran into its timeout; or a file.',
  'units[].end_by.file': 'Absolute path on the node.',
  'units[].end_by.is':
    '`updated`: it has been made or written since the start; `exists`: it is there at the end.',
  'units[].path': 'A file watch: absolute path or paths; `*`, `?` and `[...]` stand for names as in a shell.',
  'units[].watch': 'A file watch: what it waits for.',
  'units[].match': 'A file watch: whether any of several paths is enough.',
  'units[].already_there':
    'A file watch for `created` or `deleted`: what is so already when it begins counts (the default), or is ignored.',
  'units[].size_min': 'A file watch: smaller files do not count yet.',
  'units[].settle_s':
    'A file watch: only when nothing has changed for so long, and no process of the host has the file open for writing.',
  'units[].interval_s': 'A file watch: seconds between two looks.',
  'units[].from': 'A file transfer: what is read, where and as whom.',
  'units[].from.node': 'The node with the files. Its agent reads them for the node that `target` names.',
  'units[].from.user': 'Who reads there; left out: the `user` of the unit.',
  'units[].from.group': 'His primary group there.',
  'units[].from.path':
    'Absolute path of a file; with `*`, `?` and `[...]` in its last part, the files of that folder whose names fit. May hold places.',
  'units[].from.on_missing': 'How it ends when there is no such file.',
  'units[].from.files_max': 'More files that fit than this are an abnormal end, and none is transferred.',
  'units[].to.path':
    'Absolute path of the file; with `/` at its end a folder that is there, in which each file keeps its name. May hold places.',
  'units[].to.if_exists':
    'What is there already is replaced in one step, is kept (and the file counts as done), or is an abnormal end.',
  'units[].to.mode':
    'Octal mode of the file, such as `"0640"`; left out: that of the file that is read, without the right of group and others to write.',
  'units[].to.owner': 'Owner of the file. Only where the unit writes as root.',
  'units[].to.group': 'Group of the file: one that the user is in, any for root.',
  'units[].to.keep_times': 'Whether the time of modification goes with the file.',
  'units[].mb_per_second': 'A file transfer: at most so many megabytes (of 1,000,000 bytes) a second.',
  'units[].no_progress_s':
    'A file transfer: seconds without progress after which it ends abnormally. Waiting for its turn, or for a frozen node, does not count.',
  'units[].url': 'An HTTP call: whom to ask; may hold places.',
  'units[].method': 'An HTTP call: its method.',
  'units[].query': 'An HTTP call: what is added to the query of the URL.',
  'units[].headers': 'An HTTP call: headers; may hold places, secrets too.',
  'units[].header_files': 'An HTTP call: headers whose values are in files on the node.',
  'units[].basic_auth': 'An HTTP call: user and password, sent as the header `Authorization: Basic`.',
  'units[].basic_auth.user': 'The user.',
  'units[].basic_auth.password':
    'The place of a secret: `{{secret.NAME}}`, a secret parameter or a secret output.',
  'units[].body.text': 'A text as it is.',
  'units[].body.json': 'A JSON value; its texts may hold places.',
  'units[].body.form': 'Fields of a form.',
  'units[].status': 'An HTTP call: what statuses mean; every other one is abnormal.',
  'units[].status.normal': 'Statuses or ranges, such as `"200-299"`.',
  'units[].status.warning': 'Statuses that end it with a warning.',
  'units[].status.retry': 'Statuses that ask to come again, as often as `retry` says.',
  'units[].success': 'An HTTP call: what the body must be, beside the status.',
  ...check('units[].success'),
  'units[].poll': 'An HTTP call that starts something: asking until that is done.',
  'units[].poll.from': 'Where the response says whom to ask; left out: the same request again.',
  'units[].poll.from.header': 'In this header, such as `Location`.',
  'units[].poll.from.json': 'In the body, at this path.',
  'units[].poll.interval_s': 'Seconds between two questions.',
  'units[].poll.count_max': 'Questions after which it ends abnormally.',
  'units[].poll.done': 'It is done when the body is so.',
  ...check('units[].poll.done'),
  'units[].poll.failed': 'It has failed when the body is so.',
  ...check('units[].poll.failed'),
  'units[].tls': 'An HTTP call: its certificates.',
  'units[].tls.ca_file': 'Authorities to trust, PEM on the node; left out: those that Node brings along.',
  'units[].tls.certificate_file': 'Certificate of the client, PEM on the node.',
  'units[].tls.key_file': 'Its private key.',
  'units[].tls.verify': 'Whether the certificate of the server is checked.',
  'units[].proxy': 'An HTTP call: a proxy; none is taken from the environment.',
  'units[].proxy_auth': 'User and password that the proxy asks for.',
  'units[].proxy_auth.user': 'The user.',
  'units[].proxy_auth.password': 'The place of a secret, as under `basic_auth`.',
  'units[].redirects_max': 'An HTTP call: redirects that are followed.',
  'units[].connect_timeout_s': 'An HTTP call or SSH: seconds to connect in.',
  'units[].response_timeout_s': 'An HTTP call: seconds of one request, to the last byte of its response.',
  'units[].host': 'SSH: name or address of the host.',
  'units[].port': 'SSH: its port.',
  'units[].login': 'SSH: the user there.',
  'units[].key_file': 'SSH: private key on the node, without a passphrase.',
  'units[].known_hosts':
    'SSH: keys of hosts, as lines of a known_hosts file. Either this or `known_hosts_file`.',
  'units[].known_hosts_file': 'SSH: such a file on the node.',
  'units[].engine': 'A container: whose command line is used; `auto`: docker, else podman.',
  'units[].image': 'A container: its image.',
  'units[].entrypoint': 'A container: instead of the entry point of the image.',
  'units[].volumes': 'A container: `SOURCE:/TARGET`, with `:ro` read-only.',
  'units[].network': 'A container: its network.',
  'units[].run_as': 'A container: user inside, with or without group.',
  'units[].workdir': 'A container: working directory inside.',
  'units[].memory': 'A container: most memory, such as `512m`.',
  'units[].cpus': 'A container: most processors.',
  'units[].pull': 'A container: whether the image is fetched.',
};

/** `limits` of a unit or a net. */
export const usageMeanings = (what: string): Readonly<Record<string, string>> => ({
  limits: what,
  'limits.memory': 'Of all its processes together, such as `512m`; beyond it they are ended.',
  'limits.processes': 'Processes and threads at one time.',
  'limits.cpus': 'Processors that it may keep busy, such as `1.5`.',
  'limits.cpu_share':
    'Its share where the processors do not suffice for all; 100 is what everybody else has.',
  'limits.open_files': 'Files that each process may have open.',
  'limits.file_size': 'Of a file that each process writes, such as `2g`.',
  'limits.core_size': 'Of a core dump; `0`: none is written.',
});
