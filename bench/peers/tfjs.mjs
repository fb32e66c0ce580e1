import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** TensorFlow.js on its WebAssembly back end (SIMD, and threads where Node has them), from bench/peers. */
export async function loadTfjs() {
  const require = createRequire(import.meta.url);
  const tf = require('@tensorflow/tfjs');
  const wasm = require('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  await tf.setBackend('wasm');
  await tf.ready();
  return tf;
}

/** The same llama shape as ours, written with the public operations; one call is one Adam step on one batch. */
export function transformerStep(tf, sizes, batch) {
  const { vocabulary, width, hidden, layers, heads, groups, context } = sizes;
  const headWidth = width / heads;
  const variable = (rows, columns) => tf.variable(tf.randomNormal([rows, columns], 0, 0.02));
  const ones = () => tf.variable(tf.ones([width]));
  const keys = headWidth * groups;
  const embedding = variable(vocabulary, width);
  const head = variable(width, vocabulary);
  const lastNorm = ones();
  const blocks = Array.from({ length: layers }, () => ({
    norm: ones(),
    q: variable(width, width),
    k: variable(width, keys),
    v: variable(width, keys),
    o: variable(width, width),
    norm2: ones(),
    gate: variable(width, hidden),
    up: variable(width, hidden),
    down: variable(hidden, width),
  }));
  const angles = tf.tidy(() => {
    const positions = tf.range(0, context).expandDims(1);
    const frequencies = tf
      .pow(tf.scalar(10_000), tf.range(0, headWidth / 2).mul(-2 / headWidth))
      .expandDims(0);
    return positions.mul(frequencies);
  });
  const [cos, sin] = [angles.cos(), angles.sin()];
  const mask = tf.tidy(() =>
    tf.linalg
      .bandPart(tf.ones([context, context]), -1, 0)
      .sub(1)
      .mul(1e9),
  );
  const optimizer = tf.train.adam(0.003);

  const rmsNorm = (x, gain) => x.mul(x.square().mean(-1, true).add(1e-5).rsqrt()).mul(gain);
  const split = (x, count) => x.reshape([batch, context, count, headWidth]).transpose([0, 2, 1, 3]);
  const rotary = (x) => {
    const [a, b] = tf.split(x, 2, -1);
    return tf.concat([a.mul(cos).sub(b.mul(sin)), a.mul(sin).add(b.mul(cos))], -1);
  };
  const repeat = (x) =>
    tf.concat(Array(heads / groups).fill(x), 2).reshape([batch, heads, context, headWidth]);
  const forward = (ids) => {
    let x = tf.matMul(tf.oneHot(ids.reshape([batch * context]).toInt(), vocabulary).toFloat(), embedding);
    for (const block of blocks) {
      const n = rmsNorm(x, block.norm);
      const q = rotary(split(tf.matMul(n, block.q), heads));
      const k = repeat(rotary(split(tf.matMul(n, block.k), groups)));
      const v = repeat(split(tf.matMul(n, block.v), groups));
      const scores = tf.softmax(tf.matMul(q, k, false, true).div(Math.sqrt(headWidth)).add(mask));
      const mixed = tf
        .matMul(scores, v)
        .transpose([0, 2, 1, 3])
        .reshape([batch * context, width]);
      x = x.add(tf.matMul(mixed, block.o));
      const m = rmsNorm(x, block.norm2);
      const gate = tf.matMul(m, block.gate);
      x = x.add(tf.matMul(gate.mul(tf.sigmoid(gate)).mul(tf.matMul(m, block.up)), block.down));
    }
    return tf.matMul(rmsNorm(x, lastNorm), head);
  };
  const ids = tf.randomUniformInt([batch, context], 0, vocabulary);
  const targets = tf.oneHot(tf.randomUniformInt([batch * context], 0, vocabulary), vocabulary).toFloat();
  return async () => {
    const cost = optimizer.minimize(() => tf.losses.softmaxCrossEntropy(targets, forward(ids)), true);
    await cost.data();
    cost.dispose();
  };
}

/** A dense classifier trained by the layers API; one call is one epoch. */
export function perceptronEpoch(tf, rows, columns, classes, batchSize) {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ inputShape: [columns], units: 64, activation: 'relu' }),
      tf.layers.dense({ units: 64, activation: 'relu' }),
      tf.layers.dense({ units: classes, activation: 'softmax' }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.003), loss: 'categoricalCrossentropy' });
  const x = tf.randomNormal([rows, columns]);
  const y = tf.oneHot(tf.randomUniformInt([rows], 0, classes), classes).toFloat();
  return async () => {
    await model.fit(x, y, { epochs: 1, batchSize, verbose: 0, shuffle: true });
  };
}
