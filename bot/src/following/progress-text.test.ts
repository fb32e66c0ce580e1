import type { TrainingRun } from '@hearth/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseText } from '../testing/telegram/html.ts';
import { duration, endText, progressBar, progressText } from './progress-text.ts';

const at = (second: number) => new Date(Date.UTC(2026, 0, 2, 3, 4, second));
const run: TrainingRun = {
  session_id: 'sess_0123456789ab',
  run_id: '0'.repeat(32),
  job_id: '00000000-0000-4000-8000-000000000000',
  attempt: 1,
  checkpoint: null,
  config: {
    model_architecture: 'mlp',
    dataset_name: 'iris',
    learning_rate: 0.01,
    batch_size: 8,
    epochs: 10,
    optimizer: 'adam',
    loss_function: 'cross_entropy',
  },
  status: 'running',
  stopping: false,
  created_at: at(0).toISOString(),
  started_at: at(0).toISOString(),
  finished_at: null,
  current_epoch: 4,
  queue_position: null,
  node_id: null,
  node_name: null,
  created_by: null,
  ...{ error_message: null, failure: null },
  last: {
    session_id: 'sess_0123456789ab',
    epoch: 4,
    loss: 0.123456,
    accuracy: 0.9331,
    val_loss: 0.2,
    val_accuracy: null,
    timestamp: at(4).toISOString(),
  },
  model: null,
  dataset_sha256: '0'.repeat(64),
  code_digest: null,
  gpus: [],
  ...{ waiting_for: null, waiting: null },
};
const read = (html: string) => {
  const parsed = parseText(html, 'HTML');
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.text;
};
const failed = (message: string) => ({ code: 'job.failed' as const, message, details: {} });
const spaces = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

it('shows how far a run is and what is left', () => {
  expect(spaces(read(progressText(run, at(8))))).toBe(
    [
      '🎓 Обучение: mlp на iris',
      'sess_0123456789ab',
      '████░░░░░░░░ 40 %',
      'Эпоха 4 из 10 · осталось примерно 12 с',
      'Потери 0,1235 · точность 93,3 %',
      'На проверке: потери 0,2',
    ].join('\n'),
  );
});

it.each<[string, Partial<TrainingRun>, RegExp]>([
  [
    'in the queue',
    { status: 'queued', queue_position: 3, current_epoch: null, started_at: null, last: null },
    /⏳ В очереди, место 3/,
  ],
  [
    'in the queue with a reason',
    {
      status: 'queued',
      waiting: { code: 'waiting.gpus_busy', message: 'Waits until 2 GPUs are free.', details: { gpus: 2 } },
    },
    /Ждёт, пока на одной машине освободятся видеокарты: нужно 2\n/,
  ],
  ['being stopped', { stopping: true }, /⏹ Останавливается…/],
  ['before its first epoch', { current_epoch: null, last: null }, /░{12} 0 %\nЭпоха 0 из 10$/],
  [
    'failed',
    { status: 'failed', failure: failed('a < b && c > d') },
    /❌ Обучение не удалось[\s\S]*Причина: программа закончилась с ошибкой\na < b && c > d$/,
  ],
  [
    'failed for a reason that needs no other words',
    { status: 'failed', failure: { code: 'job.node_lost', message: 'Lost.', details: {} } },
    /Причина: машина пропала, не закончив работу$/,
  ],
  [
    'failed for what failed elsewhere',
    {
      status: 'failed',
      failure: { code: 'job.gang_broken', message: 'Elsewhere.', details: { cause: 'storage.full' } },
    },
    /Причина: не удалось на другой машине этой группы: на диске закончилось место\nElsewhere\.$/,
  ],
])('a run that is %s', (_, over, expected) => {
  expect(read(progressText({ ...run, ...over }, at(8)))).toMatch(expected);
});

it('says what stands in the way of newer figures', () => {
  expect(read(progressText(run, at(8), 'Превышено время ожидания'))).toMatch(
    /⚠️ Превышено время ожидания\. Продолжаю попытки…$/,
  );
});

it('tells the end: model, time, figures; fits a caption whatever the reason', () => {
  const done = {
    ...run,
    status: 'completed' as const,
    current_epoch: 10,
    finished_at: at(30).toISOString(),
    model: { name: 'mlp_iris', version: 2 },
  };
  expect(spaces(read(endText(done)))).toMatch(
    /✅ Обучение завершено: mlp на iris[\s\S]*Эпох: 10 из 10 · за 30 с\nМодель mlp_iris, версия 2/,
  );
  const long = {
    ...run,
    status: 'failed' as const,
    failure: { ...failed('<&>'.repeat(2000)), code: 'job.crashed' as const },
    config: { ...run.config, model_architecture: 'm'.repeat(100), dataset_name: 'd'.repeat(100) },
    model: { name: 'n'.repeat(100), version: 1000 },
  };
  expect(read(endText(long)).length).toBeLessThanOrEqual(1024);
});

it('is always text that Telegram can parse', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (name, reason) => {
      const config = { ...run.config, dataset_name: name };
      const text = progressText({ ...run, config, status: 'failed', failure: failed(reason || '?') }, at(9));
      expect(read(text)).toContain(name);
    }),
  );
});

it('draws a bar that never lies', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.integer({ min: 1, max: 1000 }), (done, total) => {
      const bar = progressBar(done, total);
      const full = [...bar].filter((cell) => cell === '█').length;
      expect(full === 12).toBe(done >= total);
      expect([...bar].filter((cell) => cell === '░').length).toBe(12 - full);
    }),
  );
  expect(progressBar(0, 0)).toBe(`${'░'.repeat(12)} 0 %`);
});

it.each([
  [0, '0 с'],
  [12_400, '12 с'],
  [185_000, '3 мин 05 с'],
  [3_720_000, '1 ч 02 мин'],
])('%s ms is %s', (ms, text) => expect(duration(ms)).toBe(text));
