/**
 * A job net that holds every type of unit, for the load on a pair: what ran is in the ledger, what it said is an event, what it asked is
 * approved by `approve-all.ts`, what it has called and mailed `outside.ts` knows.
 *
 * Calls, mails, containers and commands by SSH need a world around the pair, which is there where hosts are namespaces. It looks back for hours, since some scenarios let the wall clocks jump by one. Called by `job-load.ts` and by those who judge.
 */

import type { OutsidePlaces } from './outside.ts';

/** What each such session must have run, by the units' paths; nothing else. */
const EVERY_LEDGER_UNITS = [
  'start',
  'inner/deep',
  'ref/part',
  'taken',
  'limp',
  'mend',
  'child',
  'approved',
  'last',
] as const;

/** Beside them where there is a world outside, and there an sshd. */
export function everyLedgerUnits(outside: OutsidePlaces | null): readonly string[] {
  if (outside === null) return EVERY_LEDGER_UNITS;
  return [...EVERY_LEDGER_UNITS, 'boxed', ...(outside.ssh === null ? [] : ['remote'])];
}

/** The text of the event that each such session writes once. */
export const EVERY_MARK = 'every-unit-session';

/** `limp` ends with a warning, for `mend` to come after it. */
export const EVERY_END_STATUS = 'warning';

export const everyNetName = (node: string): string => `ha/every-${node}`;

export const EVERY_MAIL_CHANNEL = 'ha-mail';

type Given = {
  readonly node: string;
  readonly ledger: string;
  readonly line: string;
  readonly outside: OutsidePlaces | null;
};

export function everyNetsYaml({ node, ledger, line, outside }: Given): string {
  const head = (name: string) =>
    `kind: jobnet\nname: ha/${name}-${node}\ntarget: { node: ${node} }\nparameters:\n  - name: ID\n  - name: LEDGER\n    default: ${ledger}\nunits:\n`;
  const one = (name: string) => `${head(name)}  - name: ${name}\n    command: '${line}'\n`;
  return [one('part'), one('child'), `${head('every')}${units({ node, ledger, line, outside })}`].join(
    '---\n',
  );
}

/** Its line by itself: neither a container nor another host knows unit and attempt. */
const farLine = (unit: string): string =>
  `echo "$ID ${unit} ${unit}-$ID $(date +%s%N)" >> "$LEDGER"; sleep 1`;
const FAR_ENVIRONMENT = 'environment: { ID: "{{parameter.ID}}", LEDGER: "{{parameter.LEDGER}}" }';

const outsideUnits = ({ url, ssh }: OutsidePlaces): string => `
  - name: called
    type: http
    method: POST
    url: ${url}/every/{{parameter.ID}}
    status: { normal: "200" }
    after: [start]
  - name: mailed
    type: mail_send
    channel: ${EVERY_MAIL_CHANNEL}
    subject: "every {{parameter.ID}};"
    body: "It runs."
    after: [start]
  - name: boxed
    type: container
    image: tool
    command: '${farLine('boxed')}'
    ${FAR_ENVIRONMENT}
    after: [start]
${
  ssh === null
    ? ''
    : `  - name: remote
    type: ssh
    host: ${ssh.host}
    port: ${ssh.port}
    login: root
    key_file: ${ssh.keyFile}
    known_hosts: "${ssh.knownHosts}"
    command: '${farLine('remote')}'
    ${FAR_ENVIRONMENT}
    after: [start]
`
}`;

const afterOutside = (outside: OutsidePlaces | null): string =>
  outside === null ? '' : `, called, mailed, boxed${outside.ssh === null ? '' : ', remote'}`;

const units = ({ node, ledger, line, outside }: Given): string => `
  - name: start
    command: '${line}; echo "value-$ID"; touch "$LEDGER.seen"; yes "$ID" | head -c 300000 > "$LEDGER.$ID.out"'
    outputs: [{ name: VALUE, regex: "value-(.*)" }]
  - name: inner
    after: [start]
    units:
      - name: deep
        command: '${line}'
  - name: ref
    type: net_ref
    net: ha/part-${node}
    parameters: { ID: "{{parameter.ID}}" }
    after: [start]
  - name: question
    type: judgment
    if: { unit: start, exit_code: "0" }
    after: [start]
  - name: taken
    after: [{ unit: question, on: [true] }]
    command: '${line}'
  - name: not-taken
    after: [{ unit: question, on: [false] }]
    command: '${line}'
  - name: limp
    after: [start]
    command: '${line}; exit 1'
    exit_codes: { normal: "0", warning: "1" }
  - name: mend
    after: [limp]
    recovery: [warning]
    command: '${line}'
  - name: pause
    type: wait
    for_s: 1
    after: [inner]
  - name: either
    type: or
    after: { any: [pause, mend] }
  - name: told
    type: event_send
    message: "${EVERY_MARK} {{parameter.ID}};"
    after: [either]
  - name: heard
    type: event_wait
    event: { text: { contains: "${EVERY_MARK}" } }
    look_back_s: 7200
    after: [told]
  - name: child
    type: net_start
    net: ha/child-${node}
    parameters: { ID: "{{parameter.ID}}" }
    after: [told]
  - name: since
    type: net_wait
    nets: [ha/child-${node}]
    look_back_s: 7200
    after: [child]
  - name: file
    type: file_watch
    path: ${ledger}.seen
    watch: exists
    interval_s: 0.5
    after: [start]
  - name: carried
    type: file_transfer
    from: { node: ${node}, path: "${ledger}.{{parameter.ID}}.out" }
    to: { path: "${ledger}.{{parameter.ID}}.in", if_exists: fail }
    mb_per_second: 0.1
    after: [start]
  - name: asked
    type: approval
    question: "Go on with {{parameter.ID}}?"
    after: [heard]
  - name: approved
    after: [{ unit: asked, on: [true] }]
    command: '${line}'
${outside === null ? '' : outsideUnits(outside)}
  - name: last
    after: [ref, taken, since, file, carried, approved${afterOutside(outside)}]
    environment: { GOT: "{{unit.start.output.VALUE}}" }
    command: 'test "$GOT" = "$ID" && cmp -s "$LEDGER.$ID.out" "$LEDGER.$ID.in" && rm -f "$LEDGER.$ID.out" "$LEDGER.$ID.in" && ${line}'
`;
