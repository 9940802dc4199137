/**
 * Where the hosts of a pair under test live: their addresses, how a program is started on one of them, which processes belong to it,
 * and how they are cut from each other.
 *
 * Responsible for the shapes. `netns-network.ts` needs root and gives honest cuts (no reset ever
 * arrives); `loopback-network.ts` works for anybody on Linux and cannot cut. Chosen by `create-network.ts`.
 */
/** Two that hold data, one for the witness and an agent, one for clients and another agent. */
export const hostNames = ['a', 'b', 'w', 'c'] as const;
export type HostName = (typeof hostNames)[number];
export type MemberName = 'a' | 'b';

export const otherMember = (name: MemberName): MemberName => (name === 'a' ? 'b' : 'a');

export interface Place {
  readonly name: HostName;
  readonly address: string;
  /** Its name as programs there see it. */
  readonly hostname: string;
  /** The command that runs `command` on this host, as the same process (pids and signals are those of the program itself). */
  enter(command: readonly string[], overlays?: readonly Overlay[]): [string, ...string[]];
  /** What `/proc/PID/ns/net` of its processes reads; null where hosts are not namespaces. */
  readonly namespaceLink: string | null;
  /** Whether that process runs on this host. Throws if it is gone. */
  holds(pid: number): boolean;
}

/** `source` stands in for `target` in the eyes of one program: a checkout of another release without a second checkout. */
export interface Overlay {
  readonly source: string;
  readonly target: string;
}

export interface Network {
  readonly kind: 'namespaces' | 'loopback';
  readonly places: Readonly<Record<HostName, Place>>;
  /** Packets from one host to the other vanish; the way back works. */
  cutOneWay(from: HostName, to: HostName): void;
  /** Both ways. */
  cut(one: HostName, other: HostName): void;
  /** From and to everybody. */
  isolate(host: HostName): void;
  /** It hears, and nobody hears it. */
  mute(host: HostName): void;
  /** It sends, and hears nobody. */
  deafen(host: HostName): void;
  /** The cable is out: the host sees that its link is down, nobody else gets any answer. */
  unplug(host: HostName): void;
  /** Undoes everything above. */
  heal(): void;
  /** Frees everything; processes must be gone. Idempotent. */
  remove(): void;
}
