import assert from 'node:assert/strict';
import { LoginGuard } from '@hearth/toolkit/security';

const guard = new LoginGuard();
const key = 'ada 192.0.2.1';
for (let i = 0; i < 5; i++) guard.recordFailure(key);
const admission = guard.check(key);
assert(!admission.allowed && admission.retryAfterMs > 890_000);
