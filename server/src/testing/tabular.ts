import { finished, type ScriptedAgent, started } from './scripted-agent.ts';
import { digestOf, startRun, uploadDataset } from './story.ts';
import type { TestApp } from './test-app.ts';

/** A run whose result describes its columns as the trainer does; answers the name of its model. */
export async function agentRun(test: TestApp, agent: ScriptedAgent): Promise<string> {
  await uploadDataset(test, 'flowers');
  await startRun(test);
  const job = await agent.next('job.assign');
  const bytes = new Uint8Array(Buffer.from('onnx'));
  await agent.putArtifact(job, 'model.onnx', bytes, digestOf(bytes));
  const result = {
    task: 'classification',
    features: [{ column: 'length', kind: 'number' }],
    classes: ['a', 'b'],
  };
  agent.events(job, 1, [started(), finished('completed', result)]);
  await agent.acked(job, 2);
  return 'mlp_flowers';
}
