import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { routes } from '@hearth/contract';
import { startProduct } from '../testing/product.ts';
import { runChaos } from './chaos.ts';
import type { Victim } from './processes.ts';

/** `npm run chaos [-- rounds [seed]]`: kill -9 of server, agent and database, each `rounds` times (20), recorded. */
const rounds = Number(process.argv[2] ?? 20);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
const victims = Array.from({ length: rounds }, () => ['server', 'agent', 'database'] as Victim[]).flat();
console.log(`seed ${seed}, ${victims.length} kills`);
const product = await startProduct();
const lines: string[] = [];
const log = (line: string) => {
  lines.push(line);
  console.log(line);
};
try {
  await product.client(routes.registry.addBundledDataset, { params: { name: 'digits' } });
  const config = {
    model_architecture: 'mlp',
    dataset_name: 'digits',
    learning_rate: 0.001,
    batch_size: 1,
    epochs: 1000,
  };
  const result = await runChaos(product, config, victims, seed, log);
  const slowest = Math.max(...result.kills.map((kill) => kill.readySeconds));
  log(
    `the run ${result.finalState} with ${result.epochs} of 1000 epochs; slowest ready again ${slowest.toFixed(2)} s`,
  );
  const record = `# Chaos, last full run\n\n${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores, Node ${process.version}, seed ${seed}. kill -9 at seeded random moments while a run trains and logs.\n\n\`\`\`\n${lines.join('\n')}\n\`\`\`\n`;
  writeFileSync(fileURLToPath(new URL('../../CHAOS.md', import.meta.url)), record);
  if (result.finalState !== 'completed' || result.epochs !== 1000 || slowest > 5) process.exitCode = 1;
} finally {
  await product.stop();
}
