import { escapeHtml } from '../telegram/html.ts';
import { niceTicks, wholeTicks } from './ticks.ts';

export interface Line {
  name: string;
  colour: string;
  /** Null where there is no value. */
  values: (number | null)[];
}

export interface Panel {
  title: string;
  /** Epochs, one for each value of every line. */
  epochs: number[];
  lines: Line[];
  label: (value: number) => string;
  /** The most the axis may show; a share ends at 1. */
  most?: number;
}

/** Where a panel stands in the picture. */
export interface Frame {
  x: number;
  y: number;
  width: number;
  height: number;
}

const MARGIN = { left: 76, right: 24, top: 44, bottom: 42 };
/** Above so many epochs the dots would hide the line. */
const MOST_DOTS = 60;
const INK = '#334155';
const GRID = '#e2e8f0';

const isNumber = (value: number | null): value is number => value !== null && Number.isFinite(value);

type Scale = (value: number) => number;

/** Maps values to places; a range of nothing stands in the middle. */
function scale(low: number, high: number, from: number, to: number): Scale {
  if (high === low) return () => (from + to) / 2;
  return (value) => from + ((value - low) / (high - low)) * (to - from);
}

const fixed = (value: number) => value.toFixed(1);

/** Values that were not measured are passed over. */
function drawLine({ colour, values }: Line, epochs: number[], x: Scale, y: Scale): string {
  const places = values.flatMap((value, index) =>
    isNumber(value) ? [[fixed(x(epochs[index]!)), fixed(y(value))] as const] : [],
  );
  const path = places.map(([px, py], index) => `${index === 0 ? 'M' : 'L'}${px} ${py}`).join('');
  const dots =
    places.length > MOST_DOTS
      ? []
      : places.map(([px, py]) => `<circle cx="${px}" cy="${py}" r="4" fill="${colour}"/>`);
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="3" stroke-linejoin="round"/>${dots.join('')}`;
}

function drawLegend(lines: Line[], right: number, y: number): string {
  let x = right;
  return lines
    .toReversed()
    .map(({ name, colour }) => {
      x -= name.length * 9.5 + 42;
      return `<rect x="${x}" y="${y - 11}" width="18" height="6" rx="3" fill="${colour}"/><text x="${x + 24}" y="${y - 3}" font-size="16" fill="${INK}">${escapeHtml(name)}</text>`;
    })
    .join('');
}

/** One panel as SVG: title, legend, grid with labels, lines. */
export function drawPanel({ title, epochs, lines, label, most }: Panel, frame: Frame): string {
  const values = lines.flatMap((line) => line.values.filter(isNumber));
  const ticks = niceTicks(Math.min(...values), Math.max(...values), 5).filter(
    (tick, index) => index < 2 || most === undefined || tick <= most,
  );
  const [left, right] = [frame.x + MARGIN.left, frame.x + frame.width - MARGIN.right];
  const [top, bottom] = [frame.y + MARGIN.top, frame.y + frame.height - MARGIN.bottom];
  const x = scale(epochs[0]!, epochs.at(-1)!, left, right);
  const y = scale(ticks[0]!, ticks.at(-1)!, bottom, top);
  const rows = ticks.map((tick) => {
    const py = fixed(y(tick));
    return `<path d="M${left} ${py}H${right}" stroke="${GRID}" stroke-width="1"/><text x="${left - 10}" y="${Number(py) + 5}" font-size="15" fill="${INK}" text-anchor="end">${escapeHtml(label(tick))}</text>`;
  });
  const columns = wholeTicks(epochs[0]!, epochs.at(-1)!, 10).map((tick) => {
    const px = fixed(x(tick));
    return `<path d="M${px} ${bottom}v6" stroke="${INK}"/><text x="${px}" y="${bottom + 24}" font-size="15" fill="${INK}" text-anchor="middle">${tick}</text>`;
  });
  return [
    `<text x="${left}" y="${frame.y + 28}" font-size="19" font-weight="bold" fill="${INK}">${escapeHtml(title)}</text>`,
    drawLegend(lines, right, frame.y + 28),
    ...rows,
    ...columns,
    ...lines.map((line) => drawLine(line, epochs, x, y)),
  ].join('');
}
