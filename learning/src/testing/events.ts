import type { EpochEvent, TrainingEvent } from '../training/options.ts';

/** Collects a run's events, and picks its epochs. */
export function recorder() {
  const events: TrainingEvent[] = [];
  return {
    events,
    onEvent: (event: TrainingEvent) => void events.push(event),
    epochs: () => events.filter((it): it is EpochEvent => it.type === 'epoch'),
  };
}
