import {
  Chart,
  type ChartConfiguration,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  Tooltip,
} from 'chart.js';

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Filler, Tooltip);

/** One line of a chart. Points are in ascending `x`; `y: null` leaves a gap. */
export interface Series {
  label: string;
  points: readonly { x: number; y: number | null }[];
  /** 1..6, a `--series-n` token; by position where it is not given. */
  colour?: number;
  dashed?: boolean;
  /** Down to the zero line, or to the line before this one. */
  fill?: boolean | 'previous';
}
export interface LineChartOptions {
  series: readonly Series[];
  formatX: (x: number) => string;
  formatY: (y: number) => string;
  min?: number;
  max?: number;
  logarithmic?: boolean;
  hidden: ReadonlySet<string>;
}
export type LineChartInstance = Chart<'line', { x: number; y: number | null }[]>;

const channels = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
/** Canvas understands the comma form in every browser we support. */
const colourOf = (name: string, alpha = 1): string =>
  `rgba(${channels(name).split(/\s+/).join(', ')}, ${alpha})`;

function lineChartConfig(
  options: LineChartOptions,
): ChartConfiguration<'line', { x: number; y: number | null }[]> {
  const font = { family: getComputedStyle(document.body).fontFamily, size: 11 };
  const grid = { color: colourOf('line', 0.8), drawTicks: false };
  const border = { display: false };
  return {
    type: 'line',
    data: { datasets: datasetsOf(options) },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      parsing: false,
      normalized: true,
      interaction: { mode: 'index', intersect: false, axis: 'x' },
      layout: { padding: { top: 6, right: 6 } },
      scales: {
        x: {
          type: 'linear',
          border,
          grid: { ...grid, display: false },
          ticks: {
            color: colourOf('faint'),
            font,
            maxTicksLimit: 6,
            maxRotation: 0,
            align: 'inner',
            padding: 6,
            callback: (x) => options.formatX(Number(x)),
          },
          bounds: 'data',
        },
        y: {
          type: options.logarithmic ? 'logarithmic' : 'linear',
          border,
          grid,
          min: options.min,
          max: options.max,
          ticks: {
            color: colourOf('faint'),
            font,
            maxTicksLimit: 5,
            padding: 6,
            callback: (y) => options.formatY(Number(y)),
          },
        },
      },
      plugins: {
        tooltip: {
          backgroundColor: colourOf('surface'),
          borderColor: colourOf('line-strong'),
          borderWidth: 1,
          titleColor: colourOf('muted'),
          bodyColor: colourOf('ink'),
          titleFont: { ...font, weight: 'normal' },
          bodyFont: { ...font, size: 12 },
          padding: 10,
          boxPadding: 4,
          usePointStyle: true,
          callbacks: {
            title: (items) => (items[0] ? options.formatX(Number(items[0].parsed.x)) : ''),
            label: (item) =>
              ` ${item.dataset.label}: ${item.parsed.y === null ? '—' : options.formatY(item.parsed.y)}`,
          },
        },
      },
    },
  };
}

export function datasetsOf({ series, hidden }: Pick<LineChartOptions, 'series' | 'hidden'>) {
  return series.map((line, i) => {
    const name = `series-${line.colour ?? (i % 6) + 1}`;
    return {
      label: line.label,
      data: [...line.points],
      hidden: hidden.has(line.label),
      borderColor: colourOf(name),
      backgroundColor: colourOf(name, 0.12),
      pointBackgroundColor: colourOf(name),
      borderWidth: 1.75,
      borderDash: line.dashed ? [5, 4] : [],
      fill: line.fill === 'previous' ? '-1' : line.fill ? 'origin' : false,
      // A lone point would otherwise be invisible.
      pointRadius: line.points.length < 2 ? 3 : 0,
      pointHoverRadius: 4,
      tension: 0.15,
      spanGaps: false,
    };
  });
}

export const drawLineChart = (canvas: HTMLCanvasElement, options: LineChartOptions): LineChartInstance =>
  new Chart(canvas, lineChartConfig(options));
