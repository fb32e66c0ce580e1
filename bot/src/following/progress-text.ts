import type { TrainingConfig, TrainingMetrics, TrainingRun } from '@hearth/contract';
import { reasonOfFailure } from '../hearth/failure.ts';
import { waitingSentence } from '../hearth/sentences.ts';
import { block, bold, code, escapeHtml } from '../telegram/html.ts';
import { clip } from '../telegram/split-text.ts';

const CELLS = 12;
const number = new Intl.NumberFormat('ru', { maximumSignificantDigits: 4 });
const percent = new Intl.NumberFormat('ru', { style: 'percent', maximumFractionDigits: 1 });
/** Longer texts of failures are read in the log; a picture's caption ends at 1024 characters. */
const LONGEST_REASON = 360;

export function progressBar(done: number, total: number): string {
  const share = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
  const full = Math.floor(share * CELLS);
  return `${'█'.repeat(full)}${'░'.repeat(CELLS - full)} ${Math.floor(share * 100)} %`;
}

const two = (value: number) => String(value).padStart(2, '0');

/** `1 ч 02 мин`, `3 мин 05 с`, `12 с`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} с`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} мин ${two(seconds % 60)} с`;
  const minutes = Math.floor(seconds / 60);
  return `${Math.floor(minutes / 60)} ч ${two(minutes % 60)} мин`;
}

export const titleOf = ({ model_architecture, dataset_name }: TrainingConfig): string =>
  `${model_architecture} на ${dataset_name}`;

const withShare = (accuracy: number | null | undefined) =>
  accuracy === null || accuracy === undefined ? '' : ` · точность ${percent.format(accuracy)}`;

/** The figures of one epoch, of training and of what was held out. */
function metricLines(row: TrainingMetrics | null): string[] {
  if (!row) return [];
  const lines = [`Потери ${number.format(row.loss)}${withShare(row.accuracy)}`];
  if (row.val_loss !== null && row.val_loss !== undefined)
    lines.push(`На проверке: потери ${number.format(row.val_loss)}${withShare(row.val_accuracy)}`);
  return lines;
}

/** What is left, reckoned from the epochs so far; nothing before the first is over. */
function remaining({ started_at, current_epoch, config }: TrainingRun, now: Date): string {
  if (!started_at || !current_epoch) return '';
  const perEpoch = (now.getTime() - Date.parse(started_at)) / current_epoch;
  return ` · осталось примерно ${duration(perEpoch * (config.epochs - current_epoch))}`;
}

function standing(run: TrainingRun, now: Date): string[] {
  const { epochs } = run.config;
  const done = run.current_epoch ?? 0;
  if (run.status === 'queued') {
    const place = run.queue_position ? `, место ${run.queue_position}` : '';
    return [`⏳ В очереди${place}`, ...(run.waiting ? [escapeHtml(waitingSentence(run.waiting))] : [])];
  }
  const lines = [progressBar(done, epochs), `Эпоха ${done} из ${epochs}`];
  if (run.status === 'running' && !run.stopping) lines[1] += remaining(run, now);
  if (run.status === 'running' && run.stopping) lines.push('⏹ Останавливается…');
  return lines;
}

const endings = {
  completed: '✅ Обучение завершено',
  failed: '❌ Обучение не удалось',
  stopped: '⏹ Обучение остановлено',
};

export const hasEnded = ({ status }: TrainingRun): boolean => status in endings;

const headOf = ({ status }: TrainingRun): string =>
  status in endings ? endings[status as keyof typeof endings] : '🎓 Обучение';

function reasonOf({ failure }: TrainingRun): string[] {
  if (!failure) return [];
  const { sentence, words } = reasonOfFailure(failure);
  return [`Причина: ${escapeHtml(sentence)}`, ...(words ? [block(clip(words, LONGEST_REASON))] : [])];
}

/** The one message that changes while a run goes on (HTML). `trouble`: why the news may be old. */
export function progressText(run: TrainingRun, now: Date, trouble?: string): string {
  return [
    `${bold(headOf(run))}: ${escapeHtml(titleOf(run.config))}`,
    code(run.session_id),
    ...standing(run, now),
    ...metricLines(run.last),
    ...reasonOf(run),
    ...(trouble ? [`⚠️ ${escapeHtml(trouble)}. Продолжаю попытки…`] : []),
  ].join('\n');
}

/** What the end notice says (HTML); short enough for a picture's caption. */
export function endText(run: TrainingRun): string {
  const tookMs =
    run.started_at && run.finished_at ? Date.parse(run.finished_at) - Date.parse(run.started_at) : undefined;
  return [
    `${bold(headOf(run))}: ${escapeHtml(titleOf(run.config))}`,
    ...metricLines(run.last),
    `Эпох: ${run.current_epoch ?? 0} из ${run.config.epochs}${tookMs === undefined ? '' : ` · за ${duration(tookMs)}`}`,
    ...(run.model ? [`Модель ${code(run.model.name)}, версия ${run.model.version}`] : []),
    ...reasonOf(run),
  ].join('\n');
}
