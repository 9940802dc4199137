// The one live stream of a tab (server-sent events): opens it, reopens it with a growing pause when it breaks, follows one watched
// session beside the general topics, and says in which state it is. Not responsible for what messages mean (live-patch.ts).
//
// States: connecting (first try) -> open (hello came) -> lost (broken; tries again at retryAt) -> open ...; paused while the tab is
// hidden for long, since browsers allow six connections to one origin over HTTP/1.1 and ten forgotten tabs would lock each other out.
// Invariant: between two `opened` notices without `gap` no message was missed.
import { buildRequest } from '@nezuban/protocol/api/operation';
import { liveMessageSchema, liveTopics, type LiveMessage } from '@nezuban/protocol/api/live';
import { operations } from '@nezuban/protocol/api/operations';

export const liveLimits = {
  /** Pause before the first reopening; doubled each time. */
  retryMinMs: 500,
  /** The longest pause: an operator must not wait longer for a manager that is back. */
  retryMaxMs: 10_000,
  /** A stream that does not say hello in this time is given up. */
  helloTimeoutMs: 10_000,
  /** A tab hidden for this long gives its connection back. */
  hiddenMs: 60_000,
  /** Going from one session to the next must not open a stream in between. */
  switchDelayMs: 150,
} as const;

export type LivePhase = 'connecting' | 'open' | 'lost' | 'paused';
export type LiveState = {
  readonly phase: LivePhase;
  /** When the phase `lost` began, and when the next try comes; null otherwise. */
  readonly lostAt: number | null;
  readonly retryAt: number | null;
};

export type LiveNotice =
  /** The stream is open. `gap`: messages may have been missed, load everything shown anew. `restarted`: another start of the manager. */
  | { readonly kind: 'opened'; readonly gap: boolean; readonly restarted: boolean; readonly version: string }
  | { readonly kind: 'message'; readonly message: Exclude<LiveMessage, { type: 'hello' }> };

/** The part of EventSource that is used. */
export type EventStream = {
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void;
  close(): void;
};

export type LivePorts = {
  readonly openStream: (url: string) => EventStream;
  readonly now: () => number;
  /** Returns the cancelling. */
  readonly setTimer: (run: () => void, delayMs: number) => () => void;
  /** 0..1, spreads the reopening of many consoles after a restart. */
  readonly random: () => number;
};

/** Named events are heard by name alone: a kind of message that is not listed here would never arrive. */
const isHeard: Readonly<Record<LiveMessage['type'], true>> = {
  hello: true,
  session: true,
  units: true,
  output: true,
  event: true,
  eventsChanged: true,
  statusChanged: true,
  node: true,
  nodeRemoved: true,
  netsChanged: true,
  approvalsChanged: true,
  operationsChanged: true,
  pair: true,
  reload: true,
};
const messageTypes = Object.keys(isHeard);

const liveUrl = (sessionId: number | null): string =>
  buildRequest(operations.openLive, {
    query: { topic: [...liveTopics], ...(sessionId === null ? {} : { session: sessionId }) },
  }).path;

export class LiveClient {
  readonly #ports: LivePorts;
  readonly #noticeListeners = new Set<(notice: LiveNotice) => void>();
  readonly #stateListeners = new Set<() => void>();
  #state: LiveState = { phase: 'connecting', lostAt: null, retryAt: null };
  #started = false;
  /** The stream that speaks, and the one that is to replace it once it has said hello. */
  #current: EventStream | null = null;
  #opening: EventStream | null = null;
  #openingAbandon: () => void = () => {};
  #cancelTimer: () => void = () => {};
  #cancelHidden: () => void = () => {};
  #cancelSwitch: () => void = () => {};
  #failures = 0;
  #startId: string | null = null;
  #watched: number | null = null;

  constructor(ports: LivePorts) {
    this.#ports = ports;
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#setState({ phase: 'connecting', lostAt: null, retryAt: null });
    this.#open();
  }

  /** Closes everything; `start` begins anew. */
  stop(): void {
    this.#started = false;
    this.#closeAll();
    this.#cancelHidden();
    this.#startId = null;
    this.#failures = 0;
  }

  getState = (): LiveState => this.#state;

  subscribeState = (listener: () => void): (() => void) => {
    this.#stateListeners.add(listener);
    return () => void this.#stateListeners.delete(listener);
  };

  subscribe(listener: (notice: LiveNotice) => void): () => void {
    this.#noticeListeners.add(listener);
    return () => void this.#noticeListeners.delete(listener);
  }

