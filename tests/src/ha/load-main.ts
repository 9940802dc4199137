/**
 * The program in the client's namespace: calls the API for the harness, and carries the loads. Speaks with the harness by Node's channel.
 *
 * Responsible for dispatching orders; the work is in `write-load.ts`, `job-load.ts` and `trap-load.ts`. Started by `load-client.ts`; ends with its channel.
 */
import fs from 'node:fs';
import type { Call } from './http-call.ts';
import { createCaller } from './http-call.ts';
import { startJobLoad, type JobLoadOptions } from './job-load.ts';
import type { LoadRecord } from './load-records.ts';
import { startTrapLoad, type TrapLoadOptions } from './trap-load.ts';
import { startWriteLoad, type Load, type WriteLoadOptions } from './write-load.ts';

export type LoadOrder =
  | { readonly type: 'call'; readonly n: number; readonly call: Omit<Call, 'signal'> }
  | { readonly type: 'writes'; readonly n: number; readonly file: string; readonly options: WriteLoadOptions }
  | { readonly type: 'jobs'; readonly n: number; readonly file: string; readonly options: JobLoadOptions }
  | { readonly type: 'traps'; readonly n: number; readonly file: string; readonly options: TrapLoadOptions }
  /** Ends what the order number `load` has begun. */
  | { readonly type: 'stop'; readonly n: number; readonly load: number };

const caller = createCaller();
const loads = new Map<number, Load>();

function openFile(file: string): (record: LoadRecord) => void {
  return (record) => fs.appendFileSync(file, `${JSON.stringify(record)}\n`);
}

async function obey(order: LoadOrder): Promise<unknown> {
  switch (order.type) {
    case 'call':
      return caller.call(order.call);
    case 'writes':
      loads.set(order.n, startWriteLoad(caller, order.options, openFile(order.file)));
      return null;
    case 'jobs':
      loads.set(order.n, startJobLoad(caller, order.options, openFile(order.file)));
      return null;
    case 'traps':
      loads.set(order.n, startTrapLoad(caller, order.options, openFile(order.file)));
      return null;
    case 'stop':
      await loads.get(order.load)?.stop();
      loads.delete(order.load);
      return null;
    default:
      return order satisfies never;
  }
}

process.on('message', (order: LoadOrder) => {
  obey(order).then(
    (result) => process.send?.({ n: order.n, result }),
    (error: unknown) => process.send?.({ n: order.n, error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
