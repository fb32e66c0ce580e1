import type { FastifyInstance } from 'fastify';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { Database } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import type { Schedule } from '../platform/schedule.ts';
import { AccessTokens } from './access-tokens.ts';
import { AuditRepository } from './audit.repository.ts';
import { AuditService } from './audit.service.ts';
import { IdentityService } from './identity.service.ts';
import { KeysRepository } from './keys.repository.ts';
import { KeysService } from './keys.service.ts';
import { LoginService } from './login.service.ts';
import { loadSigningKey } from './secrets.ts';
import { SettingsRepository } from './settings.repository.ts';
import { SettingsService } from './settings.service.ts';
import { SetupService } from './setup.service.ts';
import { SignInsRepository } from './sign-ins.repository.ts';
import { SignInsService } from './sign-ins.service.ts';
import { UsersRepository } from './users.repository.ts';
import { UsersService } from './users.service.ts';

export interface Identity {
  identity: IdentityService;
  users: UsersService;
  signIns: SignInsService;
  logins: LoginService;
  keys: KeysService;
  settings: SettingsService;
  setup: SetupService;
  audit: AuditService;
}
export interface IdentityNeeds {
  config: Config;
  database: Database;
  log: Log;
  clock: Clock;
  schedule: Schedule;
}

const flushMs = 1_000;
const sweepMs = 6 * 3600 * 1000;

/** Builds the domain and lets its authenticator guard the app. */
export async function buildIdentity(app: FastifyInstance, needs: IdentityNeeds): Promise<Identity> {
  const { config, database, log, clock, schedule } = needs;
  const tokens = new AccessTokens(await loadSigningKey(config.home), clock);
  const people = new UsersRepository(database);
  const audit = new AuditService(new AuditRepository(database), clock, log);
  const signIns = new SignInsService(new SignInsRepository(database), people, tokens, audit, clock);
  const users = new UsersService(people, signIns, clock);
  const keys = new KeysService(new KeysRepository(database), config.apiKeys, clock);
  const settings = new SettingsService(new SettingsRepository(database));
  const setup = new SetupService(users, keys, signIns, settings, audit);
  const logins = new LoginService(people, signIns, audit, clock);
  const identity = new IdentityService(tokens, people, keys, audit, clock);
  users.onChanged = () => identity.forget();
  keys.onChanged = () => identity.forget();
  await setup.begin(config.admin);
  await signIns.forgetExpired();
  schedule.add('expired-sessions', { everyMs: sweepMs }, () => signIns.forgetExpired());
  schedule.add('audit-rows', { everyMs: flushMs }, () => audit.flush());
  app.gate.isSetupPending = () => setup.isEverythingClosed();
  app.gate.use('user', (attempt) => identity.authenticate(attempt));
  app.addHook('onClose', () => audit.flush(true));
  return { identity, users, signIns, logins, keys, settings, setup, audit };
}
