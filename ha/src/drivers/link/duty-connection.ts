/**
 * One duty connection, after TLS: greeting, frames, pings, and what is known of the other side.
 *
 * Responsible for checking who speaks, for the bounds on what waits and what arrives, and for the sentence with which either side refuses.
 * States: `greeting` (our hello is sent, theirs is awaited) -> `open` -> `closed`; a refusal goes straight to `closed`. Not responsible for
 * dialling or for choosing among several connections (`duty-link.ts`).
 */
import type tls from 'node:tls';
import * as z from 'zod';
import type { Clock } from '@nezuban/platform/clock';
import type { Timers } from '@nezuban/platform/timers';
import {
  dutyFrameSchema,
  pairLinkLimits,
  type DutyFrame,
  type DutyHello,
} from '@nezuban/protocol/pair/pair-link';
import type { VoterId } from '@nezuban/protocol/pair/roster';
import { createLineReader } from './line-reader.ts';
import { certifiedVoter, STRANGER_SAYS } from './pair-tls.ts';
import { judgeGreeting } from './release-rule.ts';

/** From TLS to the other's hello. */
const HELLO_MS = 3_000;
/** A pair at rest says eight frames a second, an election some dozens; a hundred times as many is a fault or worse. */
const FRAMES_PER_SECOND_MAX = 1_000;
/** So that the last frame, the refusal, still leaves. */
const LINGER_MS = 1_000;
/** As in the schema of the frame. */
const SAYS_LENGTH_MAX = 1_000;
/** Although something is sent anyway: only pings measure the round trip. */
const PING_AT_LEAST_MS = 2_000;
/** Low delay (RFC 1349); queues on the way that look at it let these few bytes pass first. */
const TOS_LOW_DELAY = 0x10;

export type DutyEnd = {
  /** The other side closed or reset it, or the network said so. */
  readonly byPeer: boolean;
  /** Why it could not go on, in one sentence; null: it was simply closed. */
  readonly says: string | null;
};

export type DutyConnectionEvents = {
  readonly onOpen: (connection: DutyConnection, hello: DutyHello) => void;
  /** Everything but greeting, pings and refusals. A message's sender, receiver and cluster are checked. */
  readonly onFrame: (connection: DutyConnection, frame: OtherFrame) => void;
  readonly onEnd: (connection: DutyConnection, end: DutyEnd) => void;
};

export type OtherFrame = Exclude<DutyFrame, { type: 'hello' | 'ping' | 'pong' | 'refused' }>;

export type DutyConnection = {
  /** The other's greeting; null until it has come. */
  readonly hello: () => DutyHello | null;
  readonly dialled: boolean;
  readonly address: string;
  /** Monotonic milliseconds of the last byte from the other side. */
  readonly heardAt: () => number;
  readonly roundTripMs: () => number | null;
  readonly clockDiffersMs: () => number;
  /** Best effort: false if too much waits already. `sure` frames, answers and questions, may use the room of one frame more. */
  readonly send: (frame: DutyFrame, sure?: 'sure') => boolean;
  /** Pings if it is time. */
  readonly tick: (now: number) => void;
  /** Ends it at once, or after a sentence for the other side. */
  readonly close: (says?: string) => void;
};

export type DutyConnectionOptions = {
  readonly socket: tls.TLSSocket;
  /** Whom we dialled; null: it has dialled us. */
  readonly expected: VoterId | null;
  readonly address: string;
  readonly ownHello: () => DutyHello;
  readonly events: DutyConnectionEvents;
};

/** What is looked at first, so that a hello of a much newer release is refused for its release and not for its shape. */
const helloCoreSchema = z.looseObject({
  type: z.literal('hello'),
  protocol: z.int(),
  release: z.string().max(50),
  cluster: z.string().max(100),
  id: z.string().max(100),
});

