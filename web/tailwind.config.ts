import type { Config } from 'tailwindcss';

/** Colours are channels in `src/ui/tokens.css`, so that opacity modifiers work and themes swap at run time. */
const token = (name: string) => `rgb(var(--${name}) / <alpha-value>)`;
const tones = ['good', 'warn', 'bad', 'info'].flatMap((tone) => [
  [tone, token(tone)],
  [`${tone}-soft`, token(`${tone}-soft`)],
]);

export default {
  content: [`${import.meta.dirname}/index.html`, `${import.meta.dirname}/src/**/*.{vue,ts}`],
  theme: {
    colors: {
      transparent: 'transparent',
      current: 'currentColor',
      page: token('page'),
      surface: token('surface'),
      raised: token('raised'),
      sunken: token('sunken'),
      line: token('line'),
      'line-strong': token('line-strong'),
      ink: token('ink'),
      muted: token('muted'),
      faint: token('faint'),
      ember: token('ember'),
      'ember-strong': token('ember-strong'),
      'ember-soft': token('ember-soft'),
      'on-ember': token('on-ember'),
      ...Object.fromEntries(tones),
    },
    extend: {
      fontFamily: { sans: 'var(--font-sans)', mono: 'var(--font-mono)' },
      fontSize: { '2xs': ['0.6875rem', '1rem'] },
      borderRadius: { card: 'var(--radius-card)', control: 'var(--radius-control)' },
      boxShadow: { card: 'var(--shadow-card)', float: 'var(--shadow-float)' },
      transitionDuration: { quick: '120ms' },
    },
  },
} satisfies Config;
