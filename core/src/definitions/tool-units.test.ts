// Units that work on nodes without being a command: their YAML read, judged with a remedy for each mistake, and written again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobNetSchema } from '@nezuban/protocol/jobs/definition';
import { formatJobNet } from './format-job-net.ts';
import { judgeJobNet } from './judge-job-net.ts';
import { parseDefinitionFile } from './parse-definition-file.ts';

const file = (units: string): string => `kind: jobnet
name: tools
target: { node: web1 }
units:
${units.replaceAll(/^/gm, '  ')}`;
const parse = (text: string) => parseDefinitionFile(text, { file: 'net.yaml' });
const issuesOf = (units: string): string[] => {
  const read = parse(file(units));
  return read.ok ? [] : read.issues.map(({ path, message }) => `${path}: ${message}`);
};

const everything = `- name: watch
  type: file_watch
  user: batch
  path:
    - /in/a-{{date:YYYYMMDD}}-*.csv
    - /in/b
  watch: changed
  match: all
  settle_s: 10
  interval_s: 30
  on_timeout: warning
  outputs:
    - name: FIRST
      regex: .+
  timeout_s: 3600
  warn_after_s: 600
- name: start
  type: http
  after:
    - watch
  method: POST
  url: https://api.example/jobs/{{parameter.DAY}}
  query:
    day: "{{parameter.DAY}}"
  headers:
    X-Key: "{{secret.api}}"
  header_files:
    X-Token: /etc/token
  basic_auth:
    user: batch
    password: "{{secret.api}}"
  body:
    json:
      file: "{{unit.watch.output.file}}"
      all: "{{unit.watch.output.files}}"
  status:
    normal: "202"
    retry: 429,503
  success:
    json: $.accepted
    equals: true
  poll:
    from:
      header: Location
    interval_s: 5
    done:
      json: $.state
      matches: ^(done|skipped)$
    failed:
      json: $.state
      equals: failed
  tls:
    ca_file: /etc/ca.pem
    verify: false
  proxy: http://proxy:3128
  redirects_max: 0
  retry:
    count: 5
    delay_s: 60
    exit_codes: "75"
- name: far
  type: ssh
  host: 192.0.2.7
  port: 2222
  login: ops
  key_file: /home/batch/.ssh/id
  known_hosts_file: /etc/known_hosts
  command: run "$DAY"
  environment:
    TOKEN: "{{secret.far}}"
  exit_codes:
    normal: 0-4
- name: box
  type: container
  engine: podman
  image: registry.example/tool:1
  command:
    - --day
    - "{{parameter.DAY}}"
  environment:
    A: b
  volumes:
    - /data:/data:ro
    - cache:/cache
  network: none
  run_as: 1000:1000
  memory: 512m
  cpus: 1.5
  pull: never
- name: send
  type: file_transfer
  target:
    scope: branches
  user: intake
  from:
    node: core01
    user: batch
    path: /out/{{parameter.DAY}}-*.csv
    on_missing: warning
    files_max: 5
  to:
    path: /in/{{parameter.DAY}}/
    if_exists: keep
    mode: "0640"
    owner: intake
    group: data
    keep_times: true
  mb_per_second: 50
  no_progress_s: 60
- name: judged
  command: make
  end_by:
    file: /out/done
    is: exists
- name: bounded
  command: make
  limits:
    memory: 512m
    processes: 200
    cpus: 1.5
    cpu_share: 50
    open_files: 1024
    file_size: 2g
    core_size: "0"
  stop:
    command:
      - /opt/stop
      - "{{parameter.DAY}}"
    timeout_s: 30`;

test('tools: everything that can be said: read, and written as it was', () => {
  const text = file(everything).replace('units:', 'parameters:\n  - name: DAY\n    default: "1"\nunits:');
  const read = parse(text);
  assert.ok(read.ok, JSON.stringify(read));
  const [document] = read.documents;
  const written = formatJobNet(jobNetSchema.parse(document?.value));
  const again = parse(written);
  assert.ok(again.ok);
  assert.deepEqual(again.documents[0]?.value, document?.value);
  for (const line of everything.split('\n').filter((each) => each.trim() !== ''))
    assert.ok(written.includes(line.trim()), `${line.trim()} in\n${written}`);
  assert.deepEqual(judgeJobNet(jobNetSchema.parse(document?.value)), []);
});

