import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hold } from '../files/hold.ts';

/** Folders this process works in: the lock on disk tells only processes apart. */
const making = new Set<string>();

/**
 * The folder of one environment. It counts only once its marker is there: whatever else lies in it is half made. Each
 * try has a folder of its own within: what a killed process began may be written to by its children for a while.
 */
export class EnvironmentFolder {
  readonly digest: string;
  readonly #folder: string;
  readonly #lock: string;
  #attempt = randomBytes(4).toString('hex');
  constructor(folder: string, identity: readonly string[]) {
    this.digest = createHash('sha256').update(JSON.stringify(identity)).digest('hex');
    this.#folder = join(folder, this.digest);
    this.#lock = `${this.#folder}.lock`;
  }

  get path(): string {
    return join(this.#folder, this.#attempt);
  }
  get python(): string {
    return process.platform === 'win32'
      ? join(this.path, 'Scripts', 'python.exe')
      : join(this.path, 'bin', 'python');
  }
  get #marker(): string {
    return join(this.#folder, 'ready.json');
  }
  /** Whether it is there; from then on `path` is where. */
  #isReady(): boolean {
    if (!existsSync(this.#marker)) return false;
    this.#attempt = String(JSON.parse(readFileSync(this.#marker, 'utf8')).attempt);
    return true;
  }

  /** Makes it with `make`, unless it is there or comes to be there while another process makes it. */
  async ensure(make: () => Promise<object>, { signal, onWait }: Waiting): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    for (let isFirst = true; !this.#isReady() && !this.#take(); isFirst = false) {
      if (isFirst) onWait();
      await sleep(200, undefined, { signal });
    }
    // Whoever looked just before the other was done holds the lock for nothing.
    if (this.#isReady()) return this.#letGo();
    try {
      await this.#clear();
      await this.#mark(await make());
    } catch (error) {
      await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
      throw error;
    } finally {
      await this.#letGo();
    }
  }

  /** Removes earlier tries, as far as nobody writes there any more; the rest is removed with a later one. */
  async #clear(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#folder))
      await rm(join(this.#folder, name), { recursive: true, force: true, maxRetries: 2 }).catch(() => false);
  }

  #take(): boolean {
    if (making.has(this.#folder) || !hold(this.#lock)) return false;
    making.add(this.#folder);
    return true;
  }

  async #letGo(): Promise<void> {
    if (making.delete(this.#folder)) await rm(this.#lock, { force: true });
  }

  async #mark(facts: object): Promise<void> {
    await writeFile(
      `${this.#marker}.new`,
      JSON.stringify({ attempt: this.#attempt, ...facts }, undefined, 2),
      { flush: true },
    );
    await rename(`${this.#marker}.new`, this.#marker);
  }
}

interface Waiting {
  signal: AbortSignal;
  onWait: () => void;
}
