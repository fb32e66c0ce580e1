import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testDatabase } from '@hearth/launcher/testing';
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { decode, pointsOf } from '../tracking/chunks.ts';
import { migrateDatabase } from './migrate.ts';

const migrations = join(import.meta.dirname, '../../migrations');

/** The migrations of the first version alone. */
async function firstVersion(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hearth-first-'));
  await mkdir(join(folder, 'meta'));
  await cp(join(migrations, '0000_first_light.sql'), join(folder, '0000_first_light.sql'));
  const journal = JSON.parse(await readFile(join(migrations, 'meta/_journal.json'), 'utf8'));
  const first = { ...journal, entries: journal.entries.slice(0, 1) };
  await writeFile(join(folder, 'meta/_journal.json'), JSON.stringify(first));
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
  const first = await firstVersion();
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
