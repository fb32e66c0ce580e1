import assert from 'node:assert/strict';
import { AdvancedLogger } from '@hearth/toolkit/monitoring';
import { temporaryFolder } from '../temporary-folder.ts';

const logger = new AdvancedLogger({ directory: temporaryFolder(), console: false });
const log = logger.getLogger('shop.orders');
log.info({ order: 7 }, 'order placed');
assert.equal(logger.getRecentLogs(1)[0]?.msg, 'order placed');
await logger.exportLogs(`${temporaryFolder()}/all.log`);
await logger.close();
