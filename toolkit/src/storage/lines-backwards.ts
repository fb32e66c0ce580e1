import { open } from 'node:fs/promises';

const blockBytes = 64 * 1024;
const lineEnd = 0x0a;

/** The lines of a file from its end to its beginning; none when there is no file. */
export async function* linesBackwards(file: string): AsyncGenerator<string> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!handle) return;
  try {
    let position = (await handle.stat()).size;
    let rest = Buffer.alloc(0);
    while (position > 0) {
      const size = Math.min(blockBytes, position);
      position -= size;
      const block = Buffer.alloc(size);
      await handle.read(block, 0, size, position);
      rest = Buffer.concat([block, rest]);
      for (let end = rest.lastIndexOf(lineEnd); end >= 0; end = rest.lastIndexOf(lineEnd)) {
        yield rest.toString('utf8', end + 1);
        rest = rest.subarray(0, end);
      }
    }
    yield rest.toString('utf8');
  } finally {
    await handle.close();
  }
}
