import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readJobConfig } from './config.ts';
import { temporaryFolder } from './testing/folder.ts';

/** Reads the settings in a process of its own and tells what of the environment it would hand on to jobs. */
function readIn(cwd: string, env: NodeJS.ProcessEnv) {
  const program = `import { readProcessConfig, hostEnvironment, inheritedEnvironment } from ${JSON.stringify(join(import.meta.dirname, 'config.ts'))};
    console.log(JSON.stringify({ config: readProcessConfig(), pull: hostEnvironment('pull'), training: hostEnvironment('training'), any: inheritedEnvironment() }));`;
  const args = ['--input-type=module', '-e', program];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' });
  return stdout ? JSON.parse(stdout) : stderr;
}

it('reads .env beneath the environment, and takes from it only what is the agent’s', async () => {
  const cwd = await temporaryFolder();
  const file = 'HEARTH_SERVER_URL=http://from-file:1/\nAPI_KEYS=secret\nHF_TOKEN=hf\nLOG_LEVEL=warn\n';
  await writeFile(join(cwd, '.env'), file);
  const given = {
    LOG_LEVEL: 'error',
    HEARTH_HOME: '/h',
    PATH: '/bin',
    https_proxy: 'http://p:1',
    AWS_SECRET: 's',
  };
  const { config, pull, training, any } = readIn(cwd, given);
  expect(config).toMatchObject({ serverUrl: 'http://from-file:1', logLevel: 'error', home: '/h' });
  expect(pull.HF_TOKEN).toBe('hf');
  expect(training.HF_TOKEN).toBeUndefined();
  expect(any).toEqual({ PATH: '/bin', https_proxy: 'http://p:1' });
});

it('names the setting that is missing or wrong', async () => {
  const cwd = await temporaryFolder();
  expect(readIn(cwd, {})).toContain('HEARTH_SERVER_URL');
  expect(readIn(cwd, { HEARTH_SERVER_URL: 'ftp://x' })).toContain('HEARTH_SERVER_URL');
});

it('knows the hub, or the mirror that is set', () => {
  expect(readJobConfig({}).hubUrl).toBe('https://huggingface.co');
  expect(readJobConfig({ HF_ENDPOINT: 'https://mirror.example/', HF_TOKEN: ' t ' })).toEqual({
    hubUrl: 'https://mirror.example',
    hubToken: 't',
    python: { command: 'python3', folder: undefined, limitMb: 1000 },
  });
});
