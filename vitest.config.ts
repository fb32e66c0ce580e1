import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

/** One runner for every room; a room's tests stand beside their sources. */
const room = (name: string, options: object = {}) => ({
  test: { name, include: [`${name}/src/**/*.test.ts`], testTimeout: 30_000, hookTimeout: 60_000, ...options },
});

export default defineConfig({
  test: {
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      reportOnFailure: true,
      include: ['{contract,toolkit,learning,launcher,server,agent,bot,web}/src/**/*.{ts,vue}'],
      exclude: ['**/*.test.ts', '**/testing/**', '**/migrations/**'],
      reporter: ['json'],
    },
    projects: [
      room('contract'),
      room('toolkit'),
      room('learning'),
      room('launcher'),
      room('server'),
      // What the processes that these tests start have run is counted too (tools/src/test/child-coverage.ts).
      room('agent', {
        env: { NODE_V8_COVERAGE: fileURLToPath(new URL('coverage/processes', import.meta.url)) },
      }),
      room('bot'),
      room('tools'),
      { plugins: [vue()], ...room('web', { environment: 'happy-dom' }) },
      room('e2e', { testTimeout: 300_000, hookTimeout: 300_000, fileParallelism: false }),
    ],
  },
});
