// Ids of elements of a rule in the editor, for those that give them the focus from outside.

/** The button that opens and closes the rule. */
export const toggleIdOf = (rule: string): string => `rule-toggle-${rule}`;