for (const [what, units, problem] of [
  [
    'a relative path',
    '- { name: w, type: file_watch, path: in/a }',
    /units\[0\]\.path: must be an absolute path/,
  ],
  [
    'a place that is not known in a path',
    '- { name: w, type: file_watch, path: "/in/{{parameter.NONE}}" }',
    /path\[0\]: has the place \{\{parameter\.NONE\}\}/,
  ],
  [
    'a limit of memory without its letter',
    '- { name: c, command: make, limits: { memory: 512 } }',
    /units\[0\]\.limits\.memory: 512 bytes are too few for any program; write at least "6m"/,
  ],
  [
    'a limit that a container names twice',
    '- { name: k, type: container, image: tool, memory: 64m, limits: { memory: 1g } }',
    /limits\.memory: "memory" of the container says it already/,
  ],
  [
    'an unknown limit',
    '- { name: c, command: make, limits: { process: 5 } }',
    /the key "process" is not known here; did you mean "processes"/,
  ],
  [
    'a place in a shell line that stops another command',
    '- { name: c, command: make, stop: { command: "kill {{parameter.NONE}}" } }',
    /units\[0\]\.stop\.command/,
  ],
  ['no path', '- { name: w, type: file_watch }', /units\[0\]\.path: is missing/],
  [
    'already_there of a change',
    '- { name: w, type: file_watch, path: /a, watch: changed, already_there: counts }',
    /already_there: has no meaning with "watch: changed"/,
  ],
  [
    'on_timeout without a timeout',
    '- { name: w, type: file_watch, path: /a, on_timeout: normal }',
    /on_timeout: needs "timeout_s"/,
  ],
  [
    'settle longer than the time',
    '- { name: w, type: file_watch, path: /a, timeout_s: 5, settle_s: 5 }',
    /settle_s: is not below "timeout_s"/,
  ],
  [
    'an unknown key',
    '- { name: w, type: file_watch, path: /a, intervall_s: 5 }',
    /the key "intervall_s" is not known here; did you mean "interval_s"/,
  ],
  ['no URL', '- { name: h, type: http, url: ftp://x/ }', /url: must be a URL that begins with http/],
  [
    'a body of a GET',
    '- { name: h, type: http, url: "http://x/", body: { text: a } }',
    /body: a request by GET has no body/,
  ],
  [
    'statuses that overlap',
    '- { name: h, type: http, url: "http://x/", status: { normal: 200-299, warning: 204 } }',
    /status\.warning: "204" overlaps with a range of "normal"/,
  ],
  [
    'statuses to retry without retry',
    '- { name: h, type: http, url: "http://x/", status: { retry: 503 } }',
    /status\.retry: needs "retry: \{ count/,
  ],
  [
    'a wrong status',
    '- { name: h, type: http, url: "http://x/", status: { normal: 2xx } }',
    /status\.normal: must be status codes/,
  ],
  [
    'a wrong JSON path',
    '- { name: h, type: http, url: "http://x/", success: { json: state } }',
    /success\.json: is no path such as/,
  ],
  [
    'a wrong pattern',
    '- { name: h, type: http, url: "http://x/", success: { regex: "(" } }',
    /success\.regex: /,
  ],
  [
    'two checks at once',
    '- { name: h, type: http, url: "http://x/", success: { json: $.a, equals: 1, matches: b } }',
    /success: has both "equals" and "matches"/,
  ],
  [
    'asking again by POST',
    '- { name: h, type: http, url: "http://x/", method: POST, poll: { done: { regex: a } } }',
    /poll: would repeat a POST/,
  ],
  [
    'a client certificate without key',
    '- { name: h, type: http, url: "http://x/", tls: { certificate_file: /c } }',
    /tls: a client certificate needs both/,
  ],
  [
    'a header given twice',
    '- { name: h, type: http, url: "http://x/", headers: { A: b }, header_files: { a: /x } }',
    /header_files\.a: stands under "headers" too/,
  ],
  [
    'a password in the URL',
    '- { name: h, type: http, url: "https://batch:geheim@x/" }',
    /url: holds a user or password, .* write basic_auth: \{ user: NAME, password: "\{\{secret\.NAME\}\}" \}/,
  ],
  [
    'a user in the URL, by a parameter',
    '- { name: h, type: http, url: "https://{{parameter.U}}@x/" }',
    /url: holds a user or password/,
  ],
  [
    'a password of a proxy',
    '- { name: h, type: http, url: "http://x/a@b", proxy: "http://batch:geheim@proxy:3128" }',
    /proxy: holds a user or password, .* write proxy_auth/,
  ],
  [
    'a password in plain text',
    '- { name: h, type: http, url: "http://x/", basic_auth: { user: a, password: geheim } }',
    /basic_auth\.password: must be \{\{secret\.NAME\}\}/,
  ],
  [
    'a password that is only half a secret',
    '- { name: h, type: http, url: "http://x/", basic_auth: { user: a, password: "x{{secret.p}}" } }',
    /basic_auth\.password: must be \{\{secret\.NAME\}\}/,
  ],
  [
    'credentials for no proxy',
    '- { name: h, type: http, url: "http://x/", proxy_auth: { user: a, password: "{{secret.p}}" } }',
    /proxy_auth: belongs to "proxy"/,
  ],
  [
    'two authorizations',
    '- { name: h, type: http, url: "http://x/", headers: { Authorization: b }, basic_auth: { user: a, password: "{{secret.p}}" } }',
    /basic_auth: makes the header Authorization/,
  ],
  [
    'a header with a line end',
    '- { name: h, type: http, url: "http://x/", headers: { A: "b\\nc: d" } }',
    /headers\.A: must not hold a line end/,
  ],
  ['a secret in a URL', '- { name: h, type: http, url: "http://x/{{secret.k}}" }', /url: .*secret/],
  [
    'no known host',
    '- { name: s, type: ssh, host: h, login: u, command: x, key_file: /k }',
    /must have either "known_hosts" or "known_hosts_file"/,
  ],
  [
    'a host that is an option',
    '- { name: s, type: ssh, host: -oProxyCommand=x, login: u, command: x, key_file: /k, known_hosts: k }',
    /host: must/,
  ],
  [
    'a place in a shell line',
    '- { name: s, type: ssh, host: h, login: u, command: "x {{parameter.A}}", key_file: /k, known_hosts: k }',
    /command: holds a place/,
  ],
  [
    'an image that is an option',
    '- { name: c, type: container, image: --privileged }',
    /image: must be a name of an image/,
  ],
  [
    'a volume without a target',
    '- { name: c, type: container, image: i, volumes: [/data] }',
    /volumes\[0\]: must be SOURCE:\/TARGET/,
  ],
  [
    'a shell line for an entry point',
    '- { name: c, type: container, image: i, command: a, entrypoint: b }',
    /command: a shell line is run by \/bin\/sh/,
  ],
  [
    'a transfer without a source',
    '- { name: t, type: file_transfer, to: { path: /in/ } }',
    /units\[0\]\.from: is missing/,
  ],
  [
    'a transfer of a folder',
    '- { name: t, type: file_transfer, from: { node: a, path: /out/ }, to: { path: /in/ } }',
    /from\.path: is a folder; for its files give a pattern/,
  ],
  [
    'a pattern for folders',
    '- { name: t, type: file_transfer, from: { node: a, path: "/o*/a" }, to: { path: /in/ } }',
    /from\.path: has "\*", "\?" or "\[" before its last "\/"/,
  ],
  [
    'several files into one',
    '- { name: t, type: file_transfer, from: { node: a, path: "/o/*" }, to: { path: /in } }',
    /to\.path: must end with "\/"/,
  ],
  [
    'a way back in a path',
    '- { name: t, type: file_transfer, from: { node: a, path: /o/../x }, to: { path: /in } }',
    /from\.path: must not hold "\.\."/,
  ],
  [
    'a mode that is none',
    '- { name: t, type: file_transfer, from: { node: a, path: /o }, to: { path: /in, mode: "0999" } }',
    /to\.mode: must be an octal mode in quotes/,
  ],
  [
    'a place that is not known in a target',
    '- { name: t, type: file_transfer, from: { node: a, path: /o }, to: { path: "/in/{{parameter.NONE}}" } }',
    /to\.path: has the place \{\{parameter\.NONE\}\}/,
  ],
  [
    'a warning behind the end',
    '- { name: a, command: x, timeout_s: 5, warn_after_s: 5 }',
    /warn_after_s: is not below "timeout_s"/,
  ],
  [
    'exit codes and a file',
    '- { name: a, command: x, end_by: { file: /x }, exit_codes: { normal: 0 } }',
    /exit_codes: has no effect, because "end_by"/,
  ],
  [
    'a wrong range to retry',
    '- { name: a, command: x, retry: { count: 1, exit_codes: 9-1 } }',
    /retry\.exit_codes: the range "9-1" is upside down/,
  ],
  ['a wrong end', '- { name: a, command: x, end_by: fine }', /end_by: must be exit_code, normal or abnormal/],
  ['no target', '- { name: w, type: file_watch, path: /a }', null],
] as const)
  test(`tools: ${what}: refused with a remedy`, () => {
    const found = problem === null ? issuesWithoutTarget(units) : issuesOf(units);
    assert.ok(
      found.some((issue) => (problem ?? /has no target/).test(issue)),
      `${found.join('\n')}`,
    );
  });

function issuesWithoutTarget(units: string): string[] {
  const read = parse(file(units).replace('target: { node: web1 }\n', ''));
  return read.ok ? [] : read.issues.map(({ path, message }) => `${path}: ${message}`);
}
