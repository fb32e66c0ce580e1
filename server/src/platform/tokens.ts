import { createHash, randomBytes } from 'node:crypto';

/** A secret of 256 random bits; `prefix` tells people and scanners what it opens. */
export const newToken = (prefix: string): string => `${prefix}${randomBytes(32).toString('base64url')}`;
/** How such a secret is stored and looked up: enough randomness of its own, so a plain digest suffices. */
export const tokenDigest = (token: string): string => createHash('sha256').update(token).digest('hex');
