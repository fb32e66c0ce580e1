const adjectives =
  'amber bold brisk calm clear deft eager fair fleet gentle keen kind lucid merry neat noble proud quick quiet rapid serene sharp steady swift tidy vivid warm wise witty zesty'.split(
    ' ',
  );
const nouns =
  'badger beacon birch brook cedar comet crane ember falcon fern finch forge fox glade harbor heron hill lark lynx maple meadow otter pine raven ridge river sparrow spruce tide wren'.split(
    ' ',
  );

/** A name for a run that was given none, made of its id, so that the same run always gets the same. */
export function runNameOf(runId: string): string {
  const part = (from: number) => Number.parseInt(runId.slice(from, from + 4), 16);
  return `${adjectives[part(0) % adjectives.length]}-${nouns[part(4) % nouns.length]}-${part(8) % 1000}`;
}
