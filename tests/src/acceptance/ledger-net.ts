/**
 * A job net of 200 units whose commands write a ledger themselves: the witness of what really ran, and how often.
 *
 * Responsible for the definition and for reading the ledger. Called by the kill rounds and the benchmarks.
 */
import { readFile } from 'node:fs/promises';

const LANES = 10;
const LAYERS = 20;
export const LEDGER_UNITS = LANES * LAYERS;

export const LEDGER_NET = 'proof/ledger';

/** Each unit appends one line (a single O_APPEND write) and works a moment; every layer waits for two lanes of the one before. */
export function ledgerNetYaml(ledger: string): string {
  const units: string[] = [];
  for (let layer = 0; layer < LAYERS; layer += 1) {
    for (let lane = 0; lane < LANES; lane += 1) {
      const after =
        layer === 0
          ? ''
          : `\n    after: [${unitName(layer - 1, lane)}, ${unitName(layer - 1, (lane + 1) % LANES)}]`;
      units.push(
        `  - name: ${unitName(layer, lane)}\n    command: 'echo "$NEZUBAN_UNIT $NEZUBAN_RUN $NEZUBAN_TRY $NEZUBAN_ATTEMPT_ID" >> "$LEDGER"; sleep 0.1'${after}`,
      );
    }
  }
  return `kind: jobnet\nname: ${LEDGER_NET}\ntarget: { node: local }\nparameters:\n  - name: LEDGER\n    default: ${ledger}\nunits:\n${units.join('\n')}\n`;
}

function unitName(layer: number, lane: number): string {
  return `l${layer}-${lane}`;
}

export type LedgerLine = { readonly unit: string; readonly run: string; readonly attempt: string };

export async function readLedger(file: string): Promise<LedgerLine[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [unit = '', run = '', , attempt = ''] = line.split(' ');
      return { unit, run, attempt };
    });
}
