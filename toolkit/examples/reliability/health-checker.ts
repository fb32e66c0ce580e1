import assert from 'node:assert/strict';
import { HealthChecker } from '@hearth/toolkit/reliability';

const checker = new HealthChecker({ timeoutMs: 1000 });
checker.registerCheck('database', async () => true);
checker.registerCheck('disk', () => {
  throw new Error('read-only');
});

const results = await checker.runChecks();
assert.equal(results.database?.healthy, true);
assert.equal(results.disk?.error, 'read-only');
assert.equal(checker.isHealthy(), false);
