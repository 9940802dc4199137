// One change after the other: what is committed first is also in memory first. There is one manager on duty, and all changes go through it.

export type ChangeTurns = <Result>(change: () => Promise<Result>) => Promise<Result>;

export const createChangeTurns = (): ChangeTurns => {
  let last: Promise<unknown> = Promise.resolve();
  return async (change) => {
    const turn = last.then(change);
    last = turn.catch(() => undefined);
    return await turn;
  };
};
