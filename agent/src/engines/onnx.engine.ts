import { readFile } from 'node:fs/promises';
import type { ModelInput } from '@hearth/contract';
import { createPredictor, LearningError, type Predictor } from '@hearth/learning';
import { type Engine, EngineError, type EngineModel, type PredictRequest } from './engine.ts';

/** Loads a model of rows and columns that this product has trained: its file says which columns it asks for. */
export async function openOnnx({ path }: EngineModel): Promise<Engine> {
  return new OnnxEngine(await createPredictor(await readFile(path)));
}

class OnnxEngine implements Engine {
  readonly facts;
  readonly #predictor: Predictor;

  constructor(predictor: Predictor) {
    this.#predictor = predictor;
    const { features, classes } = predictor.metadata;
    const inputs = features.map((feature): ModelInput => {
      if (feature.kind === 'number')
        return { name: feature.column, kind: 'number', example: rounded(feature.mean) };
      return {
        name: feature.column,
        kind: 'category',
        categories: [...feature.values],
        example: feature.values[0],
      };
    });
    this.facts = { chats: false, inputs, classes: classes ? [...classes] : null };
  }

  async generate(): Promise<never> {
    throw new EngineError('deployment.unsuited', 'This model predicts rows; it does not write text.');
  }

  async predict(rows: PredictRequest['rows']) {
    try {
      return await this.#predictor.predict(rows);
    } catch (error) {
      if (error instanceof LearningError) throw new EngineError(error.code, error.message);
      throw error;
    }
  }

  close(): Promise<void> {
    return this.#predictor.close();
  }
}

const rounded = (value: number) => Number(value.toPrecision(4));
