import assert from 'node:assert/strict';
import { BatchProcessor } from '@hearth/toolkit/performance';

const late: string[][] = [];
const processor = new BatchProcessor<string>({
  batchSize: 3,
  timeoutMs: 5000,
  onTimeout: (batch) => late.push(batch),
});
assert.equal(processor.addItem('a'), undefined);
assert.equal(processor.addItem('b'), undefined);
assert.deepEqual(processor.addItem('c'), ['a', 'b', 'c']);

processor.addItem('d');
assert.deepEqual(processor.flush(), ['d']);