export function createDutyConnection(
  ports: { readonly clock: Clock; readonly timers: Timers },
  options: DutyConnectionOptions,
): DutyConnection {
  const { socket, events } = options;
  const now = ports.clock.monotonicMs;
  const reader = createLineReader(pairLinkLimits.frameBytesMax);
  const certified = certifiedVoter(socket);
  const own = options.ownHello();
  let hello: DutyHello | null = null;
  let ended = false;
  let heardAt = now();
  let sentAt = now();
  let pingedAt = now();
  let ping: { readonly n: number; readonly at: number } | null = null;
  let pings = 0;
  let roundTripMs: number | null = null;
  let clockDiffersMs = 0;
  let frames = { second: 0, count: 0 };

  const cancelHello = ports.timers.after(HELLO_MS, () =>
    end({ byPeer: false, says: `The host at ${options.address} did not greet in time.` }),
  );

  function send(frame: DutyFrame, sure?: 'sure'): boolean {
    const limit = pairLinkLimits.waitingBytesMax + (sure === undefined ? 0 : pairLinkLimits.frameBytesMax);
    if (ended || socket.writableLength > pairLinkLimits.waitingBytesMax) return false;
    const line = Buffer.from(`${JSON.stringify(frame)}\n`);
    if (line.length > pairLinkLimits.frameBytesMax || socket.writableLength + line.length > limit)
      return false;
    socket.write(line);
    sentAt = now();
    return true;
  }

  function end(how: DutyEnd): void {
    if (ended) return;
    ended = true;
    cancelHello();
    socket.destroy();
    events.onEnd(connection, how);
  }

  /** Tells the other side why, then ends. What it says from now on is not listened to. */
  function refuse(says: string): void {
    if (ended) return;
    send({ type: 'refused', says: says.slice(0, SAYS_LENGTH_MAX) });
    ended = true;
    cancelHello();
    socket.end();
    const cancel = ports.timers.after(LINGER_MS, () => socket.destroy());
    socket.once('close', cancel);
    events.onEnd(connection, { byPeer: false, says });
  }

  function receive(line: string): void {
    const raw = parseJson(line);
    if (hello === null) {
      greet(raw);
      return;
    }
    const parsed = dutyFrameSchema.safeParse(raw);
    if (!parsed.success) {
      refuse(`What ${own.name} was sent is no frame of a pair: ${firstIssue(parsed.error)}.`);
      return;
    }
    take(parsed.data);
  }

  function greet(raw: unknown): void {
    const said = refusalIn(raw);
    if (said !== null) {
      end({ byPeer: true, says: `The host at ${options.address} refused this host: ${said}` });
      return;
    }
    const core = helloCoreSchema.safeParse(raw);
    if (certified === null) return;
    const objection = core.success
      ? objectionTo(core.data, { own, certified, expected: options.expected })
      : `What ${own.name} was sent is no greeting of a pair.`;
    if (objection !== null) {
      refuse(objection);
      return;
    }
    const parsed = dutyFrameSchema.safeParse(raw);
    if (!parsed.success || parsed.data.type !== 'hello') {
      refuse(`What ${own.name} was sent is no greeting of a pair.`);
      return;
    }
    hello = parsed.data;
    clockDiffersMs = Date.parse(hello.clock) - ports.clock.epochMs();
    cancelHello();
    // At once, so that the round trip is known from the beginning.
    sendPing();
    events.onOpen(connection, hello);
  }

  function take(frame: DutyFrame): void {
    switch (frame.type) {
      case 'hello':
        refuse('A second greeting came on the same connection.');
        break;
      case 'ping':
        send({ type: 'pong', n: frame.n });
        break;
      case 'pong':
        if (ping?.n === frame.n) roundTripMs = now() - ping.at;
        break;
      case 'refused':
        end({ byPeer: true, says: `${hello?.name ?? options.address} refused this host: ${frame.says}` });
        break;
      case 'message': {
        const { from, to, cluster } = frame.message;
        if (from === certified && to === own.id && cluster === own.cluster) events.onFrame(connection, frame);
        else refuse(`A message came that is not from ${certified} to ${own.id}, or of another cluster.`);
        break;
      }
      case 'addresses':
      case 'question':
      case 'answer':
        events.onFrame(connection, frame);
        break;
      default:
        frame satisfies never;
    }
  }

  function speaksTooFast(): boolean {
    const second = Math.floor(now() / 1_000);
    frames = frames.second === second ? { second, count: frames.count + 1 } : { second, count: 1 };
    return frames.count > FRAMES_PER_SECOND_MAX;
  }

  function sendPing(): void {
    pings += 1;
    pingedAt = now();
    if (send({ type: 'ping', n: pings })) ping = { n: pings, at: pingedAt };
  }

  const connection: DutyConnection = {
    hello: () => hello,
    dialled: options.expected !== null,
    address: options.address,
    heardAt: () => heardAt,
    roundTripMs: () => roundTripMs,
    clockDiffersMs: () => clockDiffersMs,
    send,
    tick(at) {
      if (hello === null) return;
      if (at - sentAt >= pairLinkLimits.pingMs || at - pingedAt >= PING_AT_LEAST_MS) sendPing();
    },
    close(says) {
      if (says === undefined) end({ byPeer: false, says: null });
      else refuse(says);
    },
  };

  socket.setNoDelay(true);
  setTypeOfService(socket);
  socket.on('data', (bytes: Buffer) => {
    if (ended) return;
    heardAt = now();
    const lines = reader.push(bytes);
    if (lines === null) {
      refuse(`A frame was longer than the ${pairLinkLimits.frameBytesMax} bytes that one may have.`);
      return;
    }
    for (const line of lines) {
      if (ended) return;
      if (speaksTooFast()) refuse(`More than ${FRAMES_PER_SECOND_MAX} frames came within a second.`);
      else receive(line);
    }
  });
  socket.on('error', () => end({ byPeer: true, says: null }));
  socket.on('end', () => end({ byPeer: true, says: null }));
  socket.on('close', () => end({ byPeer: true, says: null }));
  // A stranger does not even learn who is here.
  if (certified === null) queueMicrotask(() => refuse(STRANGER_SAYS));
  else send(own);
  return connection;
}

/** Why this greeting is not accepted, in one sentence; null: it is. */
function objectionTo(
  other: z.infer<typeof helloCoreSchema>,
  here: { readonly own: DutyHello; readonly certified: VoterId; readonly expected: VoterId | null },
): string | null {
  const { own, certified, expected } = here;
  if (other.cluster !== own.cluster)
    return `${own.name} is a host of the cluster ${own.cluster}, and what greets is of the cluster ${other.cluster}: look at the addresses.`;
  const tooFar = judgeGreeting(own, other);
  if (tooFar !== null) return tooFar;
  if (other.id !== certified)
    return `What greets calls itself ${other.id}, but its certificate is that of ${certified}.`;
  if (other.id === own.id)
    return `This is ${own.name} itself: the address of the other host leads back to it.`;
  if (expected !== null && other.id !== expected)
    return `${expected} was looked for, and ${other.id} answers: look at the addresses.`;
  return null;
}

function refusalIn(raw: unknown): string | null {
  const parsed = dutyFrameSchema.safeParse(raw);
  return parsed.success && parsed.data.type === 'refused' ? parsed.data.says : null;
}

function setTypeOfService(socket: tls.TLSSocket): void {
  try {
    socket.setTypeOfService(TOS_LOW_DELAY);
  } catch {
    // A wish to the network, nothing more; some systems do not let it be told.
  }
}

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue === undefined ? 'unreadable' : `${issue.path.join('.')} ${issue.message}`.trim().slice(0, 300);
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
