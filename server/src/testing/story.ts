import { createHash } from 'node:crypto';
import { routes, type ServerMessage, type TrainingConfig } from '@hearth/contract';
import { epochEnded, finished, type ScriptedAgent, started } from './scripted-agent.ts';
import type { TestApp } from './test-app.ts';

export type Assignment = Extract<ServerMessage, { type: 'job.assign' }>;
export const digestOf = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');
export const csv = 'length,width,class\n1,2,a\n3,4,b\n5,6,a\n';

export function asForm(content: string | Uint8Array<ArrayBuffer>, fileName: string): FormData {
  const form = new FormData();
  form.append('file', new Blob([content]), fileName);
  return form;
}

export function uploadDataset(
  test: TestApp,
  name: string,
  content: string | Uint8Array<ArrayBuffer> = csv,
  fileName = `${name}.csv`,
) {
  const body = asForm(content, fileName);
  return test.client(routes.registry.uploadDataset, { query: { dataset_name: name }, body });
}

export function startRun(test: TestApp, config: Partial<TrainingConfig> = {}) {
  const body = {
    model_architecture: 'mlp',
    dataset_name: 'flowers',
    learning_rate: 0.01,
    batch_size: 8,
    epochs: 3,
  };
  return test.client(routes.training.start, { body: { ...body, ...config } });
}

/** Plays a whole run: starts, tells of its epochs, hands in a model, ends. */
export async function playRun(agent: ScriptedAgent, job: Assignment, epochs = 3): Promise<void> {
  agent.events(job, 1, [started(), ...Array.from({ length: epochs }, (_, index) => epochEnded(index + 1))]);
  await agent.acked(job, epochs + 1);
  const bytes = new Uint8Array(Buffer.from(`onnx of ${job.jobId}`));
  await agent.putArtifact(job, 'model.onnx', bytes, digestOf(bytes));
  agent.events(job, epochs + 2, [finished('completed', { task: 'classification' })]);
  await agent.acked(job, epochs + 2);
}
