// Bounds of reading a definition file, beside those of the definition itself (`definitionLimits`). What exceeds one is refused, never cut.

/** Issues reported of one file. More would not be read, and a file of 20,000 wrong units must not make 20,000 of them. */
export const issuesMax = 100;

/**
 * Lexical tokens of a file. A file of 20,000 units and nearly 2 MB has about 600,000; 2 MB of nothing but brackets would have two million
 * and block the caller for many seconds.
 */
export const tokensMax = 800_000;

/** Documents of a file; each costs far more than its three dashes. */
export const documentsMax = 1_000;

/** Nested collections; a net of the greatest allowed depth has about 40. Guards the recursion of reader and schema. */
export const nestingMax = 100;

/** Values after aliases are expanded, each counted as often as it appears. A file of 20,000 units without aliases has some 300,000. */
export const expandedValuesMax = 1_000_000;
