import { describe, expect, it } from 'vitest';
import { FallbackHandler, getFallbackHandler } from './fallback-handler.ts';

const broken = async (_city: string, _days: number): Promise<string> => {
  throw new Error('no forecast');
};
const handler = () => {
  const lines: object[] = [];
  const log = { warn: (details: object) => lines.push(details) };
  return { handler: new FallbackHandler({ log }), lines };
};

describe('FallbackHandler', () => {
  it('asks the fallback with the same arguments, logs and counts it', async () => {
    const { handler: fallbacks, lines } = handler();
    fallbacks.registerFallback('forecast', (city: string, days: number) => `${city} ${days}: as yesterday`);
    const answer = await fallbacks.executeWithFallback(broken, 'forecast', 'Riga', 3);
    expect(answer).toBe('Riga 3: as yesterday');
    expect(lines).toEqual([{ fallback: 'forecast', error: new Error('no forecast') }]);
    expect(fallbacks.getUses('forecast')).toBe(1);
  });

  it('does not ask it when the function answers', async () => {
    const { handler: fallbacks, lines } = handler();
    fallbacks.registerFallback('double', () => -1);
    expect(await fallbacks.executeWithFallback((n: number) => n * 2, 'double', 4)).toBe(8);
    expect(lines).toEqual([]);
  });

  it('rethrows when none is registered, and when the caller called it off', async () => {
    const { handler: fallbacks } = handler();
    await expect(fallbacks.executeWithFallback(broken, 'other', 'Riga', 1)).rejects.toThrow('no forecast');
    fallbacks.registerFallback('stopped', () => 'should not be asked');
    const stopped = () => AbortSignal.abort().throwIfAborted();
    await expect(fallbacks.executeWithFallback(stopped, 'stopped')).rejects.toThrow('aborted');
  });

  it('throws the error of a fallback that fails too', async () => {
    const { handler: fallbacks } = handler();
    fallbacks.registerFallback('forecast', () => Promise.reject(new Error('nor here')));
    await expect(fallbacks.executeWithFallback(broken, 'forecast', 'Riga', 1)).rejects.toThrow('nor here');
  });

  it('is one per program when asked for so', () => {
    expect(getFallbackHandler()).toBe(getFallbackHandler());
  });
});
