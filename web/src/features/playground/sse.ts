export interface SseEvent {
  /** `message` where the stream does not say. */
  event: string;
  data: string;
}

/** Server-sent events out of pieces of text, however the stream was cut (WHATWG HTML, section 9.2.6). */
export function createSseParser(): { push: (text: string) => SseEvent[] } {
  let rest = '';
  let isFirst = true;
  let afterCr = false;
  let event = '';
  let data: string[] = [];

  function field(line: string, out: SseEvent[]): void {
    if (line === '') {
      if (data.length > 0) out.push({ event: event || 'message', data: data.join('\n') });
      event = '';
      data = [];
      return;
    }
    const colon = line.indexOf(':');
    // Nothing before the colon: a comment.
    if (colon === 0) return;
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') data.push(value);
    else if (name === 'event') event = value;
  }

  return {
    push(text) {
      const out: SseEvent[] = [];
      if (text === '') return out;
      let piece = text;
      if (isFirst) piece = piece.replace(/^\ufeff/, '');
      isFirst = false;
      // The line already ended at a CR in the last piece; its LF comes with this one.
      if (afterCr && piece.startsWith('\n')) piece = piece.slice(1);
      afterCr = piece === '' ? false : piece.endsWith('\r');
      const lines = (rest + piece).split(/\r\n|\r|\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) field(line, out);
      return out;
    },
  };
}

/** Reads a body to its end, event by event. Stopping early releases the connection. */
export async function* readSse(body: ReadableStream<Uint8Array>): AsyncGenerator<SseEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parser = createSseParser();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      yield* parser.push(done ? decoder.decode() : decoder.decode(value, { stream: true }));
      if (done) return;
    }
  } finally {
    await reader.cancel().catch((error: unknown) => {
      // An aborted request has nothing left to cancel, and says so by rejecting.
      if (!(error instanceof DOMException)) throw error;
    });
  }
}
