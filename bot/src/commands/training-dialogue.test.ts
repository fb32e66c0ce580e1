import type { Architecture } from '@hearth/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseText } from '../testing/telegram/html.ts';
import {
  type At,
  chooseDataset,
  chooseEpochs,
  choosePlan,
  configOf,
  type Dialogue,
  parseEpochs,
  plansFor,
} from './training-dialogue.ts';
import { ask, trainButton } from './training-questions.ts';

const architecture = (
  name: string,
  data: Architecture['data'],
  problem: string | null = null,
): Architecture => ({
  name,
  data,
  description: '',
  origin: 'built-in',
  options: [],
  supports: { resume: true, gpus: false, nodes: false },
  requirements: [],
  problem,
  defaults: {
    learning_rate: 0.01,
    batch_size: 8,
    epochs: 10,
    optimizer: 'adam',
    loss_function: 'cross_entropy',
  },
});
const architectures = [
  architecture('logistic', 'tabular'),
  architecture('mlp', 'tabular'),
  architecture('broken', 'tabular', 'python3 is missing'),
  architecture('tiny-llama', 'text'),
];
const start: At<'dataset'> = {
  step: 'dataset',
  id: '0123abcd',
  datasets: [
    { name: 'iris', format: 'csv' },
    { name: 'alice', format: 'text' },
    { name: 'pictures', format: 'zip' },
  ],
  page: 0,
};

it('offers what can learn from the data and can be used', () => {
  expect(plansFor('csv', architectures).map((plan) => plan.architecture)).toEqual(['logistic', 'mlp']);
  expect(plansFor('zip', architectures)).toEqual([]);
});

it('goes from data set to model to epochs to a configuration the server takes', () => {
  const second = chooseDataset(start, 0, architectures) as At<'architecture'>;
  expect(second.step).toBe('architecture');
  const third = choosePlan(second, 1) as At<'epochs'>;
  const last = chooseEpochs(third, 7) as At<'confirm'>;
  expect(configOf(last)).toEqual({
    model_architecture: 'mlp',
    dataset_name: 'iris',
    learning_rate: 0.01,
    batch_size: 8,
    epochs: 7,
    optimizer: 'adam',
    loss_function: 'cross_entropy',
  });
});

it('skips the question for the model where there is one, and ends where there is none', () => {
  expect(chooseDataset(start, 1, architectures)).toMatchObject({ step: 'epochs', dataset: 'alice' });
  expect(chooseDataset(start, 2, architectures)).toBeUndefined();
  expect(chooseDataset(start, 9, architectures)).toBeUndefined();
});

it('takes whole numbers from 1 to 200 for epochs, and nothing else', () => {
  fc.assert(
    fc.property(fc.integer({ min: -500, max: 500 }), (value) => {
      expect(parseEpochs(` ${value} `)).toBe(value >= 1 && value <= 200 ? value : undefined);
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      const epochs = parseEpochs(text);
      if (epochs !== undefined) expect(text.trim()).toMatch(/^\d+$/);
    }),
  );
});

const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 100 });
it('asks in text that Telegram takes, with buttons that fit and that we understand', () => {
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 40 }), fc.nat(4), (names, page) => {
      const datasets = names.map((one) => ({ name: one, format: 'csv' }));
      const first: Dialogue = {
        ...start,
        datasets,
        page: Math.min(page, Math.floor((names.length - 1) / 8)),
      };
      const second = chooseDataset(first, 0, architectures) as At<'architecture'>;
      const third = choosePlan(second, 0) as At<'epochs'>;
      for (const dialogue of [first, second, third, chooseEpochs(third, 200)]) {
        const { text, keyboard } = ask(dialogue);
        expect(parseText(text, 'HTML')).toHaveProperty('text');
        for (const button of keyboard!.inline_keyboard.flat()) {
          const data = 'callback_data' in button ? button.callback_data : '';
          expect(data).toMatch(trainButton);
          expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64);
        }
      }
    }),
  );
});

it('shows data sets page by page', () => {
  const datasets = Array.from({ length: 20 }, (_, index) => ({ name: `d${index}`, format: 'csv' }));
  const labels = (page: number) =>
    ask({ ...start, datasets, page })
      .keyboard!.inline_keyboard.flat()
      .map(({ text }) => text);
  expect(labels(0)).toEqual(['d0', 'd1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7', '▶️', '❌ Отмена']);
  expect(labels(2)).toEqual(['d16', 'd17', 'd18', 'd19', '◀️', '❌ Отмена']);
});
