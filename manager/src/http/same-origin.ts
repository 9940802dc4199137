// Whether a request that carries the console's cookie was made by the console itself (CSRF). Pure.
// SameSite=Strict keeps the cookie from other sites; this also refuses other origins of the same site (another port of the host).

export type OriginFacts = {
  readonly secFetchSite: string | undefined;
  readonly origin: string | undefined;
  /** Host header, with its port. */
  readonly host: string | undefined;
  readonly tls: boolean;
};

/** True only with proof: browsers send at least one of the two headers with every unsafe request. */
export const isSameOrigin = (facts: OriginFacts): boolean => {
  if (facts.secFetchSite !== undefined) return facts.secFetchSite === 'same-origin';
  return isOwnOrigin(facts);
};

/** For the sign-in itself, where there is no cookie yet: refuses only what a browser says is foreign. */
export const isForeign = (facts: OriginFacts): boolean => {
  if (facts.secFetchSite !== undefined)
    return facts.secFetchSite !== 'same-origin' && facts.secFetchSite !== 'none';
  return facts.origin !== undefined && !isOwnOrigin(facts);
};

/** A TLS proxy in front may end TLS, so the scheme is not compared on loopback-style HTTP; host and port are. */
const isOwnOrigin = ({ origin, host, tls }: OriginFacts): boolean => {
  if (origin === undefined || host === undefined) return false;
  return origin === `https://${host}` || (!tls && origin === `http://${host}`);
};
