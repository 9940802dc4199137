// What the API server needs from the domains, beside the plain handlers of ports.ts.
// Sign-in, sign-out and change of password deal in cookies; the live stream and raw output are answered piece by piece.
import type { Operations } from '@nezuban/protocol/api/operations';
import type { Readable } from 'node:stream';
import type { ActorPermissions, Handlers, OperationReply, OperationRequest } from '../ports.ts';

/** Who is signed in, and by what. */
export type Principal = {
  readonly user: string;
  readonly by: 'cookie' | 'token';
  readonly mustChangePassword: boolean;
  readonly roles: readonly string[];
  /** The owner of the host, by the name of the first user. */
  readonly ownsHost?: boolean;
  readonly permissions: ActorPermissions;
  /** Names this one sign-in or token, for ending what belongs to it. Not a secret. */
  readonly key: string;
  /** When this sign-in ends however busy it is; null: never. */
  readonly expiresAt: Date | null;
};

/** Implemented in access/. */
export type Authenticator = {
  byCookie(secret: string): Promise<Principal | null>;
  byToken(token: string): Promise<Principal | null>;
};

export type SessionOperationId = 'signIn' | 'signOut' | 'changePassword';
export type StreamOperationId = 'openLive' | 'getRawOutput' | 'exportAudit' | 'exportEvents';
export type PlainOperationId = Exclude<keyof Handlers, SessionOperationId | StreamOperationId>;
export type PlainHandlers = Pick<Handlers, PlainOperationId>;

/** The cookie that came with a request. */
export type CookieFacts = {
  readonly secret: string | null;
  readonly address: string;
  /** What the browser says of itself. */
  readonly userAgent: string | null;
};
/** What becomes of the cookie: `set` gives a new secret, `clear` removes it, `keep` leaves it. */
export type CookieChange =
  | { readonly type: 'set'; readonly secret: string; readonly maxAgeSeconds: number }
  | { readonly type: 'clear' }
  | { readonly type: 'keep' };
export type SessionHandlers = {
  readonly [Id in SessionOperationId]: (
    request: OperationRequest<Operations[Id]>,
    cookie: CookieFacts,
  ) => Promise<OperationReply<Operations[Id]> & { readonly cookie: CookieChange }>;
};

export type StreamReply = { readonly stream: Readable; readonly headers?: Readonly<Record<string, string>> };
export type StreamHandlers = {
  readonly [Id in StreamOperationId]: (
    request: OperationRequest<Operations[Id]>,
    principal: Principal,
  ) => Promise<StreamReply>;
};

export type AllHandlers = {
  readonly plain: PlainHandlers;
  readonly session: SessionHandlers;
  readonly stream: StreamHandlers;
};
