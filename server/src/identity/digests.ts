import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** SHA-256, hex: how tokens with enough randomness of their own are stored. */
export const digestOf = (secret: string): string => hash('sha256', secret);
/** Enough of the digest to tell keys apart in the audit, too little to find one. */
export const fingerprintOf = (secret: string): string => digestOf(secret).slice(0, 12);
export const randomToken = (bytes = 32): string => randomBytes(bytes).toString('base64url');

/** Compares in a time that tells nothing of the secrets. */
export const isSameSecret = (a: string, b: string): boolean =>
  timingSafeEqual(Buffer.from(digestOf(a)), Buffer.from(digestOf(b)));
