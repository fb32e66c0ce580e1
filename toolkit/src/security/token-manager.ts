import { type KeyObject, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { errors, jwtVerify, SignJWT } from 'jose';
import { type Clock, systemClock } from '../clock.ts';
import { defaultDirectory } from '../storage/default-directory.ts';
import { FileRevocationStore, type RevocationStore } from './revocations.ts';

/** A secret for HS256 (32 bytes or more, random), or an Ed25519 key pair for EdDSA. */
export type TokenKey = string | Uint8Array | { privateKey: KeyObject; publicKey: KeyObject };

export interface TokenManagerOptions {
  /** Life of a token. Default 3 600 000. */
  tokenLifetimeMs?: number;
  /** Written into tokens and demanded of them, when given. */
  issuer?: string;
  audience?: string;
  /** Default: the file `revocations.jsonl` in `~/.hearth/toolkit`. */
  revocations?: RevocationStore;
  /** Default `systemClock`. */
  clock?: Clock;
}

/** What a good token says. Times are UTC, ISO 8601. */
export interface TokenData {
  tokenId: string;
  userId: string;
  permissions: string[];
  issuedAt: string;
  expiresAt: string;
}

export type TokenVerdict =
  | { isValid: true; tokenData: TokenData }
  | { isValid: false; error: 'token.malformed' | 'token.expired' | 'token.revoked' };

/** Issues and checks JWTs (RFC 7519, through jose). Only the algorithm of its own key is ever accepted. */
export class TokenManager {
  readonly #algorithm: 'HS256' | 'EdDSA';
  readonly #signKey: Uint8Array | KeyObject;
  readonly #verifyKey: Uint8Array | KeyObject;
  readonly #options: TokenManagerOptions;
  readonly #clock: Clock;
  readonly #revocations: RevocationStore;

  /** @throws TypeError for an empty secret or keys that are not Ed25519 */
  constructor(key: TokenKey, options: TokenManagerOptions = {}) {
    if (typeof key === 'object' && 'privateKey' in key) {
      const { privateKey, publicKey } = key;
      if ([privateKey, publicKey].some((part) => part.asymmetricKeyType !== 'ed25519'))
        throw new TypeError('The key pair must be Ed25519');
      [this.#algorithm, this.#signKey, this.#verifyKey] = ['EdDSA', privateKey, publicKey];
    } else {
      const secret = typeof key === 'string' ? new TextEncoder().encode(key) : key;
      if (secret.length === 0) throw new TypeError('The secret is empty');
      [this.#algorithm, this.#signKey, this.#verifyKey] = ['HS256', secret, secret];
    }
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const file = join(defaultDirectory(), 'revocations.jsonl');
    this.#revocations = options.revocations ?? new FileRevocationStore(file, this.#clock);
  }

  /** A signed token with the user as `sub` and the permissions. */
  generateToken(userId: string, permissions: string[] = []): Promise<string> {
    const issuedAtS = Math.floor(this.#clock.now() / 1000);
    const lifetimeS = Math.ceil((this.#options.tokenLifetimeMs ?? 3_600_000) / 1000);
    const token = new SignJWT({ permissions })
      .setProtectedHeader({ alg: this.#algorithm, typ: 'JWT' })
      .setSubject(userId)
      .setJti(randomUUID())
      .setIssuedAt(issuedAtS)
      .setExpirationTime(issuedAtS + lifetimeS);
    if (this.#options.issuer !== undefined) token.setIssuer(this.#options.issuer);
    if (this.#options.audience !== undefined) token.setAudience(this.#options.audience);
    return token.sign(this.#signKey);
  }

  /** Rejects only when the revocations cannot be read: then no token can be called good. */
  async verifyToken(token: string): Promise<TokenVerdict> {
    const read = await this.#read(token);
    if (!read.isValid) return read;
    const revoked = await this.#revocations.has(read.tokenData.tokenId);
    return revoked ? { isValid: false, error: 'token.revoked' } : read;
  }

  /**
   * From now on the token is refused, after a restart too. False when it was no good anyway. Resolves once the
   * revocation is kept.
   */
  async revokeToken(token: string): Promise<boolean> {
    const read = await this.#read(token);
    if (!read.isValid) return false;
    await this.#revocations.add(read.tokenData.tokenId, Date.parse(read.tokenData.expiresAt));
    return true;
  }

  async #read(token: string): Promise<TokenVerdict> {
    try {
      const { payload } = await jwtVerify(token, this.#verifyKey, {
        algorithms: [this.#algorithm],
        currentDate: new Date(this.#clock.now()),
        requiredClaims: ['sub', 'jti', 'iat', 'exp'],
        issuer: this.#options.issuer,
        audience: this.#options.audience,
      });
      const permissions = Array.isArray(payload.permissions) ? payload.permissions.map(String) : [];
      const time = (seconds: number) => new Date(seconds * 1000).toISOString();
      const tokenData = {
        tokenId: payload.jti!,
        userId: payload.sub!,
        permissions,
        issuedAt: time(payload.iat!),
        expiresAt: time(payload.exp!),
      };
      return { isValid: true, tokenData };
    } catch (error) {
      const expired = error instanceof errors.JWTExpired;
      if (!(error instanceof errors.JOSEError)) throw error;
      return { isValid: false, error: expired ? 'token.expired' : 'token.malformed' };
    }
  }
}
