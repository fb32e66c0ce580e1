import { ScriptManifestEntry } from '@hearth/contract';
import { expect, it } from 'vitest';
import { planRun } from './run-plan.ts';

const script = (over: object = {}) =>
  ScriptManifestEntry.parse({ name: 'job.py', runtime: { type: 'python' }, ...over });
const modes = { values: ['batch', 'retrain'], default: 'batch' };
const byArgument = script({ modes: { ...modes, via: 'argument' } });
const byEnvironment = script({ modes: { ...modes, via: { env: 'JOB_MODE' } }, environment: { LEVEL: '1' } });
const wish = (over: object = {}) => ({ args: [], timeout: null, ...over });
const refused = expect.objectContaining({ code: 'script.argument_refused' });

it('hands the mode over in the environment, or as the first argument', () => {
  expect(planRun(byEnvironment, wish({ args: ['x'] }))).toMatchObject({
    mode: 'batch',
    args: ['x'],
    environment: { LEVEL: '1', JOB_MODE: 'batch' },
    command: 'python job.py x',
  });
  expect(planRun(byEnvironment, wish({ mode: 'retrain' })).environment).toMatchObject({
    JOB_MODE: 'retrain',
  });
  expect(planRun(byArgument, wish({ mode: 'retrain', args: ['x'] }))).toMatchObject({
    mode: 'retrain',
    args: ['retrain', 'x'],
    environment: {},
  });
  expect(planRun(byArgument, wish()).args).toEqual(['batch']);
  expect(planRun(byArgument, wish({ args: ['retrain', 'x'] }))).toMatchObject({
    mode: 'retrain',
    args: ['retrain', 'x'],
  });
});

it('refuses a mode the script does not have', () => {
  for (const mode of ['other', '', '__proto__', '$(id)'])
    expect(() => planRun(byArgument, wish({ mode }))).toThrow(refused);
  expect(() => planRun(script(), wish({ mode: 'batch' }))).toThrow(refused);
  expect(planRun(script(), wish()).mode).toBeNull();
});

it('bounds the time: by the wish, else the usual, else the longest', () => {
  const timeout = { min: 10, max: 60, default: 30 };
  const seconds = (of: object, wished: number | null) =>
    planRun(script({ timeout: of }), wish({ timeout: wished })).timeoutSeconds;
  expect(seconds(timeout, 20)).toBe(20);
  expect(seconds(timeout, null)).toBe(30);
  expect(seconds({ min: 1, max: 60 }, null)).toBe(60);
  for (const wished of [9, 61])
    expect(() => seconds(timeout, wished)).toThrow(expect.objectContaining({ code: 'request.invalid' }));
});

it('shows the command as people would type it', () => {
  const command = (over: object, args: string[]) => planRun(script(over), wish({ args })).command;
  expect(command({}, [])).toBe('python job.py');
  expect(command({ runtime: { type: 'node' }, entry: 'lib/main.mjs' }, ['a b', "it's"])).toBe(
    String.raw`node lib/main.mjs 'a b' 'it'\''s'`,
  );
  expect(command({ runtime: { type: 'executable' }, name: 'tool' }, [''])).toBe("./tool ''");
});
