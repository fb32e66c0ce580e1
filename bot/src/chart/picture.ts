import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { initWasm, Resvg } from '@resvg/resvg-wasm';

const fileOf = (name: string) => readFile(fileURLToPath(import.meta.resolve(name)));

/** The drawing program and the letters (DejaVu has Cyrillic), loaded at the first picture. */
let tools: Promise<Uint8Array[]> | undefined;

async function load(): Promise<Uint8Array[]> {
  const [wasm, ...fonts] = await Promise.all([
    fileOf('@resvg/resvg-wasm/index_bg.wasm'),
    fileOf('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
    fileOf('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
  ]);
  await initWasm(wasm!);
  return fonts;
}

/** A drawing as PNG, `width` dots wide. */
export async function toPng(svg: string, width = 1280): Promise<Uint8Array> {
  tools ??= load();
  const fontBuffers = await tools;
  const drawing = new Resvg(svg, {
    font: { fontBuffers, defaultFontFamily: 'DejaVu Sans' },
    fitTo: { mode: 'width', value: width },
  });
  const picture = drawing.render();
  try {
    return picture.asPng();
  } finally {
    picture.free();
    drawing.free();
  }
}
