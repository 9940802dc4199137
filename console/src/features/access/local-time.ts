// Instants in fields of type datetime-local, which speak of the browser's own zone. Pure.

/** `2026-11-26T18:05`; empty for none. */
export const toLocalInput = (iso: string | undefined): string => {
  if (iso === undefined) return '';
  const date = new Date(iso);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
};

/** Undefined for a field that is empty or half filled. */
export const fromLocalInput = (text: string): string | undefined => {
  const at = Date.parse(text);
  return text === '' || Number.isNaN(at) ? undefined : new Date(at).toISOString();
};
