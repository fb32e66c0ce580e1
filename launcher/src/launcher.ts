/** From command line to exit code: one launcher per HEARTH_HOME, up until it is told to stop. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ArgumentError, HELP, readArguments } from './arguments.ts';
import { type Config, readConfig } from './config.ts';
import { HeldError, type Hold, holdHome } from './holder.ts';
import { openHouse, type Scripts } from './house.ts';
import { openHouseLog } from './log/house-log.ts';
import { openRotatingFile } from './log/rotating-file.ts';
import { PostgresError } from './postgres/index.ts';
import { onStopOrders } from './stop-orders.ts';
import { NeverReadyError } from './supervision/keep-running.ts';
import type { Resident } from './supervision/resident.ts';

export interface LauncherOptions {
  args: string[];
  /** The working directory of the programs, and where `.env` may stand. */
  checkout: string;
  scripts: Scripts;
}

async function live(config: Config, hold: Hold, { checkout, scripts }: LauncherOptions): Promise<void> {
  const file = openRotatingFile(join(config.home, 'logs', 'hearth.log'));
  // A terminal that went away takes our words with it, not us: its SIGHUP stops us in order.
  process.stdout.on('error', () => undefined);
  const log = openHouseLog(process.stdout, file, () => new Date());
  const orders = onStopOrders(process);
  let house: Resident | undefined;
  void orders.hurry.then(() => (house ? house.hurry() : process.exit(1)));
  log.say('launcher', `starting on ${config.home}`);
  house = await openHouse({ config, env: process.env, log, cwd: checkout, scripts, onUrl: hold.setUrl });
  try {
    await Promise.race([orders.stop, house.finished]);
  } finally {
    log.say('launcher', 'stopping');
    await house.stop();
    log.say('launcher', 'stopped');
  }
}

/** Errors that a sentence explains get no stack. */
const EXPECTED = [HeldError, PostgresError, NeverReadyError, ArgumentError];

/** Resolves with the exit code. */
export async function runLauncher(options: LauncherOptions): Promise<number> {
  const dotenv = join(options.checkout, '.env');
  if (existsSync(dotenv)) process.loadEnvFile(dotenv);
  try {
    const { help, env } = readArguments(options.args);
    if (help) {
      process.stdout.write(HELP);
      return 0;
    }
    Object.assign(process.env, env);
    const config = readConfig(process.env);
    const hold = await holdHome(config.home, new Date());
    await live(config, hold, options);
    hold.release();
    return 0;
  } catch (error) {
    if (!(error instanceof Error && EXPECTED.some((kind) => error instanceof kind))) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}
