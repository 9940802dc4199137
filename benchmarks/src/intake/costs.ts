/**
 * What one line costs each process of the product, in CPU.
 *
 * Responsible for finding the processes and for reading their time from /proc. The sum times the rate is what a machine must have. Called by
 * `intake.ts`.
 */
import { readFileSync } from 'node:fs';
import type { Product } from '@nezuban/tests/acceptance/product';
import { processesWithMark } from '@nezuban/tests/support/processes';

/** `work` gives how many lines it was. */
export async function costs(product: Product, work: () => Promise<number>): Promise<string> {
  const before = read(product);
  const lines = await work();
  const after = read(product);
  return [...after]
    .map(([name, ms]) => [name, ((ms - (before.get(name) ?? 0)) * 1_000) / lines] as const)
    .filter(([, us]) => us >= 0.1)
    .map(([name, us]) => `${name} ${us.toFixed(1)}`)
    .join(', ');
}

const MS_PER_TICK = 10;

/** Milliseconds by name of the process. */
function read(product: Product): Map<string, number> {
  const times = new Map<string, number>();
  for (const { pid, command } of processesWithMark(`NEZUBAN_HOME=${product.place.home}`)) {
    const name =
      /(\w+)\/src\/(?:keeper\/)?main\.ts/.exec(command)?.[1] ??
      /^postgres: (.*)$/.exec(command)?.[1]?.split(' ', 3).join(' ') ??
      'others';
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    times.set(name, (times.get(name) ?? 0) + (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK);
  }
  return times;
}
