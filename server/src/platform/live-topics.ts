import type { LiveTopic, Permission } from '@hearth/contract';

/** What one needs to be allowed to listen to a topic. */
export function permissionOf(topic: LiveTopic): Permission {
  if (topic === 'nodes') return 'nodes.read';
  if (topic === 'deployments') return 'deployments.read';
  if (topic === 'pulls') return 'registry.read';
  if (topic === 'scripts') return 'scripts.read';
  if (topic === 'jobs' || topic.startsWith('job:')) return 'jobs.read';
  return 'training.read';
}
