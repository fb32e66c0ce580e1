import type { TrainingMetrics } from '@hearth/contract';
import { escapeHtml } from '../telegram/html.ts';
import { drawPanel, type Line, type Panel } from './panel.ts';

const WIDTH = 1000;
const PANEL_HEIGHT = 330;
const HEADER = 64;
const FOOTER = 34;
const TRAIN = '#2563eb';
const VALIDATION = '#ea580c';

type Row = Pick<TrainingMetrics, 'epoch' | 'loss' | 'accuracy' | 'val_loss' | 'val_accuracy'>;

const number = new Intl.NumberFormat('ru', { maximumSignificantDigits: 4 });
const percent = new Intl.NumberFormat('ru', { style: 'percent', maximumFractionDigits: 1 });

const hasValues = ({ values }: Line) => values.some((value) => value !== null && Number.isFinite(value));

function panelOf(
  title: string,
  history: Row[],
  keys: ['loss' | 'accuracy', 'val_loss' | 'val_accuracy'],
): Panel {
  const [train, validation] = keys.map((key) => history.map((row) => row[key] ?? null));
  const lines = [
    { name: 'обучение', colour: TRAIN, values: train! },
    { name: 'проверка', colour: VALIDATION, values: validation! },
  ].filter(hasValues);
  const isShare = keys[0] === 'accuracy';
  return {
    title,
    epochs: history.map(({ epoch }) => epoch),
    lines,
    label: (value) => (isShare ? percent : number).format(value),
    ...(isShare ? { most: 1 } : {}),
  };
}

/** Loss and, where it was measured, accuracy over the epochs, as SVG. Undefined when there is nothing to draw. */
export function metricChart(title: string, history: Row[]): string | undefined {
  const panels = [
    panelOf('Потери', history, ['loss', 'val_loss']),
    panelOf('Точность', history, ['accuracy', 'val_accuracy']),
  ].filter(({ lines }) => lines.length > 0);
  if (panels.length === 0) return undefined;
  const height = HEADER + panels.length * PANEL_HEIGHT + FOOTER;
  const drawn = panels.map((panel, index) =>
    drawPanel(panel, { x: 0, y: HEADER + index * PANEL_HEIGHT, width: WIDTH, height: PANEL_HEIGHT }),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="DejaVu Sans">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text x="${WIDTH / 2}" y="42" font-size="24" font-weight="bold" fill="#0f172a" text-anchor="middle">${escapeHtml(title)}</text>`,
    ...drawn,
    `<text x="${WIDTH / 2}" y="${height - 14}" font-size="16" fill="#334155" text-anchor="middle">эпоха</text>`,
    '</svg>',
  ].join('');
}
