import { randomUUID } from 'node:crypto';
import type { Language, Role, User } from '@hearth/contract';
import { z } from 'zod';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { type Page, readCursor, toPage } from '../platform/paging.ts';
import { hashPassword } from './passwords.ts';
import type { SignInsService } from './sign-ins.service.ts';
import { toUser } from './user.ts';
import type { NewUser, UserRow, UsersRepository } from './users.repository.ts';

const Cursor = z.tuple([z.iso.datetime(), z.uuid()]);

export interface NewPerson {
  email: string;
  password: string;
  name: string;
  role: Role;
  language: Language;
}

/** People and their roles. */
export class UsersService {
  readonly #repository: UsersRepository;
  readonly #signIns: SignInsService;
  readonly #clock: Clock;
  /** Told when what a person may do has changed. */
  onChanged: (userId: string) => void = () => undefined;
  constructor(repository: UsersRepository, signIns: SignInsService, clock: Clock) {
    this.#repository = repository;
    this.#signIns = signIns;
    this.#clock = clock;
  }

  async create(person: NewPerson): Promise<User> {
    const added = await this.#repository.add(await this.#rowOf(person));
    if (!added) throw new AppError('user.exists', `There is already a person with ${person.email}.`);
    return toUser(added);
  }

  /** Undefined where somebody was there first. */
  async createFirst(person: Omit<NewPerson, 'role'>): Promise<UserRow | undefined> {
    const row = await this.#rowOf({ ...person, role: 'admin' });
    return this.#repository.transaction(async (tx) => {
      await this.#repository.lockAgainstNew(tx);
      return (await this.#repository.hasAny(tx)) ? undefined : this.#repository.add(row, tx);
    });
  }

  hasAny(): Promise<boolean> {
    return this.#repository.hasAny();
  }

  async get(id: string): Promise<UserRow> {
    const user = await this.#repository.find(id);
    if (!user) throw new AppError('user.not_found', 'There is no such person.');
    return user;
  }

  async updateProfile(id: string, change: Pick<Partial<NewPerson>, 'name' | 'language'>): Promise<User> {
    return toUser((await this.#repository.update(id, definedOnly(change)))!);
  }

  async setPassword(id: string, password: string): Promise<void> {
    await this.#repository.update(id, { passwordHash: await hashPassword(password) });
  }

  async changeStanding(id: string, change: { role?: Role; isActive?: boolean }): Promise<User> {
    await this.get(id);
    const updated = await this.#repository.transaction(async (tx) => {
      const admins = await this.#repository.lockActive(tx, 'admin');
      const isLast = admins.length === 1 && admins[0]!.id === id;
      const steps = change.isActive === false || (change.role !== undefined && change.role !== 'admin');
      if (isLast && steps) throw new AppError('user.last_admin', 'Somebody must remain administrator.');
      return (await this.#repository.update(id, definedOnly(change), tx))!;
    });
    if (change.isActive === false) await this.#signIns.endAllOf(id);
    this.onChanged(id);
    return toUser(updated);
  }

  async list(limit: number, cursor?: string, search?: string): Promise<Page<User>> {
    const after = readCursor(Cursor, cursor);
    const rows = await this.#repository.list(
      limit + 1,
      after && { at: new Date(after[0]), id: after[1] },
      search,
    );
    return toPage(rows, limit, (row) => [row.createdAt.toISOString(), row.id], toUser);
  }

  async #rowOf(person: NewPerson): Promise<NewUser> {
    const { password, ...rest } = person;
    return {
      ...rest,
      id: randomUUID(),
      passwordHash: await hashPassword(password),
      createdAt: this.#clock(),
    };
  }
}

const definedOnly = <T extends object>(change: T): T =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as T;
