import assert from 'node:assert/strict';
import { ErrorTracker } from '@hearth/toolkit/monitoring';

const tracker = new ErrorTracker();
tracker.recordError('ValueError', 'Invalid value');
tracker.recordError(new TypeError('no function'), { path: '/orders' });
assert.deepEqual(tracker.getErrorSummary().byType, { ValueError: 1, TypeError: 1 });
assert.equal(tracker.getRecentErrors(1)[0]?.context.path, '/orders');
