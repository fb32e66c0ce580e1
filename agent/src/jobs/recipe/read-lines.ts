import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

const longestLine = 256 * 1024;

/**
 * Tells each line of a stream of UTF-8 once it is whole, and what comes after the last at the end. A carriage return
 * ends a line too, as progress bars write them. What a line has beyond `longest` is passed over, not collected: a program
 * may write gigabytes without ever ending a line. While `onLine` wants to wait nothing more is read, so that the program
 * waits too once its pipe is full.
 */
export async function readLines(
  stream: Readable,
  onLine: (line: string) => void | Promise<void>,
  longest = longestLine,
): Promise<void> {
  const decoder = new StringDecoder('utf8');
  let line = '';
  const take = async (text: string) => {
    const [rest = '', ...begun] = text.split(/\r\n|[\r\n]/);
    if (line.length < longest) line = (line + rest).slice(0, longest);
    for (const next of begun) {
      const wait = onLine(line);
      if (wait) await wait;
      line = next.slice(0, longest);
    }
  };
  for await (const chunk of stream as AsyncIterable<Buffer>) await take(decoder.write(chunk));
  await take(decoder.end());
  if (line !== '') await onLine(line);
}
