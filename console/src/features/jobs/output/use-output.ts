// Follows one output of one attempt: reads the end first, then goes on from there at each live message, and by a slow poll where the
// live stream is away. Called by output-viewer.tsx.
import { useEffect, useState } from 'react';
import type { OutputStream } from '@nezuban/protocol/agent/link';
import type { OutputEncoding } from '@nezuban/protocol/jobs/units/attempt-base';
import type { AttemptId } from '@nezuban/protocol/ids';
import { isRetryable } from '../../../api/api-problem.ts';
import { useBackend } from '../../../app/backend.tsx';
import { appendOutput, emptyOutput, outputLimits, type OutputBuffer } from './output-buffer.ts';

/** Without live messages, and against a lost one. */
const pollMs = 3_000;

export type FollowedOutput = {
  readonly buffer: OutputBuffer;
  readonly loaded: boolean;
  readonly error: unknown;
  readonly retry: () => void;
};

export type OutputSource = {
  readonly attemptId: AttemptId;
  readonly stream: OutputStream;
  readonly encoding: OutputEncoding;
};

export const useOutput = ({ attemptId, stream, encoding }: OutputSource): FollowedOutput => {
  const { api, live } = useBackend();
  const [buffer, setBuffer] = useState(emptyOutput);
  const [loaded, setLoaded] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    const ending = new AbortController();
    let wake: () => void = () => {};
    const unsubscribe = live.subscribe((notice) => {
      if (
        notice.kind === 'opened' ||
        (notice.message.type === 'output' &&
          notice.message.attemptId === attemptId &&
          notice.message.stream === stream)
      )
        wake();
    });
    const pause = () =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pollMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    const follow = async () => {
      let held = emptyOutput;
      setBuffer(held);
      setLoaded(false);
      setError(null);
      while (!ending.signal.aborted) {
        try {
          const offset = held.encoding === '' ? -outputLimits.firstBytes : held.nextOffset;
          const query = { stream, offset, ...(encoding === 'auto' ? {} : { encoding }) };
          const page = await api.call('getOutput', { params: { attemptId }, query }, ending.signal);
          held = appendOutput(held, page);
          setBuffer(held);
          setLoaded(true);
          setError(null);
          if (held.complete) return;
          if (held.nextOffset < held.storedBytes && page.nextOffset > page.offset) continue;
        } catch (failure) {
          if (ending.signal.aborted) return;
          setError(failure);
          // What does not pass by itself waits for the user.
          if (!isRetryable(failure)) return;
        }
        await pause();
      }
    };
    void follow();
    return () => {
      unsubscribe();
      ending.abort();
      wake();
    };
  }, [api, live, attemptId, stream, encoding, round]);
  return { buffer, loaded, error, retry: () => setRound((count) => count + 1) };
};
