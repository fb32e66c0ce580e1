import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testDatabase } from '@hearth/launcher/testing';
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { decode, pointsOf } from '../tracking/chunks.ts';
import { migrateDatabase } from './migrate.ts';

const migrations = join(import.meta.dirname, '../../migrations');

/** The first so many migrations alone. */
async function migrationsUntil(count: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hearth-older-'));
  await mkdir(join(folder, 'meta'));
  const journal = JSON.parse(await readFile(join(migrations, 'meta/_journal.json'), 'utf8'));
  const entries: { tag: string }[] = journal.entries.slice(0, count);
  for (const { tag } of entries) await cp(join(migrations, `${tag}.sql`), join(folder, `${tag}.sql`));
  await writeFile(join(folder, 'meta/_journal.json'), JSON.stringify({ ...journal, entries }));
  return folder;
}

const sha256 = 'a'.repeat(64);
const job = '00000000-0000-4000-8000-000000000001';
const waiting = '00000000-0000-4000-8000-000000000002';
const held = `
  insert into blobs (sha256, size_bytes) values ('${sha256}', 5);
  insert into datasets (name, sha256, size_bytes, format, sample_count, file_name, created_at)
    values ('mine', '${sha256}', 5, 'csv', 3, 'mine.csv', now());
  insert into models (name, created_at) values ('mlp_mine', now());
  insert into model_versions (model_name, version, task, metadata, lineage_kind, session_id, created_at)
    values ('mlp_mine', 1, 'classification', '{}', 'run', 'sess_000000000001', now()),
           ('mlp_mine', 2, 'classification', '{}', 'upload', null, now());
  insert into jobs (id, kind, title, state, outcome, priority, payload, created_at, started_at, finished_at)
    values ('${job}', 'training', 'mlp on mine', 'finished', 'completed', 0, '{}', now(), now(), now());
  insert into jobs (id, kind, title, state, priority, payload, created_at)
    values ('${waiting}', 'training', 'mlp on mine', 'queued', 0, '{}', now());
  insert into training_runs (session_id, job_id, config, dataset_name, dataset_sha256, created_by, created_at)
    values ('sess_000000000001', '${job}', '{"epochs": 2, "optimizer": "adam"}', 'mine', '${sha256}', 'ada', now()),
           ('sess_000000000002', '${waiting}', '{"epochs": 2}', 'mine', '${sha256}', 'ada', now());
  insert into training_epochs (session_id, epoch, loss, accuracy, val_loss, at)
    values ('sess_000000000001', 1, 0.5, 0.6, 0.7, now()), ('sess_000000000001', 2, 0.25, 0.8, null, now());
  insert into training_steps (session_id, step, epoch, loss, at) values ('sess_000000000001', 7, 1, 0.55, now());`;

