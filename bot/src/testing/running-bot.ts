import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningBot, startBot, type Tuning } from '../bot.ts';
import { readConfig } from '../config.ts';
import { createLog } from '../log.ts';
import { type Telegram, testToken } from './telegram/telegram.ts';

export const adminId = 1001;

export const newHome = () => mkdtempSync(join(tmpdir(), 'hearth-bot-'));

export interface BotSettings {
  telegram: Telegram;
  apiUrl: string;
  apiKey: string;
  home?: string;
  env?: Record<string, string>;
  tuning?: Tuning;
}

/** The bot as `main.ts` starts it, in this process, with its waits shortened. */
export function startTestBot({
  telegram,
  apiUrl,
  apiKey,
  home = newHome(),
  env,
  tuning,
}: BotSettings): Promise<RunningBot> {
  const config = readConfig({
    API_URL: apiUrl,
    API_KEY: apiKey,
    BOT_TOKEN: testToken,
    ADMIN_ID: String(adminId),
    BOT_API_URL: telegram.url,
    HEARTH_HOME: home,
    ...env,
  });
  return startBot(config, createLog(process.env.TEST_LOG_LEVEL ?? 'silent'), {
    pollMs: 100,
    editIntervalMs: 120,
    ...tuning,
  });
}
