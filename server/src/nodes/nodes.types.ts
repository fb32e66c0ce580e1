import type { AgentMessage, ServerMessage } from '@hearth/contract';

type Of<Type extends AgentMessage['type']> = Extract<AgentMessage, { type: Type }>;
export type Hello = Of<'hello'>;
export type Welcome = Extract<ServerMessage, { type: 'welcome' }>;
/** Messages that domains above take care of. */
export type WorkMessage = Exclude<AgentMessage, Hello>;

/** A domain that works through nodes. Messages of one node come in their order, one at a time; only journals of jobs overlap. */
export interface NodeListener {
  /** What this domain adds to the welcome; the node counts as online only afterwards. */
  onHello?(
    nodeId: string,
    hello: Hello,
    linkId: string,
  ): Promise<Partial<Pick<Welcome, 'jobs' | 'deployments'>>>;
  onOnline?(nodeId: string): void;
  onMessage?(nodeId: string, message: WorkMessage): Promise<void>;
  /** Streams cannot wait behind journals: called at once, in order. */
  onInference?(nodeId: string, message: WorkMessage): void;
  /** A frame that claimed to carry a job's events but does not parse. */
  onBrokenEvents?(nodeId: string, job: { jobId: string; leaseId: string }, reason: string): Promise<void>;
  onOffline?(nodeId: string): void;
}

export interface OnlineNode {
  nodeId: string;
  jobKinds: readonly string[];
  engines: readonly string[];
  /** The connection; whoever gives the node work names it, so that nothing goes to one that was replaced. */
  linkId: string;
  gpus: number;
  /** Where other machines reach it. */
  address: string;
}
