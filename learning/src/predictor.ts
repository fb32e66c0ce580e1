/** Predictions from a tabular ONNX model, by column names. */
import { Worker } from 'node:worker_threads';
import { encodeCell, widthOf } from './data/encoding.ts';
import { cell } from './data/table.ts';
import { LearningError } from './errors.ts';
import { readMetadata } from './onnx/read-metadata.ts';
import { fromFailure, type PredictionAnswer, type PredictionQuestion } from './runtime/messages.ts';
import { type ModelMetadata, metadataKey, type TabularMetadata } from './training/metadata.ts';

/** A row to predict for: a value per feature column; null where it is unknown. */
export type PredictionRow = Readonly<Record<string, string | number | null>>;

/** For classes: the likeliest and every class's probability (summing to 1). For numbers: the value. */
export interface Prediction {
  readonly label?: string;
  readonly probabilities?: Record<string, number>;
  readonly value?: number;
}

export interface Predictor {
  readonly metadata: TabularMetadata;
  /**
   * One prediction per row. Rejects with LearningError: prediction.column_missing, prediction.column_unknown (the
   * target's column is ignored) or prediction.value_unreadable.
   */
  predict(rows: readonly PredictionRow[]): Promise<Prediction[]>;
  /** Ends the worker; open questions are rejected. */
  close(): Promise<void>;
}

/** Encodes rows [count × features] as the model expects them; throws as `Predictor.predict` says. */
function encodeRows(rows: readonly PredictionRow[], { features, target }: TabularMetadata): Float32Array {
  const known = new Set([...features.map((it) => it.column), target]);
  const width = features.reduce((total, it) => total + widthOf(it), 0);
  const encoded = new Float32Array(rows.length * width);
  for (const [index, row] of rows.entries()) {
    const place = `Row ${index + 1}`;
    const stranger = Object.keys(row).find((column) => !known.has(column));
    if (stranger !== undefined) {
      throw new LearningError(
        'prediction.column_unknown',
        `${place}: the model knows no column "${stranger}".`,
      );
    }
    let at = index * width;
    for (const encoding of features) {
      const value = row[encoding.column];
      if (value === undefined) {
        const message = `${place}: the column "${encoding.column}" is missing (null means unknown).`;
        throw new LearningError('prediction.column_missing', message);
      }
      if (!encodeCell(encoding, value === null ? undefined : cell(String(value)), encoded, at)) {
        const message = `${place}: "${value}" in column "${encoding.column}" is not a number.`;
        throw new LearningError('prediction.value_unreadable', message);
      }
      at += widthOf(encoding);
    }
  }
  return encoded;
}

/** Turns a model's outputs into predictions. */
function decode(values: Float32Array, count: number, classes: readonly string[] | undefined): Prediction[] {
  if (!classes) return Array.from(values, (value) => ({ value }));
  return Array.from({ length: count }, (_, row) => {
    const own = values.subarray(row * classes.length, (row + 1) * classes.length);
    const best = own.indexOf(Math.max(...own));
    return {
      label: classes[best]!,
      probabilities: Object.fromEntries(classes.map((name, index) => [name, own[index]!])),
    };
  });
}

function metadataIn(model: Uint8Array): ModelMetadata {
  const json = readMetadata(model)[metadataKey];
  if (json === undefined) throw new TypeError('the ONNX file does not describe its columns');
  return JSON.parse(json);
}

/**
 * Opens a predictor on a tabular ONNX artifact, in a worker thread. The description of its columns is read from the
 * file unless given. Rejects with TypeError for a model that is not tabular, or the runtime's error for a bad file.
 */
export async function createPredictor(
  model: Uint8Array,
  metadata: ModelMetadata = metadataIn(model),
): Promise<Predictor> {
  if (metadata.task === 'text-generation') throw new TypeError('a text model does not predict rows');
  const worker = new Worker(new URL('./runtime/prediction.worker.ts', import.meta.url), {
    workerData: model,
  });
  const waiting = new Map<number, PromiseWithResolvers<Float32Array>>();
  const ready = Promise.withResolvers<void>();
  const failAll = (error: Error) => {
    ready.reject(error);
    for (const question of waiting.values()) question.reject(error);
    waiting.clear();
  };
  worker.on('message', (answer: PredictionAnswer) => {
    if (answer.kind === 'ready') return ready.resolve();
    if (answer.kind === 'failed' && answer.id === undefined) return failAll(fromFailure(answer.failure));
    const question = waiting.get(answer.id!);
    waiting.delete(answer.id!);
    if (answer.kind === 'result') question?.resolve(answer.values);
    else question?.reject(fromFailure(answer.failure));
  });
  worker.once('error', failAll);
  worker.once('exit', () => failAll(new Error('The predictor is closed.')));
  try {
    await ready.promise;
  } catch (error) {
    await worker.terminate();
    throw error;
  }

  let asked = 0;
  let closed = false;
  return {
    metadata,
    async predict(rows) {
      if (closed) throw new Error('The predictor is closed.');
      if (rows.length === 0) return [];
      const encoded = encodeRows(rows, metadata);
      const question: PredictionQuestion = { id: ++asked, rows: encoded, count: rows.length };
      const answer = Promise.withResolvers<Float32Array>();
      waiting.set(question.id, answer);
      worker.postMessage(question, [encoded.buffer as ArrayBuffer]);
      return decode(await answer.promise, rows.length, metadata.classes);
    },
    async close() {
      closed = true;
      await worker.terminate();
    },
  };
}
