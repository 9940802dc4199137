// The moon and the open eye.
export const Logo = ({ size = 28 }: { readonly size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <rect width="32" height="32" rx="8" fill="#2b3a67" />
    <path d="M21.5 19.8A8.2 8.2 0 0 1 12.2 10.5a8.2 8.2 0 1 0 9.3 9.3z" fill="#ffd76a" />
    <circle cx="21.5" cy="10.5" r="3" fill="#fff" />
    <circle cx="21.5" cy="10.5" r="1.3" fill="#2b3a67" />
  </svg>
);
