import { readdirSync, readFileSync } from 'node:fs';

export interface JobProcess {
  pid: number;
  environment: Record<string, string>;
  command: string;
}

/** Living processes of these jobs, by the mark in their environment; zombies are no longer alive. */
export function processesOf(jobIds: readonly string[]): JobProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        if (stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')) return [];
        const lines = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0');
        const environment = Object.fromEntries(
          lines.filter(Boolean).map((line) => [line.split('=', 1)[0]!, line.slice(line.indexOf('=') + 1)]),
        );
        if (!jobIds.includes(environment.HEARTH_JOB_ID ?? '')) return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(name), environment, command }];
      } catch {
        return []; // it ended while we looked
      }
    });
}
