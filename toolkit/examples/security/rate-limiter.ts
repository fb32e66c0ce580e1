import assert from 'node:assert/strict';
import { RateLimiter, SecurityPolicy } from '@hearth/toolkit/security';

const policy = new SecurityPolicy();
policy.rateLimitPerMinute = 2;
const limiter = new RateLimiter(policy);
assert.deepEqual([limiter.check('ada'), limiter.check('ada')], [{ allowed: true }, { allowed: true }]);
assert.equal(limiter.check('ada').allowed, false);
assert.equal(limiter.check('bob').allowed, true);
