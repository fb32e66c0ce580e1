import { inspect } from 'node:util';
import { GrammyError } from 'grammy';
import { startBot } from './bot.ts';
import { ConfigError, readProcessConfig } from './config.ts';
import { createLog, withoutSecrets } from './log.ts';

/** What a person can mend gets a sentence, no stack. */
function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof GrammyError && error.error_code === 401)
    return 'BOT_TOKEN: Telegram does not know this token.';
  if (error instanceof GrammyError && error.error_code === 409)
    return 'Another program receives the updates of this bot: stop it, or make a bot of your own with @BotFather.';
  return inspect(error);
}

const secrets: string[] = [];
try {
  const config = readProcessConfig();
  secrets.push(config.token, config.apiKey);
  const log = createLog(config.logLevel, secrets);
  const bot = await startBot(config, log);
  let stopping = false;
  const stop = async (reason: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ reason }, 'The bot stops.');
    await bot.stop().catch((err: unknown) => log.error({ err }, 'The bot did not stop cleanly.'));
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
  if (process.send) {
    process.on('disconnect', () => void stop('the launcher is gone'));
    process.send({ type: 'ready' });
  }
  await bot.finished;
} catch (error) {
  console.error(withoutSecrets(explain(error), secrets));
  process.exit(1);
}
