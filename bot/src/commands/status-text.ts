import type { Dataset, Model, SystemInfo, TrainingRun, TrainingSession } from '@hearth/contract';
import type { z } from 'zod';
import { progressBar, titleOf } from '../following/progress-text.ts';

const number = new Intl.NumberFormat('ru', { maximumFractionDigits: 1 });
const small = new Intl.NumberFormat('ru', { maximumSignificantDigits: 2 });
const gb = (mb: number) => `${number.format(mb / 1024)} ГБ`;
const size = (mb: number) => (mb >= 1024 ? gb(mb) : `${(mb >= 10 ? number : small).format(mb)} МБ`);

/** The server machine's load. */
export function systemLines(info: SystemInfo): string[] {
  const lines = [
    `🖥 Процессор: ${number.format(info.cpu_usage_percent)} %`,
    `🧠 Память: ${gb(info.memory_used_mb)} из ${gb(info.memory_total_mb)} (${number.format(info.memory_percent)} %)`,
    `💾 Диск: свободно ${number.format(info.disk_free_gb)} ГБ из ${number.format(info.disk_total_gb)} ГБ`,
  ];
  if (!info.gpu_available) return [...lines, '🎮 GPU: нет'];
  const usage =
    info.gpu_usage_percent === null || info.gpu_usage_percent === undefined
      ? ''
      : `${number.format(info.gpu_usage_percent)} %`;
  const memory =
    info.gpu_memory_used_mb && info.gpu_memory_total_mb
      ? `память ${gb(info.gpu_memory_used_mb)} из ${gb(info.gpu_memory_total_mb)}`
      : '';
  return [...lines, `🎮 GPU: ${[usage, memory].filter(Boolean).join(', ') || 'есть'}`];
}

const states = {
  queued: 'в очереди',
  running: 'идёт',
  completed: 'завершено',
  failed: 'не удалось',
  stopped: 'остановлено',
};

function runLines(run: TrainingRun): string[] {
  const done = run.current_epoch ?? 0;
  return [
    `• ${titleOf(run.config)}: эпоха ${done} из ${run.config.epochs}`,
    `  ${progressBar(done, run.config.epochs)}`,
  ];
}

export interface Status {
  info: SystemInfo;
  /** Newest first. */
  runs: TrainingRun[];
  queue: z.infer<typeof TrainingSession>[];
  models: Model[];
  deployed: string[];
}

const LISTED = 10;

/** Machine, what is being trained, what waits, what there is to talk to. */
export function statusText({ info, runs, queue, models, deployed }: Status): string {
  const running = runs.filter(({ status }) => status === 'running');
  const ended = runs.find(({ status }) => status !== 'running' && status !== 'queued');
  const waiting = queue.slice(0, LISTED).map(({ config }, index) => `${index + 1}. ${titleOf(config)}`);
  return [
    '📊 Статус',
    ...systemLines(info),
    '',
    `🎓 Обучается: ${running.length || 'ничего'}`,
    ...running.flatMap(runLines),
    `⏳ В очереди: ${queue.length || 'пусто'}`,
    ...waiting,
    ...(ended ? [`🏁 Последнее: ${titleOf(ended.config)}, ${states[ended.status]}`] : []),
    '',
    `📦 Моделей: ${models.length}`,
    `💬 Развёрнуто для чата: ${deployed.length === 0 ? 'ничего' : deployed.join(', ')}`,
  ].join('\n');
}

function datasetLine({ name, format, size_mb, sample_count, columns }: Dataset): string {
  const facts = [format, size(size_mb)];
  if (sample_count !== null)
    facts.push(`${format === 'text' ? 'знаков' : 'записей'}: ${sample_count.toLocaleString('ru')}`);
  if (columns?.length) facts.push(`столбцов: ${columns.length}`);
  return `• ${name}: ${facts.join(', ')}`;
}

/** Some of the data sets, of so many. */
export const datasetsText = (datasets: Dataset[], total: number): string =>
  total === 0
    ? 'Датасетов пока нет. Загрузите первый на странице «Данные» в веб-интерфейсе.'
    : [`📁 Датасеты (${total})`, ...datasets.map(datasetLine)].join('\n');
