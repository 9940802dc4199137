/**
 * What the link between the hosts of a pair reports when it cannot do what was asked.
 *
 * Responsible for the kinds and that each carries one sentence for people. Thrown by everything in this folder.
 */

export type LinkErrorCode =
  /** The port cannot be listened on. */
  | 'port'
  /** Something that was configured or typed is not right: address, token. */
  | 'wrong-input'
  | 'not-connected'
  | 'no-answer'
  /** The other side was reached and is not what was looked for, or does not want us. */
  | 'refused'
  /** A file of ours cannot be read. */
  | 'damaged';

/** The message is one sentence: what, where, what would be right. */
export class LinkError extends Error {
  readonly code: LinkErrorCode;

  constructor(code: LinkErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'LinkError';
    this.code = code;
  }
}
