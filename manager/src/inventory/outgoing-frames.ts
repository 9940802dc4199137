// Packs what is to be sent to an agent into frames within the limits of the protocol. Pure. Called by an agent's connection.
import { agentLinkLimits } from '@nezuban/protocol/agent/link';
import type { AttemptOrder } from '@nezuban/protocol/agent/link';
import { inventoryLimits } from './inventory-limits.ts';

export type DispatchFrames = {
  readonly frames: readonly string[];
  /** Orders that fit into no frame. */
  readonly tooLarge: readonly AttemptOrder[];
};

/** Bytes of a frame around its items. */
const ENVELOPE_BYTES = 200;

export const packDispatch = (orders: readonly AttemptOrder[], term: number): DispatchFrames => {
  const frames: string[] = [];
  const tooLarge: AttemptOrder[] = [];
  let texts: string[] = [];
  let chars = 0;
  const close = (): void => {
    if (texts.length > 0) frames.push(`{"type":"dispatch","term":${term},"attempts":[${texts.join(',')}]}`);
    texts = [];
    chars = 0;
  };
  for (const order of orders) {
    const text = JSON.stringify(order);
    if (Buffer.byteLength(text) + ENVELOPE_BYTES > agentLinkLimits.frameBytesMax) {
      tooLarge.push(order);
      continue;
    }
    if (
      texts.length === agentLinkLimits.dispatchItemsMax ||
      (texts.length > 0 && chars + text.length > inventoryLimits.frameCharsMax)
    )
      close();
    texts.push(text);
    chars += text.length;
  }
  close();
  return { frames, tooLarge };
};

export const chunked = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
