// A manager as the agent sees one: enrolment and link over real TLS, every message checked with the protocol's schemas.
// It acknowledges like a real one (after "committing" into memory), and can be told to be silent, stale, away, slow or on standby.
// Two of one authority are a pair.
import { randomBytes } from 'node:crypto';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { zstdDecompressSync } from 'node:zlib';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  agentEnrolPath,
  agentLinkFeatures,
  agentLinkPath,
  agentMessageSchema,
  type attemptOrderSchema,
  enrolRequestSchema,
  managerMessageSchema,
  type AgentMessage,
  type ManagerMessage,
  type OutputStream,
  type Receipt,
} from '@nezuban/protocol/agent/link';
import type * as z from 'zod';
import { waitUntil } from './wait-until.ts';
import { createTestAuthority, type TestAuthority } from './certificate-authority.ts';

export type OrderDraft = Partial<z.input<typeof attemptOrderSchema>>;

export class FakeManager {
  /** Everything received, in order. */
  readonly receipts: Receipt[] = [];
  readonly hellos: Extract<AgentMessage, { type: 'hello' }>[] = [];
  readonly heartbeats: Extract<AgentMessage, { type: 'heartbeat' }>[] = [];
  readonly reports: Extract<AgentMessage, { type: 'openAttempts' }>[] = [];
  readonly witness: Extract<AgentMessage, { type: 'witness' }>[] = [];
  readonly closes: { readonly code: number; readonly reason: string }[] = [];
  readonly authority: TestAuthority;
  term: number;
  onDuty = true;
  /** Told in the greeting, if set. */
  managers: string[] | null = null;
  /** False: receipts and output are taken and not acknowledged, as if the database were away. */
  acknowledging = true;
  /** Output messages and receipts that have been acknowledged. */
  acknowledged = 0;
  /** As the real one: the newest connection of an agent ends the one before. */
  replacing = false;
  /** What it says that it can do; none: a manager of the first release. */
  features: string[] = Object.values(agentLinkFeatures);
  /** Bytes of a stream after which it is held back; null: never. */
  heldBackFrom: number | null = null;
  /** Ranges that were not kept, by attempt and stream. */
  readonly #holes = new Map<string, { readonly at: number; readonly bytes: number }[]>();
  /** Bytes of output messages, packed as they came. */
  packedBytes = 0;
  certificateLifeMs = 3_600_000;
  certificatesSigned = 0;
  /** Requests to enrol, refused ones too. */
  enrolments = 0;
  readonly token: string;
  readonly #server: https.Server;
  readonly #sockets = new Set<WebSocket>();
  readonly #output = new Map<string, Buffer>();
  #port = 0;
  #welcoming = true;

