import { type FileHandle, open } from 'node:fs/promises';

/** A file read at chosen places, so that a large one is never held in memory. */
export class FileWindow implements AsyncDisposable {
  readonly sizeBytes: number;
  readonly #handle: FileHandle;
  private constructor(handle: FileHandle, sizeBytes: number) {
    this.#handle = handle;
    this.sizeBytes = sizeBytes;
  }

  static async open(path: string): Promise<FileWindow> {
    const handle = await open(path, 'r');
    return new FileWindow(handle, (await handle.stat()).size);
  }

  /** Bytes from `start`; fewer where the file ends. */
  async read(start: number, length: number): Promise<Buffer> {
    const wanted = Math.max(0, Math.min(length, this.sizeBytes - start));
    const buffer = Buffer.alloc(wanted);
    const { bytesRead } = await this.#handle.read(buffer, 0, wanted, start);
    return buffer.subarray(0, bytesRead);
  }

  /** Its bytes in pieces; each is valid until the next is asked for. */
  async *chunks(sizeBytes = 1 << 20): AsyncGenerator<Buffer> {
    const buffer = Buffer.alloc(Math.min(sizeBytes, this.sizeBytes));
    for (let at = 0; at < this.sizeBytes; at += sizeBytes) {
      const { bytesRead } = await this.#handle.read(buffer, 0, buffer.length, at);
      yield buffer.subarray(0, bytesRead);
    }
  }

  /** Its text in pieces; throws a TypeError where the bytes are not UTF-8. A byte order mark is left out. */
  async *text(): AsyncGenerator<string> {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    for await (const chunk of this.chunks()) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}
