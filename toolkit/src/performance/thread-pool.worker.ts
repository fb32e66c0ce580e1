import { move } from 'piscina';
import type { ThreadTask } from './thread-task.ts';

type Run = (...args: unknown[]) => unknown;
const compiled = new Map<string, Run>();

/** A function from its own source text. A method's shorthand (`name() {…}`) only parses inside an object. */
function compile(source: string): Run {
  const evaluate = (expression: string): unknown => new Function(`return ${expression}`)();
  try {
    return evaluate(`(${source})`) as Run;
  } catch {
    return Object.values(evaluate(`({${source}})`) as Record<string, Run>)[0]!;
  }
}

async function find(task: ThreadTask): Promise<Run> {
  if (task.kind === 'module') {
    const exported = ((await import(task.href)) as Record<string, unknown>)[task.name];
    if (typeof exported !== 'function') throw new TypeError(`${task.href} exports no function ${task.name}`);
    return exported as Run;
  }
  const run = compiled.get(task.source) ?? compile(task.source);
  if (compiled.size > 500) compiled.clear();
  compiled.set(task.source, run);
  return run;
}

/** What every thread of a `ThreadPool` runs. */
export default async function runTask(task: ThreadTask): Promise<unknown> {
  const result = await (await find(task))(...task.args);
  const movable = task.transferResult && (result instanceof ArrayBuffer || ArrayBuffer.isView(result));
  return movable ? move(result) : result;
}