  private constructor(authority: TestAuthority, term: number) {
    this.authority = authority;
    this.term = term;
    this.token = `nzj_${randomBytes(32).toString('base64url')}.${authority.fingerprint}`;
    this.#server = https.createServer(
      { ...authority.server, ca: authority.caPem, requestCert: true, rejectUnauthorized: false },
      (request, response) => {
        const parts: Buffer[] = [];
        request.on('data', (part: Buffer) => parts.push(part));
        request.on('end', () => {
          const { status, body } = this.#enrol(request.url ?? '', Buffer.concat(parts).toString('utf8'));
          const retry = status === 503 ? { 'retry-after': '1' } : {};
          response.writeHead(status, { connection: 'close', ...retry }).end(JSON.stringify(body));
        });
      },
    );
    const webSockets = new WebSocketServer({ noServer: true });
    this.#server.on('upgrade', (request, socket, head) => {
      if (request.url !== agentLinkPath || !(socket as TLSSocket).authorized) {
        socket.destroy();
        return;
      }
      webSockets.handleUpgrade(request, socket, head, (webSocket) => this.#accept(webSocket));
    });
  }

  static async start(
    options: { readonly term?: number; readonly authority?: TestAuthority; readonly onDuty?: boolean } = {},
  ): Promise<FakeManager> {
    const manager = new FakeManager(options.authority ?? createTestAuthority(), options.term ?? 1);
    manager.onDuty = options.onDuty ?? true;
    await manager.listen();
    return manager;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Takes connections, at the port that it had before if it was away. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Dies without a word: connections are cut, the port is closed. */
  async goAway(): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async stop(): Promise<void> {
    await this.goAway();
  }

  /** Cuts connections; agents come back. */
  kick(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  /** A standby becomes the master: the welcome follows on the connections that it has. */
  takeOver(term: number): void {
    this.onDuty = true;
    this.term = term;
    this.send(this.#greeting());
  }

  /** The network is cut: connections stay open, and nothing that arrives on them is seen any more. */
  cutOff(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  set welcoming(value: boolean) {
    this.#welcoming = value;
  }

  send(message: z.input<typeof managerMessageSchema>): void {
    const text = JSON.stringify(managerMessageSchema.parse(message));
    for (const socket of this.#sockets) socket.send(text);
  }

  sendRaw(text: string): void {
    for (const socket of this.#sockets) socket.send(text);
  }

  dispatch(...orders: OrderDraft[]): string[] {
    const attempts = orders.map((order) => ({
      attemptId: newAttemptId(),
      killAfterMs: 500,
      outputBytesMax: 1_000_000,
      ...order,
    }));
    this.send({ type: 'dispatch', term: this.term, attempts });
    return attempts.map((attempt) => attempt.attemptId);
  }

  dispatchOne(order: OrderDraft): string {
    const [id] = this.dispatch(order);
    return id ?? '';
  }

  cancel(attemptId: string, killAfterMs = 500): void {
    this.send({ type: 'cancel', term: this.term, items: [{ attemptId, killAfterMs }] });
  }

  withdraw(attemptId: string): void {
    this.send({
      type: 'cancel',
      term: this.term,
      items: [{ attemptId, killAfterMs: 500, unlessStarted: true }],
    });
  }

  /** The newest receipt of an attempt by number. */
  newest(attemptId: string): Receipt | undefined {
    return this.receipts
      .filter((receipt) => receipt.attemptId === attemptId)
      .toSorted((a, b) => b.seq - a.seq)[0];
  }

  async connected(): Promise<void> {
    await waitUntil(() => this.#sockets.size > 0 && this.hellos.length > 0, 'the agent to connect');
  }

  async outcome(attemptId: string, timeoutMs?: number): Promise<Receipt> {
    return waitUntil(
      () => {
        const newest = this.newest(attemptId);
        return newest && newest.state !== 'accepted' && newest.state !== 'running' ? newest : undefined;
      },
      `the outcome of ${attemptId}, newest is ${JSON.stringify(this.newest(attemptId))}`,
      timeoutMs,
    );
  }

  async ended(attemptId: string, timeoutMs?: number): Promise<Extract<Receipt, { state: 'ended' }>> {
    const outcome = await this.outcome(attemptId, timeoutMs);
    if (outcome.state !== 'ended') throw new Error(`expected it to end: ${JSON.stringify(outcome)}`);
    return outcome;
  }

  async running(attemptId: string): Promise<Extract<Receipt, { state: 'running' }>> {
    return waitUntil(
      () => this.receipts.find((receipt) => receipt.attemptId === attemptId && receipt.state === 'running'),
      `${attemptId} to run`,
    ) as Promise<Extract<Receipt, { state: 'running' }>>;
  }

  output(attemptId: string, stream: OutputStream = 'stdout'): Buffer {
    return this.#output.get(`${attemptId} ${stream}`) ?? Buffer.alloc(0);
  }

  /** What is committed at one host of a pair is at the other one. */
  copyOutput(from: FakeManager): void {
    for (const [key, bytes] of from.#output) this.#output.set(key, bytes);
  }

  /** All output that the receipt speaks of. */
  async wholeOutput(attemptId: string): Promise<string> {
    const receipt = await this.ended(attemptId);
    await waitUntil(
      () =>
        this.output(attemptId).length === receipt.stdoutBytes &&
        this.output(attemptId, 'stderr').length === receipt.stderrBytes,
      'the whole output',
    );
    return this.output(attemptId).toString('utf8');
  }

  #accept(socket: WebSocket): void {
    this.#sockets.add(socket);
    socket.on('close', (code, reason) => {
      this.#sockets.delete(socket);
      this.closes.push({ code, reason: reason.toString('utf8') });
    });
    socket.on('error', () => undefined);
    socket.on('message', (data) =>
      this.#receive(socket, agentMessageSchema.parse(JSON.parse((data as Buffer).toString('utf8')))),
    );
  }

  #receive(socket: WebSocket, message: AgentMessage): void {
    const reply = (answer: ManagerMessage | z.input<typeof managerMessageSchema>): void =>
      socket.send(JSON.stringify(answer));
    switch (message.type) {
      case 'hello':
        this.hellos.push(message);
        if (this.replacing)
          for (const other of this.#sockets) if (other !== socket) other.close(4001, 'replaced');
        if (this.#welcoming) reply(this.#greeting());
        break;
      case 'heartbeat':
        this.heartbeats.push(message);
        break;
      case 'openAttempts':
        this.reports.push(message);
        break;
      case 'witness':
        this.witness.push(message);
        break;
      case 'receipts':
        this.receipts.push(...message.items);
        if (!this.acknowledging) break;
        this.acknowledged += 1;
        reply({ type: 'receiptsAck', seq: Math.max(...message.items.map((item) => item.seq)) });
        break;
      case 'output':
        {
          const items = message.items.map((item) => this.#keep(item));
          if (!this.acknowledging) break;
          this.acknowledged += 1;
          reply({ type: 'outputAck', items });
        }
        break;
      case 'certificateRequest': {
        const agentId = this.hellos.at(-1)?.agentId ?? '';
        reply({
          type: 'certificate',
          certificate: this.#sign(message.csr, agentId, 3_600_000),
          ca: this.authority.caPem,
        });
        break;
      }
      default:
        message satisfies never;
    }
  }

  #greeting(): z.input<typeof managerMessageSchema> {
    const common = {
      protocol: 1,
      managerVersion: '0',
      ...(this.managers ? { managers: this.managers } : {}),
    };
    return this.onDuty
      ? { type: 'welcome', term: this.term, managerId: 'fake', features: this.features, ...common }
      : { type: 'standby', ...common };
  }

  #keep(chunk: Extract<AgentMessage, { type: 'output' }>['items'][number]): {
    attemptId: string;
    stream: OutputStream;
    offset: number;
    heldBack?: boolean;
  } {
    const { attemptId, stream, skippedFrom } = chunk;
    const key = `${attemptId} ${stream}`;
    const kept = this.#output.get(key) ?? Buffer.alloc(0);
    const holes = this.#holes.get(key) ?? [];
    const data = Buffer.from(chunk.data, 'base64');
    this.packedBytes += data.length;
    const bytes = chunk.size === undefined ? data : zstdDecompressSync(data);
    const end = kept.length + holes.reduce((sum, hole) => sum + hole.bytes, 0);
    if (this.heldBackFrom !== null && chunk.offset >= this.heldBackFrom && skippedFrom === undefined)
      return { attemptId, stream, offset: end, heldBack: true };
    if (chunk.offset > end && skippedFrom !== end)
      throw new Error(`output of ${key} has a hole before ${chunk.offset}`);
    if (chunk.offset > end) this.#holes.set(key, [...holes, { at: kept.length, bytes: chunk.offset - end }]);
    const fresh = bytes.subarray(Math.max(0, end - chunk.offset));
    this.#output.set(key, Buffer.concat([kept, fresh]));
    return { attemptId, stream, offset: Math.max(end, chunk.offset + bytes.length) };
  }

  /** What was left out of a stream: behind how many kept bytes, and how many. */
  holes(attemptId: string, stream: OutputStream = 'stdout'): readonly { at: number; bytes: number }[] {
    return this.#holes.get(`${attemptId} ${stream}`) ?? [];
  }

  #enrol(url: string, text: string): { status: number; body: unknown } {
    this.enrolments += 1;
    const request = enrolRequestSchema.safeParse(JSON.parse(text));
    if (url !== agentEnrolPath || !request.success) return { status: 400, body: { detail: 'bad enrolment' } };
    if (!this.onDuty)
      return { status: 503, body: { code: 'not_master', detail: 'This host is not the master now.' } };
    if (request.data.token !== this.token)
      return { status: 401, body: { code: 'join_refused', detail: 'The join token has been used.' } };
    const agentId = `agt_${randomBytes(10).toString('hex')}`;
    const certificate = this.#sign(request.data.csr, agentId, this.certificateLifeMs);
    return {
      status: 200,
      body: { agentId, nodeName: request.data.nodeName, certificate, ca: this.authority.caPem },
    };
  }

  #sign(csr: string, agentId: string, lifeMs: number): string {
    this.certificatesSigned += 1;
    return this.authority.sign(csr, { agentId, notBefore: new Date(Date.now() - 1_000), lifeMs });
  }
}

export function newAttemptId(): string {
  return `1-${randomBytes(5).toString('hex')}-0.0.0.0`;
}