it('carries over what a first version held: data sets, models, sessions and their metrics', async () => {
  const { url, drop } = await testDatabase();
  const first = await migrationsUntil(1);
  await migrateDatabase(url, first);
  const client = new Client({ connectionString: url });
  await client.connect();
  const rows = async (sql: string) => (await client.query(sql)).rows;
  try {
    await client.query(held);
    await migrateDatabase(url);
    expect(await rows('select dataset_name, version, sha256, sample_count from dataset_versions')).toEqual([
      { dataset_name: 'mine', version: 1, sha256, sample_count: '3' },
    ]);
    expect(await rows('select latest_version, version_count from datasets')).toEqual([
      { latest_version: 1, version_count: 1 },
    ]);
    expect(await rows('select latest_version, last_version, version_count from models')).toEqual([
      { latest_version: 2, last_version: 2, version_count: 2 },
    ]);
    const tracked =
      'select session_id, experiment_id::int, name, status, params from runs order by session_id';
    expect(await rows(tracked)).toEqual([
      {
        session_id: 'sess_000000000001',
        experiment_id: 0,
        name: 'mlp on mine',
        status: 'FINISHED',
        params: { epochs: '2', optimizer: 'adam' },
      },
      {
        session_id: 'sess_000000000002',
        experiment_id: 0,
        name: 'mlp on mine',
        status: 'FAILED',
        params: { epochs: '2' },
      },
    ]);
    const points = (
      await rows(
        'select key, data from metric_series join metric_chunks c on c.series_id = metric_series.id order by key',
      )
    ).flatMap(({ key, data }) =>
      [...pointsOf(decode(data))].map(({ step, value }) => ({ key, step, value })),
    );
    expect(points).toEqual([
      { key: 'accuracy', step: 1, value: 0.6 },
      { key: 'accuracy', step: 2, value: 0.8 },
      { key: 'loss', step: 1, value: 0.5 },
      { key: 'loss', step: 2, value: 0.25 },
      { key: 'step_loss', step: 7, value: 0.55 },
      { key: 'val_loss', step: 1, value: 0.7 },
    ]);
    expect(
      await rows('select key, points::int, min_value, max_value from metric_series where key = $$loss$$'),
    ).toEqual([{ key: 'loss', points: 2, min_value: 0.25, max_value: 0.5 }]);
    expect(await rows(`select outcome, error->>'code' as code from jobs where id = '${waiting}'`)).toEqual([
      { outcome: 'failed', code: 'job.interrupted' },
    ]);
  } finally {
    await client.end();
    await drop();
    await rm(first, { recursive: true });
  }
});

it('carries over what a second version held: runs of scripts, and points in rows of their own', async () => {
  const { url, drop } = await testDatabase();
  const second = await migrationsUntil(3);
  await migrateDatabase(url, second);
  const client = new Client({ connectionString: url });
  await client.connect();
  const rows = async (sql: string) => (await client.query(sql)).rows;
  try {
    await client.query(`
      insert into jobs (id, kind, title, state, outcome, priority, payload, created_at, finished_at)
        values ('${job}', 'script', 'hello.py', 'finished', 'completed', 0, '{"kind": "script"}', now(), now());
      insert into script_runs (job_id, script_name, args, mode, command, timeout_seconds, code_digest, created_at)
        values ('${job}', 'hello.py', '["--fast"]', 'batch', 'python hello.py --fast', 60, '${sha256}', now());
      insert into experiments (id, name, artifact_location, created_at, updated_at) values (7, 'e', 'a', now(), now());
      insert into runs (run_id, experiment_id, name, user_id, status, start_ms, artifact_uri, created_at)
        values ('r', 7, 'r', 'u', 'RUNNING', 0, 'a', now());
      insert into metric_series (run_id, key, points, last_step, last_at_ms, last_value, first_step)
        values ('r', 'loss', 2500, 2499, 5, 1, 0);
      insert into metric_points (series_id, step, at_ms, value)
        select id, step, 5, case step when 3 then 'NaN'::float8 when 7 then -9 else step end
        from metric_series, generate_series(0, 2499) as step;`);
    await migrateDatabase(url);
    const asked = { args: ['--fast'], mode: 'batch', command: 'python hello.py --fast' };
    expect(await rows('select mutex, payload from jobs')).toEqual([
      { mutex: 'script:hello.py', payload: { kind: 'script', asked } },
    ]);
    const chunks = await rows('select * from metric_chunks order by first_step');
    expect(chunks.map(({ points, first_step, last_step }) => [points, first_step, last_step])).toEqual([
      [1024, '0', '1023'],
      [1024, '1024', '2047'],
      [452, '2048', '2499'],
    ]);
    expect(chunks[0]).toMatchObject({ low_step: '7', low_value: -9, high_step: '1023', high_value: 1023 });
    const points = chunks.flatMap(({ data }) => [...pointsOf(decode(data))]);
    expect(points).toEqual(
      Array.from({ length: 2500 }, (_, step) => ({
        step,
        atMs: 5,
        value: step === 3 ? Number.NaN : step === 7 ? -9 : step,
      })),
    );
  } finally {
    await client.end();
    await drop();
    await rm(second, { recursive: true });
  }
});
