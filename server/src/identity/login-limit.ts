const freeTries = 3;
const firstWaitMs = 60_000;
const longestWaitMs = 15 * 60_000;
const windowMs = 15 * 60_000;
const slowAfter = 10;
const slowMs = 2_000;
const mostRemembered = 50_000;

interface Tries {
  count: number;
  waitUntil: number;
  last: number;
}

/**
 * Slows guessing of passwords. Three wrong ones from an address for an account make that address wait a minute, each
 * further one twice as long, 15 minutes at most. Guesses from many addresses only slow an account's sign-ins, so
 * nobody can lock another out. A try counts when it begins, so that many at once gain nothing.
 */
export class LoginLimit {
  readonly #pairs = new Map<string, Tries>();
  readonly #accounts = new Map<string, Tries>();

  /** Counts a try. `waitMs` > 0 refuses it; else sleep `delayMs` first. */
  begin(address: string, account: string, now: number): { waitMs: number; delayMs: number } {
    const pair = recall(this.#pairs, `${address} ${account}`, now);
    if (pair.waitUntil > now) return { waitMs: pair.waitUntil - now, delayMs: 0 };
    pair.count += 1;
    pair.last = now;
    if (pair.count >= freeTries)
      pair.waitUntil = now + Math.min(longestWaitMs, firstWaitMs * 2 ** (pair.count - freeTries));
    const all = recall(this.#accounts, account, now);
    all.count += 1;
    all.last = now;
    return { waitMs: 0, delayMs: all.count > slowAfter ? slowMs : 0 };
  }

  /** The password was right: this address starts afresh, and the try was no guess. */
  succeed(address: string, account: string): void {
    this.#pairs.delete(`${address} ${account}`);
    const all = this.#accounts.get(account);
    if (all) all.count -= 1;
  }
}

function recall(map: Map<string, Tries>, key: string, now: number): Tries {
  const known = map.get(key);
  map.delete(key);
  const isStale = !known || now - Math.max(known.last, known.waitUntil) > windowMs;
  const tries = isStale ? { count: 0, waitUntil: 0, last: now } : known;
  map.set(key, tries);
  const oldest = map.size > mostRemembered ? map.keys().next().value : undefined;
  if (oldest !== undefined) map.delete(oldest);
  return tries;
}
