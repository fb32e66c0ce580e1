import assert from 'node:assert/strict';
import { FallbackHandler } from '@hearth/toolkit/reliability';

const used: object[] = [];
const handler = new FallbackHandler({ log: { warn: (details) => used.push(details) } });
handler.registerFallback('forecast', (city: string) => `${city}: as yesterday`);

const forecast = async (_city: string): Promise<string> => {
  throw new Error('service down');
};
assert.equal(await handler.executeWithFallback(forecast, 'forecast', 'Riga'), 'Riga: as yesterday');
assert.equal(used.length, 1);
