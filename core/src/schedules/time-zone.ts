// Names of time zones, as the runtime's zone data knows them.

/** Whether it is an IANA name such as "Asia/Tokyo" or "UTC". Bare offsets are not: they have no rules for summer time. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
