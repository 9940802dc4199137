/**
 * All receivers there are; a new one adds its line. Called by `intake.ts`.
 */
import type { Receiver, ReceiverPorts } from './receiver.ts';

export type CreateReceiver = (ports: ReceiverPorts) => Receiver;

export const receiverRegistry: readonly CreateReceiver[] = [];
