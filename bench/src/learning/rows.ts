import { type EpochEvent, getArchitecture, train } from '@hearth/learning';
import { loadPeer } from '../peers.ts';

type Timed = () => Promise<void>;
/** What `bench/peers/tfjs.mjs` exports. */
interface TfjsPeer {
  loadTfjs(): Promise<object>;
  perceptronEpoch(tf: object, rows: number, columns: number, classes: number, batchSize: number): Timed;
  transformerStep(tf: object, sizes: Record<string, number>, windows: number): Timed;
}

const [rows, columns, classes, batchSize] = [10_000, 32, 10, 64];
const [steps, windows, vocabulary] = [20, 4, 64];

/** Deterministic table: `classes` noisy clusters, as CSV. */
function table(): string {
  let state = 12345;
  const next = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
  const names = Array.from({ length: columns }, (_, i) => `x${i}`);
  const lines = Array.from({ length: rows }, (_, row) => {
    const label = row % classes;
    const values = names.map((_, i) => (((label * (i + 3)) % 7) + next() * 4).toFixed(3));
    return `${values.join(',')},c${label}`;
  });
  return [`${names.join(',')},label`, ...lines].join('\n');
}

/** A text over exactly `vocabulary` characters. */
function text(): string {
  const letters = Array.from({ length: vocabulary }, (_, i) => String.fromCharCode(48 + i));
  return Array.from({ length: 60_000 }, (_, i) => letters[(i * i + 7 * i + (i >> 5)) % vocabulary]).join('');
}

async function epochSeconds(options: Parameters<typeof train>[0]): Promise<number[]> {
  const seconds: number[] = [];
  await train({
    ...options,
    onEvent: (event) => event.type === 'epoch' && seconds.push((event as EpochEvent).seconds),
  });
  return seconds;
}

/** One epoch of an MLP and one step of a 210k-parameter transformer, beside TensorFlow.js on WebAssembly. */
export async function start() {
  const { loadTfjs, perceptronEpoch, transformerStep } = await loadPeer<TfjsPeer>('tfjs.mjs');
  const tf = await loadTfjs();
  const tfEpoch = perceptronEpoch(tf, rows, columns, classes, batchSize);
  const { context, width, hidden, layers, heads, groups } = (() => {
    const found = getArchitecture('tiny-llama');
    if (found.data !== 'text') throw new Error('tiny-llama learns from text');
    return found.sizes;
  })();
  const tfStep = transformerStep(tf, { vocabulary, context, width, hidden, layers, heads, groups }, windows);
  const tableText = table();
  const bookText = text();
  const timed = async (run: () => Promise<void>, times: number) => {
    await run();
    const began = performance.now();
    for (let i = 0; i < times; i++) await run();
    return (performance.now() - began) / times;
  };
  return {
    rows: [
      {
        name: `MLP epoch, ${rows} rows, ${columns}→64→64→${classes}, batch ${batchSize}`,
        unit: 'ms',
        ours: async () => {
          const config = {
            learning_rate: 0.003,
            batch_size: batchSize,
            epochs: 6,
            validation_fraction: 0.001,
          };
          const seconds = await epochSeconds({
            architecture: 'mlp',
            data: { format: 'csv', text: tableText },
            config,
          });
          return Math.min(...seconds.slice(1)) * 1000;
        },
        peers: { 'tfjs-wasm': () => timed(tfEpoch, 2) },
        note: 'best of five epochs after the first; Adam on both',
      },
      {
        name: `transformer step, tiny-llama, ${windows} × ${context} tokens`,
        unit: 'ms',
        ours: async () => {
          const config = {
            learning_rate: 0.003,
            batch_size: windows,
            epochs: 3,
            steps_per_epoch: steps,
            validation_fraction: 0.01,
          };
          const seconds = await epochSeconds({
            architecture: 'tiny-llama',
            data: { format: 'text', text: bookText },
            config,
          });
          return (Math.min(...seconds.slice(1)) / steps) * 1000;
        },
        peers: { 'tfjs-wasm': () => timed(tfStep, 3) },
        note: 'the same shape in tfjs operations; ours includes validation of the epoch',
      },
    ],
  };
}
