// Sends receipts over one connection, in the order of their numbers, ahead of acknowledgements up to a bound.
// Responsible for what this connection has been sent, and for leaving out what its manager does not know. Not responsible for what is acknowledged: the journal knows, over all connections.
import { agentLinkLimits, receiptSchema, type Receipt } from '@nezuban/protocol/agent/link';
import type { AttemptId } from '@nezuban/protocol/ids';
import type { Journal, StoredReceipt } from '../journal/journal.ts';
import { agentLimits } from '../limits.ts';

export type ReceiptSender = {
  /** Sends what is new, as far as the bound allows. Called after each commit and each acknowledgement. */
  readonly sendNew: () => void;
  /** Sends the newest receipt of an attempt again: somebody asked. */
  readonly resend: (id: AttemptId) => void;
  readonly stop: () => void;
};

export function createReceiptSender(
  journal: Pick<Journal, 'find' | 'receiptsAfter' | 'ackedSeq' | 'lastSeq'>,
  to: {
    readonly sendText: (frame: string) => void;
    /** Whether it has told the feature `said-reasons`. */
    readonly takesSaid: boolean;
  },
): ReceiptSender {
  let sentSeq = journal.ackedSeq;
  const asked = new Set<AttemptId>();
  let scheduled: NodeJS.Immediate | null = null;

  const sendItems = (items: readonly string[]): void => {
    if (items.length === 0) return;
    const known = to.takesSaid ? items : items.map(withoutSaid);
    to.sendText(`{"type":"receipts","items":[${known.join(',')}]}`);
  };

  /** One that has not been sent yet comes in its turn: its acknowledgement counts for all before it. */
  const sentBefore = (receipt: StoredReceipt | null): string[] =>
    receipt === null || receipt.seq > sentSeq ? [] : [receipt.json];

  const sendAsked = (): void => {
    scheduled = null;
    const ids = [...asked];
    asked.clear();
    for (let start = 0; start < ids.length; start += agentLinkLimits.receiptItemsMax) {
      const part = ids.slice(start, start + agentLinkLimits.receiptItemsMax);
      sendItems(part.flatMap((id) => sentBefore(journal.find(id))));
    }
  };

  return {
    sendNew() {
      while (sentSeq < journal.lastSeq && sentSeq - journal.ackedSeq < agentLimits.receiptsInFlightMax) {
        const receipts = journal.receiptsAfter(sentSeq, agentLinkLimits.receiptItemsMax);
        // Numbers of receipts that newer ones have replaced are missing: the rest up to the last number is empty.
        sentSeq =
          receipts.length < agentLinkLimits.receiptItemsMax
            ? journal.lastSeq
            : (receipts.at(-1)?.seq ?? journal.lastSeq);
        sendItems(receipts.map((receipt) => receipt.json));
      }
    },
    resend(id) {
      asked.add(id);
      scheduled ??= setImmediate(sendAsked);
    },
    stop() {
      if (scheduled) clearImmediate(scheduled);
    },
  };
}

/** Nearly all say nothing by code, and go as they are stored. */
function withoutSaid(json: string): string {
  if (!/aid":\{/u.test(json)) return json;
  return JSON.stringify(inEnglish(receiptSchema.parse(JSON.parse(json))));
}

function inEnglish(receipt: Receipt): Receipt {
  switch (receipt.state) {
    case 'accepted':
    case 'running':
      return receipt;
    case 'unknown':
    case 'refused': {
      const { said: _said, ...rest } = receipt;
      return rest;
    }
    case 'ended': {
      const { startErrorSaid: _said, endFile, captured, ...rest } = receipt;
      return {
        ...rest,
        ...(endFile === undefined ? {} : { endFile: { held: endFile.held, says: endFile.says } }),
        ...(captured === undefined ? {} : { captured: captured.map(({ said: _its, ...each }) => each) }),
      };
    }
  }
}
