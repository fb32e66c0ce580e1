import type { SystemInfo, TrainingLog } from '@hearth/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseText } from '../testing/telegram/html.ts';
import { logText } from './log-text.ts';
import { systemLines } from './status-text.ts';

const info: SystemInfo = {
  cpu_usage_percent: 12.34,
  memory_used_mb: 2048,
  memory_total_mb: 8192,
  memory_percent: 25,
  disk_free_gb: 70.5,
  disk_total_gb: 252,
  gpu_available: false,
  timestamp: '2026-01-02T03:04:05.678Z',
};

it('tells of the machine what was measured, and of a GPU only what is known', () => {
  expect(systemLines(info)).toEqual([
    '🖥 Процессор: 12,3 %',
    '🧠 Память: 2 ГБ из 8 ГБ (25 %)',
    '💾 Диск: свободно 70,5 ГБ из 252 ГБ',
    '🎮 GPU: нет',
  ]);
  const gpu = { ...info, gpu_available: true };
  expect(systemLines(gpu).at(-1)).toBe('🎮 GPU: есть');
  const known = { ...gpu, gpu_usage_percent: 40, gpu_memory_used_mb: 1024, gpu_memory_total_mb: 4096 };
  expect(systemLines(known).at(-1)).toBe('🎮 GPU: 40 %, память 1 ГБ из 4 ГБ');
});

const line = (message: string, level: TrainingLog['level'] = 'INFO'): TrainingLog => ({
  session_id: 'sess_0123456789ab',
  timestamp: '2026-01-02T03:04:05.678Z',
  level,
  message,
});

it('shows the newest lines of a log, oldest first', () => {
  const text = logText('sess_0123456789ab', [line('начало'), line('плохо <дело>', 'ERROR')]);
  const read = parseText(text, 'HTML');
  expect(read).toMatchObject({
    text: expect.stringMatching(/03:04:05 начало\n03:04:05 ERROR плохо <дело>$/),
  });
  expect(logText('sess_0123456789ab', [])).toMatch(/пока пусто/);
});

it('fits any log into one message', () => {
  const lines = fc.array(fc.string({ unit: 'binary', maxLength: 3000 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(lines, (messages) => {
      const read = parseText(
        logText(
          'sess_0123456789ab',
          messages.map((message) => line(message)),
        ),
        'HTML',
      );
      if ('problem' in read) throw new Error(read.problem);
      expect(read.text.length).toBeLessThanOrEqual(4096);
      expect(read.text).toContain('03:04:05');
    }),
  );
});
