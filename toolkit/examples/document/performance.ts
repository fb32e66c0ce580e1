/** Section 3 of the document. */
import assert from 'node:assert/strict';
import {
  BatchProcessor,
  getLoadBalancer,
  getMemoryOptimizer,
  getPerformanceMonitor,
  getSmartCache,
  getThreadPool,
  memoize,
  parallelize,
} from '@hearth/toolkit/performance';

const pool = getThreadPool({ maxWorkers: 4 });
const future = pool.submit((a: number, b: number) => a * b, 6, 7);
assert.equal(await future.result(), 42);

const memoryInfo = getMemoryOptimizer().getMemoryUsage();
assert(memoryInfo.percent > 0);

const cache = getSmartCache({ maxSize: 1000 });
cache.set('key', 'value');
assert.equal(cache.get('key'), 'value');

const balancer = getLoadBalancer({ numWorkers: 4 });
const workerIndex = balancer.submitTask(() => 'task');
assert.equal(workerIndex, 0);
assert.equal(balancer.getLoads().length, 4);

const processor = new BatchProcessor<number>({ batchSize: 10, timeoutMs: 5000 });
assert.equal(processor.addItem(1), undefined);
processor.flush();

const monitor = getPerformanceMonitor();
const myFunction = monitor.measureTime('my_operation')(() => 'done');
myFunction();
assert.equal(monitor.getStats('my_operation')?.count, 1);

const expensiveFunction = memoize({ maxSize: 128 })((x: number) => x ** 2);
assert.equal(expensiveFunction(9), 81);
const processItems = parallelize({ numWorkers: 4, pool })((items: number[]) => items.map((item) => item + 1));
assert.deepEqual(await processItems([1, 2, 3]), [2, 3, 4]);

await balancer.close();
await pool.close();
