// Server-sent events: from bytes to messages (WHATWG HTML 9.2.6). Pure but for the decoder's state.

/** A line longer than this is not one of ours. */
const lineLengthMax = 64 * 1024 * 1024;

/** Feeds chunks, returns the data of the events that they complete. */
export const createSseParser = (): ((chunk: Uint8Array) => string[]) => {
  const decoder = new TextDecoder();
  let rest = '';
  let data: string[] = [];
  return (chunk) => {
    rest += decoder.decode(chunk, { stream: true });
    if (rest.length > lineLengthMax) throw new Error('a line of the live stream is too long');
    // A CR at the very end may be half of a CRLF: it waits for the next chunk.
    const usable = rest.endsWith('\r') ? rest.slice(0, -1) : rest;
    const lines = usable.split(/\r\n|\n|\r/);
    rest = (lines.pop() ?? '') + rest.slice(usable.length);
    const events: string[] = [];
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) events.push(data.join('\n'));
        data = [];
      } else if (line.startsWith('data:')) data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
    }
    return events;
  };
};
