// Takes variables out of an ended attempt's output, and hides those that are secret in it before it is sent.
// Responsible for finding every place of a secret value in what is kept. Called by attempt-watch.ts. Until it is done nothing of such an
// output has left the agent.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Captured, OutputStream } from '@nezuban/protocol/agent/link';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { AttemptFolders } from '../attempts/attempt-folders.ts';
import { captureOutputs, type CaptureFolders, type CaptureOrders } from './capture-outputs.ts';

const PIECE_BYTES = 256 * 1024;
/** Texts that are looked for: each costs a look at the whole output. */
const TEXTS_MAX = 500;

type HidingFolders = CaptureFolders & Pick<AttemptFolders, 'hideInOutput'>;

export async function captureAndHide(
  folders: HidingFolders,
  id: AttemptId,
  orders: CaptureOrders | undefined,
): Promise<Captured[]> {
  if (orders === undefined) return [];
  const texts = new Set<string>();
  const onSecret = (text: string): void => {
    // Whoever calls keeps such an output to himself.
    if (texts.size > TEXTS_MAX) throw new Error(`more than ${TEXTS_MAX} texts would have to be hidden`);
    for (const spelling of spellingsOf(text)) if (spelling !== '') texts.add(spelling);
  };
  const captured = await captureOutputs(folders, id, { ...orders, onSecret });
  const secrets = [...texts].map((text) => encode(text, orders.encoding));
  if (secrets.length > 0) {
    for (const stream of ['stdout', 'stderr'] as const) {
      const { headBytes, tailBytes } = folders.keptOutput(id, stream);
      await hideIn({ folders, id, secrets }, stream, headBytes);
      await hideIn({ folders, id, secrets }, `${stream}.tail`, tailBytes);
    }
  }
  return captured;
}

/** As it stands in JSON, too, from which it may have been taken: slashes and characters beyond ASCII are escaped by some that write it. */
function spellingsOf(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const escaped = (letterCase: (hex: string) => string): string =>
    json.replaceAll(
      /[\u0080-\uffff]/g,
      (unit) => `\\u${letterCase(unit.charCodeAt(0).toString(16).padStart(4, '0'))}`,
    );
  const written = [json, escaped((hex) => hex), escaped((hex) => hex.toUpperCase())];
  return [text, ...written, ...written.map((each) => each.replaceAll('/', '\\/'))];
}

/** Of encodings other than UTF-8 nothing here can write one: what is plain ASCII is the same in all that are allowed but UTF-16. */
function encode(value: string, encoding: string): Buffer {
  return Buffer.from(value, encoding === 'utf-16le' ? 'utf16le' : 'utf8');
}

async function hideIn(
  {
    folders,
    id,
    secrets,
  }: { readonly folders: HidingFolders; readonly id: AttemptId; readonly secrets: readonly Buffer[] },
  file: OutputStream | `${OutputStream}.tail`,
  size: number,
): Promise<void> {
  const overlap = Math.max(...secrets.map((secret) => secret.length)) - 1;
  for (let offset = 0; offset < size; offset += PIECE_BYTES) {
    const bytesMax = Math.min(PIECE_BYTES + overlap, size - offset);
    const piece = folders.readOutput(id, { stream: file, offset, bytesMax });
    const places = secrets.flatMap((secret) =>
      placesOf(piece, secret).map((at) => ({ offset: offset + at, bytes: secret.length })),
    );
    folders.hideInOutput(id, file, places);
    await nextTurn();
  }
}

function placesOf(piece: Buffer, secret: Buffer): number[] {
  const places: number[] = [];
  for (let at = piece.indexOf(secret); at !== -1; at = piece.indexOf(secret, at + 1)) places.push(at);
  return places;
}
