import { move } from 'piscina';
import type { ThreadTask } from './thread-task.ts';

type Run = (...args: unknown[]) => unknown;
const known = new Map<string, Run>();

/** A function from its own source text. A method's shorthand (`name() {…}`) only parses inside an object. */
function compile(source: string): Run {
  const evaluate = (expression: string): unknown => new Function(`return ${expression}`)();
  try {
    return evaluate(`(${source})`) as Run;
  } catch {
    return Object.values(evaluate(`({${source}})`) as Record<string, Run>)[0]!;
  }
}

async function load({ href, name }: { href: string; name: string }): Promise<Run> {
  const exported = ((await import(href)) as Record<string, unknown>)[name];
  if (typeof exported !== 'function') throw new TypeError(`${href} exports no function ${name}`);
  return exported as Run;
}

/** The function of a task; kept, since most pools run the same few again and again. */
function find(task: ThreadTask): Run | Promise<Run> {
  const key = task.kind === 'module' ? `${task.href}#${task.name}` : task.source;
  const run = known.get(key) ?? (task.kind === 'module' ? load(task) : compile(task.source));
  if (known.size > 500) known.clear();
  if (!(run instanceof Promise)) known.set(key, run);
  else
    void run.then(
      (loaded) => known.set(key, loaded),
      () => undefined,
    );
  return run;
}

/** What every thread of a `ThreadPool` runs. */
export default async function runTask(task: ThreadTask): Promise<unknown> {
  const result = await (await find(task))(...task.args);
  const movable = task.transferResult && (result instanceof ArrayBuffer || ArrayBuffer.isView(result));
  return movable ? move(result) : result;
}
