import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

const longestLine = 256 * 1024;

/**
 * Tells each line of a stream of UTF-8 once it is whole, and what comes after the last at the end. A carriage return
 * ends a line too, as progress bars write them. What a line has beyond `longest` is passed over, not collected: a program
 * may write gigabytes without ever ending a line.
 */
export async function readLines(
  stream: Readable,
  onLine: (line: string) => void,
  longest = longestLine,
): Promise<void> {
  const decoder = new StringDecoder('utf8');
  let line = '';
  const take = (text: string) => {
    const [rest = '', ...begun] = text.split(/\r\n|[\r\n]/);
    if (line.length < longest) line = (line + rest).slice(0, longest);
    for (const next of begun) {
      onLine(line);
      line = next.slice(0, longest);
    }
  };
  for await (const chunk of stream as AsyncIterable<Buffer>) take(decoder.write(chunk));
  take(decoder.end());
  if (line !== '') onLine(line);
}
