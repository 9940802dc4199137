// The header of raw output that says what is missing of it. Without schemas: the command line loads it at each start.
/** Clauses, joined by `; `; left out where nothing is missing. The bytes themselves hold no word of ours. */
export const outputMissingHeader = 'nezuban-output-missing';