  /** Follows one session besides the topics, until the returned function is called. The newest watcher wins. */
  watch(sessionId: number): () => void {
    this.#watched = sessionId;
    this.#planSwitch();
    return () => {
      if (this.#watched !== sessionId) return;
      this.#watched = null;
      this.#planSwitch();
    };
  }

  /** A call found the manager away: an open stream may be dead without knowing it. */
  suspect(): void {
    if (this.#state.phase === 'open') this.#lose();
  }

  retryNow(): void {
    if (this.#started && this.#state.phase === 'lost') this.#open();
  }

  setHidden(hidden: boolean): void {
    this.#cancelHidden();
    if (!this.#started) return;
    if (hidden) {
      this.#cancelHidden = this.#ports.setTimer(() => this.#pause(), liveLimits.hiddenMs);
    } else if (this.#state.phase === 'paused') {
      this.#setState({ phase: 'connecting', lostAt: null, retryAt: null });
      this.#open();
    } else this.retryNow();
  }

  #pause(): void {
    if (!this.#started) return;
    this.#closeAll();
    this.#setState({ phase: 'paused', lostAt: null, retryAt: null });
  }

  #planSwitch(): void {
    this.#cancelSwitch();
    this.#cancelSwitch = this.#ports.setTimer(() => {
      if (this.#started && this.#state.phase === 'open') this.#open();
    }, liveLimits.switchDelayMs);
  }

  /** Opens a stream beside the current one, which goes on until the new one has said hello. */
  #open(): void {
    this.#cancelTimer();
    this.#openingAbandon();
    const stream = this.#ports.openStream(liveUrl(this.#watched));
    const cancelHello = this.#ports.setTimer(() => this.#failed(stream), liveLimits.helloTimeoutMs);
    this.#opening = stream;
    this.#openingAbandon = () => {
      cancelHello();
      if (this.#opening === stream) {
        this.#opening = null;
        stream.close();
      }
    };
    for (const type of messageTypes) {
      stream.addEventListener(type, (event) => {
        const message = parseMessage(event.data);
        if (message === null || (stream !== this.#current && stream !== this.#opening)) return;
        if (message.type === 'hello') {
          cancelHello();
          this.#opened(stream, message);
        } else this.#notify({ kind: 'message', message });
      });
    }
    stream.addEventListener('error', () => {
      cancelHello();
      this.#failed(stream);
    });
  }

  #opened(stream: EventStream, hello: Extract<LiveMessage, { type: 'hello' }>): void {
    if (stream !== this.#opening) return;
    const gap = this.#current === null;
    this.#current?.close();
    this.#current = stream;
    this.#opening = null;
    this.#failures = 0;
    const restarted = this.#startId !== null && this.#startId !== hello.startId;
    this.#startId = hello.startId;
    this.#setState({ phase: 'open', lostAt: null, retryAt: null });
    this.#notify({ kind: 'opened', gap: gap || restarted, restarted, version: hello.version });
  }

  #failed(stream: EventStream): void {
    if (stream !== this.#current && stream !== this.#opening) return;
    // EventSource would try again by itself, but not after an HTTP error, and not with our bounds.
    this.#lose();
  }

  #lose(): void {
    this.#closeAll();
    if (!this.#started) return;
    const base = Math.min(liveLimits.retryMinMs * 2 ** this.#failures, liveLimits.retryMaxMs);
    this.#failures = Math.min(this.#failures + 1, 16);
    const delayMs = base * (0.5 + this.#ports.random() / 2);
    const now = this.#ports.now();
    this.#setState({ phase: 'lost', lostAt: this.#state.lostAt ?? now, retryAt: now + delayMs });
    this.#cancelTimer = this.#ports.setTimer(() => this.#open(), delayMs);
  }

  #closeAll(): void {
    this.#cancelTimer();
    this.#cancelSwitch();
    this.#openingAbandon();
    this.#current?.close();
    this.#current = null;
  }

  #setState(state: LiveState): void {
    this.#state = state;
    for (const listener of this.#stateListeners) listener();
  }

  #notify(notice: LiveNotice): void {
    for (const listener of this.#noticeListeners) listener(notice);
  }
}

/** Null for what this release does not know: a newer manager may say more. */
const parseMessage = (data: unknown): LiveMessage | null => {
  if (typeof data !== 'string') return null;
  try {
    return liveMessageSchema.safeParse(JSON.parse(data)).data ?? null;
  } catch {
    // Not JSON: nothing that could be used, and the next load shows the truth.
    return null;
  }
};
