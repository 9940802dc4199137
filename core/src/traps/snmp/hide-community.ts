/**
 * A message of SNMPv1 or v2c as people may see it: the community, which is as good as a password, is blotted out.
 *
 * Responsible for finding it also where the message is cut off or broken behind it. Pure, never throws; gives a copy of the same length. Called
 * where the bytes of a trap are shown.
 */
import { berTags, readInteger, readOctets, type BerCursor } from './ber-reader.ts';
import { messageVersions } from './snmp-numbers.ts';

const BLOT = 0x2a;
const LONG_LENGTH = 0x80;

export const hideCommunity = (message: Uint8Array): Uint8Array => {
  const shown = Uint8Array.from(message);
  const length = shown[1] ?? 0;
  if (shown[0] !== berTags.sequence) return shown;
  // What the outer length says does not matter.
  const at = 2 + (length >= LONG_LENGTH ? length - LONG_LENGTH : 0);
  const cursor: BerCursor = { bytes: shown, at, end: shown.length };
  try {
    if (readInteger(cursor, 'version') === messageVersions.v3) return shown;
    readOctets(cursor, 'community').fill(BLOT);
  } catch {
    // It is cut off within: the rest is blotted out.
    if (cursor.at > at) shown.fill(BLOT, Math.min(cursor.at + 2, shown.length));
  }
  return shown;
};
