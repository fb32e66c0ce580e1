import { createHash } from 'node:crypto';
import type { JobEvent, OutputStream, ScriptPayload } from '@hearth/contract';
import type { ScriptedServer } from './scripted-server.ts';

/** The order to run the first of these files; the server has them. */
export function scriptPayload(
  server: Pick<ScriptedServer, 'addBlob'>,
  files: Record<string, string>,
  more: Partial<ScriptPayload['program']> & { timeoutMs?: number; outputLimitBytes?: number } = {},
): ScriptPayload {
  const { timeoutMs = null, outputLimitBytes = 10_000_000, ...program } = more;
  const listed = Object.entries(files).map(([path, text]) => ({
    path,
    ...server.addBlob(Buffer.from(text)),
  }));
  const lines = listed.map(({ path, sha256 }) => `${sha256}  ${path}\n`).sort();
  return {
    kind: 'script',
    scriptName: 'test',
    asked: { args: [], mode: null, command: 'test' },
    program: {
      code: { digest: createHash('sha256').update(lines.join('')).digest('hex'), files: listed },
      runtime: { type: 'python', requirements: [] },
      entry: listed[0]?.path ?? '',
      args: [],
      environment: {},
      workingDirectory: '.',
      ...program,
    },
    timeoutMs,
    outputLimitBytes,
  };
}

export const finished = (events: JobEvent[]) => events.find((event) => event.type === 'finished');

/** What a program wrote, as it was told. */
export const outputOf = (events: JobEvent[], stream: OutputStream): string =>
  events
    .flatMap((event) => (event.type === 'output' && event.stream === stream ? [event.text] : []))
    .join('');
