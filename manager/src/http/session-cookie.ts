// The cookie of the console: its name and its attributes. Pure. Called by the operation routes.

/** `__Host-` binds it to this very host and to TLS; browsers refuse that prefix on plain HTTP. */
export const sessionCookieName = (tls: boolean): string => (tls ? '__Host-nezuban' : 'nezuban');

export const serializeSessionCookie = (
  secret: string,
  options: { readonly tls: boolean; readonly maxAgeSeconds: number },
): string =>
  `${sessionCookieName(options.tls)}=${secret}; Path=/; Max-Age=${options.maxAgeSeconds}; HttpOnly; SameSite=Strict${options.tls ? '; Secure' : ''}`;

export const serializeClearedCookie = (tls: boolean): string =>
  serializeSessionCookie('', { tls, maxAgeSeconds: 0 });

/** The value of our cookie in a Cookie header; only what we could have made is taken. */
export const readSessionCookie = (header: string | undefined, tls: boolean): string | undefined => {
  if (header === undefined) return undefined;
  const prefix = `${sessionCookieName(tls)}=`;
  for (const part of header.split(';')) {
    const text = part.trim();
    if (text.startsWith(prefix) && /^[A-Za-z0-9_-]{20,100}$/.test(text.slice(prefix.length)))
      return text.slice(prefix.length);
  }
  return undefined;
};
