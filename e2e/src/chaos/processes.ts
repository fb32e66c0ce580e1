import { readdirSync, readFileSync } from 'node:fs';

/** One row of the process table. */
interface Process {
  pid: number;
  parent: number;
  command: string;
}

function table(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(name), parent, command }];
      } catch {
        return []; // it ended while we looked
      }
    });
}

export type Victim = 'server' | 'agent' | 'database' | 'bot';
const commands: Record<Victim, RegExp> = {
  server: /server\/src\/main\.ts/,
  agent: /agent\/src\/main\.ts/,
  bot: /bot\/src\/main\.ts/,
  database: /bin\/postgres .*-D /,
};

/** Process id of a part of the product that runs under this launcher and keeps its state in `home`. */
export function findVictim(victim: Victim, launcher: number, home: string): number | undefined {
  const all = table();
  const found = all.filter((p) => commands[victim].test(p.command));
  const below = (pid: number): boolean => {
    const parent = all.find((p) => p.pid === pid)?.parent ?? 0;
    return parent === launcher || (parent > 1 && below(parent));
  };
  return (found.find((p) => below(p.pid)) ?? found.find((p) => p.command.includes(home)))?.pid;
}
