import { expect, test } from 'vitest';
import { loadMarkdown } from './markdown.ts';

const markdown = await loadMarkdown();

test.each([
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '[x](javascript:alert(1))',
  '[x](data:text/html;base64,PHNjcmlwdD4=)',
  '![x](https://elsewhere.example/pixel.png)',
  '<a href="#" style="position:fixed">x</a>',
  '```"><svg onload=alert(1)>\ncode\n```',
])('%s does nothing', (text) => {
  const page = document.createElement('div');
  page.innerHTML = markdown(text);
  expect(page.querySelectorAll('script,img,svg,[onerror],[onload],[style]')).toHaveLength(0);
  expect([...page.querySelectorAll('a')].every((a) => /^https?:/.test(a.getAttribute('href') ?? ''))).toBe(
    true,
  );
});

test('what one expects is rendered, and links open apart', () => {
  const page = document.createElement('div');
  page.innerHTML = markdown(
    '**bold** and `code`\n\n```js\n1 < 2\n```\n\n- a\n- b\n\n[there](https://example.org)',
  );
  expect(page.querySelector('strong')?.textContent).toBe('bold');
  expect(page.querySelector('pre code')?.textContent).toBe('1 < 2\n');
  expect(page.querySelectorAll('li')).toHaveLength(2);
  expect(page.querySelector('a')?.getAttribute('rel')).toContain('noopener');
});
