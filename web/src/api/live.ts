import { ApiError, LiveMessage, type LiveRequest, type LiveTopic } from '@hearth/contract';

export type LiveState = 'idle' | 'connecting' | 'open' | 'waiting';

/** What the live connection needs of a WebSocket; the browser's own fits. */
export interface Socket {
  onopen: ((event: Event) => unknown) | null;
  onmessage: ((event: MessageEvent) => unknown) | null;
  onclose: ((event: CloseEvent) => unknown) | null;
  send(text: string): void;
  close(): void;
}

export interface LiveOptions {
  connect: () => Socket;
  token: () => Promise<string | undefined>;
  /** Runs `work` after `delayMs`; answers a way to call it off. */
  schedule?: (work: () => void, delayMs: number) => () => void;
  random?: () => number;
}

export interface Subscriber {
  onMessage: (message: LiveMessage) => void;
  /** The topic is subscribed, for the first time or again: read the state over HTTP now, and nothing is missed. */
  onReady?: () => void;
}

export interface Live {
  subscribe(topic: LiveTopic, subscriber: Subscriber): () => void;
  start(): void;
  stop(): void;
  /** Skips the wait before the next try (the network is back, the page is looked at again). */
  hurry(): void;
  onState(listener: (state: LiveState) => void): void;
}

const firstDelayMs = 500;
const longestDelayMs = 15_000;
/** Exponential, half of it random, so that many pages don't return to a restarted server in step. */
export const reconnectDelayMs = (attempt: number, random: number): number =>
  Math.min(longestDelayMs, firstDelayMs * 2 ** attempt) * (0.5 + random / 2);

/** The topic whose subscribers a message is for; undefined for messages about the connection itself. */
export function topicOf(message: LiveMessage): LiveTopic | undefined {
  switch (message.type) {
    case 'node.updated':
    case 'node.removed':
      return 'nodes';
    case 'run.updated':
      return 'runs';
    case 'run.points':
      return `run:${message.run_id}`;
    case 'job.updated':
      return 'jobs';
    case 'job.logs':
    case 'job.output':
      return `job:${message.job_id}`;
    case 'script.updated':
    case 'script.run.updated':
      return 'scripts';
    case 'deployment.updated':
    case 'deployment.removed':
      return 'deployments';
    case 'pull.updated':
      return 'pulls';
    default:
      return undefined;
  }
}

const bySetTimeout = (work: () => void, delayMs: number): (() => void) => {
  const timer = setTimeout(work, delayMs);
  return () => clearTimeout(timer);
};

/** The browser's one WebSocket: authenticates, subscribes, and comes back after every cut. */
export function createLive({
  connect,
  token,
  schedule = bySetTimeout,
  random = Math.random,
}: LiveOptions): Live {
  const subscribers = new Map<LiveTopic, Set<Subscriber>>();
  const ready = new Set<LiveTopic>();
  const listeners = new Set<(state: LiveState) => void>();
  let socket: Socket | undefined;
  let state: LiveState = 'idle';
  let attempt = 0;
  let callOff: (() => void) | undefined;

  function enter(next: LiveState): void {
    if (state === next) return;
    state = next;
    for (const listener of listeners) listener(next);
  }
  const send = (request: LiveRequest): void => socket?.send(JSON.stringify(request));

  async function open(): Promise<void> {
    enter('connecting');
    let accessToken: string | undefined;
    try {
      accessToken = await token();
    } catch (error) {
      if (state !== 'connecting') return;
      if (error instanceof ApiError && error.status === 401) enter('idle');
      else retryLater();
      return;
    }
    if (state !== 'connecting') return;
    if (!accessToken) return enter('idle');
    begin(accessToken);
  }

  function begin(accessToken: string): void {
    const opened = connect();
    socket = opened;
    opened.onopen = () => send({ type: 'authenticate', access_token: accessToken });
    opened.onmessage = (event) => {
      if (socket === opened) receive(String(event.data));
    };
    opened.onclose = () => {
      if (socket !== opened) return;
      socket = undefined;
      ready.clear();
      retryLater();
    };
  }

  function retryLater(): void {
    enter('waiting');
    callOff = schedule(() => void open(), reconnectDelayMs(attempt, random()));
    attempt += 1;
  }

  function receive(text: string): void {
    const parsed = LiveMessage.safeParse(jsonOf(text));
    if (!parsed.success) {
      console.warn(`A live message was not understood: ${parsed.error.issues[0]?.message}`);
      return;
    }
    const message = parsed.data;
    if (message.type === 'authenticated') {
      attempt = 0;
      enter('open');
      for (const topic of subscribers.keys()) send({ type: 'subscribe', topic });
    } else if (message.type === 'subscribed') {
      ready.add(message.topic);
      for (const subscriber of [...(subscribers.get(message.topic) ?? [])]) subscriber.onReady?.();
    } else if (message.type === 'problem') {
      console.warn(`The live connection reports ${message.code}: ${message.message}`);
    } else {
      const topic = topicOf(message);
      for (const subscriber of [...((topic && subscribers.get(topic)) ?? [])]) subscriber.onMessage(message);
    }
  }

  return {
    start() {
      if (state === 'idle') void open();
    },
    stop() {
      const closing = socket;
      socket = undefined;
      callOff?.();
      ready.clear();
      attempt = 0;
      enter('idle');
      closing?.close();
    },
    hurry() {
      if (state !== 'waiting') return;
      callOff?.();
      void open();
    },
    onState: (listener) => void listeners.add(listener),
    subscribe(topic, subscriber) {
      const those = subscribers.get(topic) ?? new Set();
      subscribers.set(topic, those.add(subscriber));
      if (state === 'open' && those.size === 1) send({ type: 'subscribe', topic });
      else if (ready.has(topic)) subscriber.onReady?.();
      return () => {
        those.delete(subscriber);
        if (those.size > 0 || subscribers.get(topic) !== those) return;
        subscribers.delete(topic);
        ready.delete(topic);
        if (state === 'open') send({ type: 'unsubscribe', topic });
      };
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
