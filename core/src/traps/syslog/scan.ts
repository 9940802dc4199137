/**
 * Small steps over a line of syslog, by character codes.
 *
 * Responsible for reading numbers and finding ends of words, without regular expressions: this runs for each message of each device.
 */

export const SPACE = 0x20;
export const TAB = 0x09;

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export function skipSpaces(text: string, at: number): number {
  let i = at;
  while (text.charCodeAt(i) === SPACE) i += 1;
  return i;
}

/** Where the word that begins at `at` ends: at a space, a tab, or the end. */
export function wordEnd(text: string, at: number): number {
  let i = at;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (code === SPACE || code === TAB) break;
    i += 1;
  }
  return i;
}

/** Exactly `count` digits, or -1. */
export function digitsAt(text: string, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i += 1) {
    const code = text.charCodeAt(i);
    if (!isDigit(code)) return -1;
    value = value * 10 + code - 0x30;
  }
  return value;
}

/** Where a row of digits ends; `at` itself if there is none. */
export function digitsEnd(text: string, at: number): number {
  let i = at;
  while (isDigit(text.charCodeAt(i))) i += 1;
  return i;
}
