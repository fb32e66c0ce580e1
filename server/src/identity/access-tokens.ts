import { SmartCache } from '@hearth/toolkit/performance';
import { decodeJwt, decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import type { SigningKey } from './secrets.ts';

const issuer = 'hearth';
const audience = 'hearth-api';
const lifeSeconds = 15 * 60;

export interface AccessToken {
  token: string;
  expiresAt: Date;
}

/** Signs and checks people's access tokens: HS256 only, our key id, issuer, audience, 15 minutes. */
export class AccessTokens {
  readonly #key: SigningKey;
  readonly #clock: Clock;
  /** Checked tokens: a signature stays right, only the time has to be looked at again. */
  readonly #checked = new SmartCache<string, { userId: string; expiresAtSeconds: number }>({
    maxSize: 5_000,
    ttlMs: lifeSeconds * 1000,
  });
  constructor(key: SigningKey, clock: Clock) {
    this.#key = key;
    this.#clock = clock;
  }

  async issue(userId: string): Promise<AccessToken> {
    const now = Math.floor(this.#clock().getTime() / 1000);
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: this.#key.id })
      .setSubject(userId)
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt(now)
      .setExpirationTime(now + lifeSeconds)
      .sign(this.#key.secret);
    return { token, expiresAt: new Date((now + lifeSeconds) * 1000) };
  }

  /** Whether the text claims to be one of ours; whatever else it is may be an API key. */
  isOurs(token: string): boolean {
    // Every JWT's header begins with `{"`; most keys are told apart by that alone.
    if (!token.startsWith('eyJ')) return false;
    try {
      return decodeProtectedHeader(token).kid === this.#key.id && decodeJwt(token).iss === issuer;
    } catch {
      return false;
    }
  }

  /** The person's id, or undefined for a token that must not be trusted. */
  async verify(token: string): Promise<string | undefined> {
    const known = this.#checked.get(token) ?? (await this.#check(token));
    if (!known || known.expiresAtSeconds * 1000 <= this.#clock().getTime()) return undefined;
    this.#checked.set(token, known);
    return known.userId;
  }

  async #check(token: string) {
    try {
      const { payload } = await jwtVerify(token, this.#key.secret, {
        algorithms: ['HS256'],
        typ: 'at+jwt',
        issuer,
        audience,
        currentDate: this.#clock(),
        requiredClaims: ['sub', 'exp', 'iat'],
      });
      const userId = z.uuid().safeParse(payload.sub).data;
      return userId === undefined ? undefined : { userId, expiresAtSeconds: payload.exp! };
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }
}
