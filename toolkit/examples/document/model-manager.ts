/** Section 7 of the document: a model manager that remembers its answers. */
import assert from 'node:assert/strict';
import { getResultCache } from '@hearth/toolkit/features';
import { getPerformanceMonitor } from '@hearth/toolkit/performance';

class EnhancedModelManager {
  readonly #results = getResultCache();
  readonly #monitor = getPerformanceMonitor();
  inferences = 0;

  readonly processCommand = this.#monitor.measureTime('model_inference')(async (command: string) => {
    const cached = await this.#results.get(command);
    if (cached !== undefined) return cached;
    const result = `answer to ${command}`;
    this.inferences++;
    await this.#results.set(command, result);
    return result;
  });
}

const manager = new EnhancedModelManager();
await getResultCache().delete('what time is it?');
await manager.processCommand('what time is it?');
assert.equal(await manager.processCommand('what time is it?'), 'answer to what time is it?');
assert.equal(manager.inferences, 1);
assert.equal(getPerformanceMonitor().getStats('model_inference')?.count, 2);
