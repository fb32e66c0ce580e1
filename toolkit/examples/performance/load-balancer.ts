import assert from 'node:assert/strict';
import { LoadBalancer } from '@hearth/toolkit/performance';

const balancer = new LoadBalancer({ numWorkers: 2 });
const first = balancer.submit((n: number) => n * 2, 21);
const worker = balancer.submitTask((n: number) => n * 2, 1);
assert.deepEqual([first.worker, worker], [0, 1]);
assert.deepEqual(balancer.getLoads(), [1, 1]);
assert.equal(await first.future.result(), 42);
await balancer.close();
