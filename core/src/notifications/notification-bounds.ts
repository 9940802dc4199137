// Bounds of what notifications remember and list, each with what happens beyond it: the rest is counted and told, never dropped silently.

export const notificationBounds = {
  /** Events that one message lists; further ones are counted in it. A mail with more is read by nobody. */
  listedMax: 50,
  /** Of the message of an event that is remembered. */
  messageCharsMax: 1_000,
  /** States of rules and subjects. Beyond, a rule tells as if it had no memory: rather twice than not at all. */
  tracksMax: 50_000,
  /** Waiting groups. Beyond, events go into the one that gathers what is too much. */
  groupsMax: 5_000,
  /** Events that keep others back. Beyond, they keep nothing back. */
  standsMax: 5_000,
  /** Kept back and to be told later. Beyond, they are told at once. */
  keptMax: 20_000,
  /** Running chains. Beyond, none is begun, and the message says nothing of it; the event of the manager does. */
  escalationsMax: 5_000,
  /** Events of one running chain that somebody must take up; the first ones speak for the rest. */
  escalationEventsMax: 50,
  /** A subject that nobody spoke of for so long is forgotten: whatever was open is not any more. */
  trackKeptMs: 30 * 24 * 3_600_000,
  /** Looks for what is to be forgotten. */
  sweepMs: 3_600_000,
  /** Ids in one row of what was kept back; further ones are counted. */
  suppressedIdsMax: 100,
} as const;
