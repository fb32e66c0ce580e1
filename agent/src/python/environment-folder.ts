import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hold } from '../files/hold.ts';

/** Folders this process works in: the lock on disk tells only processes apart. */
const making = new Set<string>();

/** The folder of one environment. It counts only once its marker is there: whatever else lies in it is half made. */
export class EnvironmentFolder {
  readonly path: string;
  readonly digest: string;
  readonly #lock: string;
  constructor(folder: string, identity: readonly string[]) {
    this.digest = createHash('sha256').update(JSON.stringify(identity)).digest('hex');
    this.path = join(folder, this.digest);
    this.#lock = `${this.path}.lock`;
  }

  get python(): string {
    return process.platform === 'win32'
      ? join(this.path, 'Scripts', 'python.exe')
      : join(this.path, 'bin', 'python');
  }
  get #marker(): string {
    return join(this.path, 'ready.json');
  }
  get isReady(): boolean {
    return existsSync(this.#marker);
  }

  /** Makes it with `make`, unless it is there or comes to be there while another process makes it. */
  async ensure(make: () => Promise<object>, { signal, onWait }: Waiting): Promise<void> {
    await mkdir(join(this.path, '..'), { recursive: true, mode: 0o700 });
    for (let isFirst = true; !this.isReady && !this.#take(); isFirst = false) {
      if (isFirst) onWait();
      await sleep(200, undefined, { signal });
    }
    // Whoever looked just before the other was done holds the lock for nothing.
    if (this.isReady) return this.#letGo();
    try {
      await rm(this.path, { recursive: true, force: true, maxRetries: 5 });
      await this.#mark(await make());
    } catch (error) {
      await rm(this.path, { recursive: true, force: true, maxRetries: 5 });
      throw error;
    } finally {
      await this.#letGo();
    }
  }

  #take(): boolean {
    if (making.has(this.path) || !hold(this.#lock)) return false;
    making.add(this.path);
    return true;
  }

  async #letGo(): Promise<void> {
    if (making.delete(this.path)) await rm(this.#lock, { force: true });
  }

  async #mark(facts: object): Promise<void> {
    await writeFile(`${this.#marker}.new`, JSON.stringify(facts, undefined, 2), { flush: true });
    await rename(`${this.#marker}.new`, this.#marker);
  }
}

interface Waiting {
  signal: AbortSignal;
  onWait: () => void;
}
