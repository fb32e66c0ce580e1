import { pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { SecurityPolicy } from './security-policy.ts';
import { fine, refuse, type Verdict } from './verdict.ts';

const derive = promisify(pbkdf2);

/** OWASP's figure for PBKDF2-HMAC-SHA256 (Password Storage Cheat Sheet, 2023). */
const defaultIterations = 600_000;
/** A stored hash that asks for more work than this is not verified: it would be a way to stop the machine. */
const mostIterations = 10_000_000;
const longestPassword = 1024;

/**
 * Rules for passwords, and PBKDF2-SHA256 hashes off the main thread. For people's accounts of a new program
 * prefer bcrypt or Argon2; this is for programs that need what the platform brings.
 */
export class PasswordValidator {
  readonly #policy: SecurityPolicy;
  readonly #iterations: number;

  /** @param options.iterations default 600 000 */
  constructor(
    policy = new SecurityPolicy(),
    { iterations = defaultIterations }: { iterations?: number } = {},
  ) {
    this.#policy = policy;
    this.#iterations = iterations;
  }

  /** Letters and digits of any script count; a special is whatever is neither letter, digit nor space. */
  validate(password: string): Verdict {
    const { minPasswordLength, requireUppercase, requireDigit, requireSpecial } = this.#policy;
    const length = [...password].length;
    if (length < minPasswordLength)
      return refuse(`The password needs at least ${minPasswordLength} characters`);
    if (length > longestPassword) return refuse(`The password has more than ${longestPassword} characters`);
    if (requireUppercase && !/\p{Lu}/u.test(password))
      return refuse('The password needs an upper-case letter');
    if (requireDigit && !/\p{Nd}/u.test(password)) return refuse('The password needs a digit');
    if (requireSpecial && !/[^\p{L}\p{N}\s]/u.test(password))
      return refuse('The password needs a special character');
    return fine;
  }

  /** A hash that names its algorithm and cost (`pbkdf2-sha256$600000$…`), and its salt, both base64. */
  async hashPassword(password: string): Promise<{ hash: string; salt: string }> {
    const salt = randomBytes(16).toString('base64');
    const derived = await deriveKey(password, salt, this.#iterations);
    return { hash: `pbkdf2-sha256$${this.#iterations}$${derived.toString('base64')}`, salt };
  }

  /** In constant time for a given cost. False for a hash it cannot read. */
  async verifyPassword(password: string, hash: string, salt: string): Promise<boolean> {
    const parts = /^pbkdf2-sha256\$(\d{1,8})\$([A-Za-z0-9+/]{43}=)$/.exec(hash);
    const iterations = Number(parts?.[1]);
    if (!parts || iterations < 1 || iterations > mostIterations) return false;
    const derived = await deriveKey(password, salt, iterations);
    return timingSafeEqual(derived, Buffer.from(parts[2]!, 'base64'));
  }
}

/** The same letters typed on another system shall give the same key: NFKC first. */
const deriveKey = (password: string, salt: string, iterations: number): Promise<Buffer> =>
  derive(password.normalize('NFKC'), Buffer.from(salt, 'base64'), iterations, 32, 'sha256');
