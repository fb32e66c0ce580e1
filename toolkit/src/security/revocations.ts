import { type Clock, systemClock } from '../clock.ts';
import { Journal } from '../storage/journal.ts';

/** Which tokens are no longer good. Give `TokenManager` one of your own to keep them in a database. */
export interface RevocationStore {
  /** Remembers a token's id until the token would have expired anyway. */
  add(tokenId: string, expiresAtMs: number): Promise<void>;
  has(tokenId: string): Promise<boolean>;
}

interface Revocation {
  tokenId: string;
  expiresAtMs: number;
}

/** Kept in memory and in a file of JSON lines: `add` resolves once it is on the disk. One process a file. */
export class FileRevocationStore implements RevocationStore {
  readonly #journal: Journal<Revocation>;
  readonly #clock: Clock;
  #loaded: Promise<Map<string, number>> | undefined;

  constructor(file: string, clock: Clock = systemClock) {
    this.#journal = new Journal(file);
    this.#clock = clock;
  }

  async add(tokenId: string, expiresAtMs: number): Promise<void> {
    const revoked = await this.#load();
    revoked.set(tokenId, expiresAtMs);
    await this.#journal.append({ tokenId, expiresAtMs });
  }

  async has(tokenId: string): Promise<boolean> {
    return (await this.#load()).has(tokenId);
  }

  /** Reads the file once, leaving out what has expired. A file that cannot be read is tried again next time. */
  #load(): Promise<Map<string, number>> {
    this.#loaded ??= this.#read().catch((error: unknown) => {
      this.#loaded = undefined;
      throw error;
    });
    return this.#loaded;
  }

  async #read(): Promise<Map<string, number>> {
    const entries = await this.#journal.read();
    const living = entries.filter((entry) => entry.expiresAtMs > this.#clock.now());
    if (living.length < entries.length) await this.#journal.replace(living);
    return new Map(living.map((entry) => [entry.tokenId, entry.expiresAtMs]));
  }
}
