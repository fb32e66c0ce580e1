/** Cuts a byte stream into lines; a letter that arrives in two pieces stays whole. */
export function lineSplitter(onLine: (line: string) => void) {
  const decoder = new TextDecoder();
  let rest = '';
  return {
    push(chunk: Uint8Array): void {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line.replace(/\r$/, ''));
    },
    /** The last words of a program that died in the middle of a line. */
    end(): void {
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}
