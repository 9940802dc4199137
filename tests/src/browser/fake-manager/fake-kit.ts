// What the handlers of the fake manager are made of: their type, refusals, paging. Called by the files of handlers beside it.
import type { OperationOutput } from '@nezuban/protocol/api/operation';
import type { OperationId, Operations } from '@nezuban/protocol/api/operations';
import type { ErrorCode, Issue } from '@nezuban/protocol/errors';

export class FakeProblem extends Error {
  readonly code: ErrorCode;
  readonly issues: readonly Issue[];
  constructor(code: ErrorCode, detail: string, issues: readonly Issue[] = []) {
    super(detail);
    this.code = code;
    this.issues = issues;
  }
}

export const refuse = (code: ErrorCode, detail: string, issues: readonly Issue[] = []): never => {
  throw new FakeProblem(code, detail, issues);
};

export type Schema<Part> = Part extends { readonly _output: infer Output } ? Output : undefined;
export type Handler<Id extends OperationId> = (request: {
  readonly params: Schema<Operations[Id]['params']>;
  readonly query: Schema<Operations[Id]['query']>;
  readonly body: Schema<Operations[Id]['body']>;
  readonly ifMatch: string | null;
}) => Answer<Id> | Promise<Answer<Id>>;
type Answer<Id extends OperationId> = {
  readonly body: OperationOutput<Operations[Id]>;
  readonly revision?: number;
};
/** Those that screens need; an operation without one is answered as a failure of the fake. */
export type FakeHandlers = { readonly [Id in OperationId]?: Handler<Id> };

export const paged = <Item>(
  items: readonly Item[],
  query: { readonly cursor?: string | undefined; readonly limit: number },
) => {
  const from = Number(query.cursor ?? 0);
  const next = from + query.limit;
  return { items: items.slice(from, next), nextCursor: next < items.length ? String(next) : null };
};

/** Refuses a write that was not made on the newest; `current`: null if there is none. */
export const assertFresh = (ifMatch: string | null, current: number | null): void => {
  if (ifMatch === (current === null ? null : `"${current}"`)) return;
  refuse('precondition_failed', `It was changed by yamada meanwhile (revision ${current ?? 'none'}).`);
};
