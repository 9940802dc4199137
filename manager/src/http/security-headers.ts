// Headers that every answer carries. Pure. Called by the server.

/**
 * The console is bundled from one origin. Mantine sets inline styles, so styles may be inline; scripts may not. Workers come from
 * blobs where the bundler makes them (graph layout). Nobody may frame it.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const YEAR_S = 31_536_000;

const COMMON = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
} as const;
const OVER_TLS = { ...COMMON, 'strict-transport-security': `max-age=${YEAR_S}` } as const;

export const securityHeaders = (tls: boolean): Readonly<Record<string, string>> => (tls ? OVER_TLS : COMMON);
