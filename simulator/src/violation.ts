/** What a checker found: the name of the rule that was broken and one sentence about how. */
export class Violation extends Error {
  readonly checker: string;

  constructor(checker: string, says: string) {
    super(says);
    this.checker = checker;
  }
}
