import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readSafetensorsHeader, writeSafetensors } from './safetensors.ts';

it('places every tensor where its header says', () => {
  const arrays = fc.array(fc.float32Array({ minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(arrays, (given) => {
      const tensors = given.map((data, index) => ({ name: `t${index}`, shape: [data.length], data }));
      const file = writeSafetensors(tensors, { format: 'pt' });
      const header = readSafetensorsHeader(file);
      expect(header.metadata).toEqual({ format: 'pt' });
      const start = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
      expect(start % 8).toBe(0);
      for (const { name, data } of tensors) {
        const [from, to] = header.tensors[name]!.data_offsets;
        expect(new Float32Array(file.slice(start + from, start + to).buffer)).toEqual(
          Float32Array.from(data),
        );
      }
    }),
  );
});

it('refuses a file that is cut short', () => {
  const file = writeSafetensors([{ name: 't', shape: [2], data: Float32Array.of(1, 2) }]);
  expect(() => readSafetensorsHeader(file.slice(0, 20))).toThrow('cut short');
});
