import type { Deployment } from '@hearth/contract';
import { exampleDraft, rowOf } from './rows.ts';

export interface Snippet {
  label: string;
  code: string;
}

/** How to call a deployment from elsewhere. The key is named, never filled in. */
export function snippetsFor(
  { id, name, task, inputs, ...deployment }: Deployment,
  origin: string,
): Snippet[] {
  // Whether it chats is known once it is loaded; the chat route answers for base models too.
  const chats = deployment.chats || deployment.state !== 'ready';
  if (task !== 'text-generation') {
    const row = rowOf(inputs ?? [], exampleDraft(inputs ?? []));
    return [
      { label: 'curl', code: curl(`${origin}/api/v1/deployments/${id}/predict`, { rows: [row] }) },
      { label: 'JavaScript', code: fetchCode(`${origin}/api/v1/deployments/${id}/predict`, { rows: [row] }) },
    ];
  }
  const model = `model/${name}`;
  const body = chats
    ? { model, messages: [{ role: 'user', content: 'Hello!' }] }
    : { model, prompt: 'Once upon a time', max_tokens: 100 };
  return [
    { label: 'curl', code: curl(`${origin}/v1/${chats ? 'chat/completions' : 'completions'}`, body) },
    { label: 'Python (openai)', code: python(origin, body, chats) },
    { label: 'JavaScript (openai)', code: javascript(origin, body, chats) },
  ];
}

const curl = (url: string, body: object): string =>
  [
    `curl ${url} \\`,
    '  -H "Authorization: Bearer $HEARTH_API_KEY" \\',
    '  -H "Content-Type: application/json" \\',
    `  -d '${JSON.stringify(body, null, 2).replaceAll("'", "'\\''")}'`,
  ].join('\n');

const fetchCode = (url: string, body: object): string =>
  [
    `const response = await fetch('${url}', {`,
    "  method: 'POST',",
    "  headers: { authorization: `Bearer ${process.env.HEARTH_API_KEY}`, 'content-type': 'application/json' },",
    `  body: JSON.stringify(${JSON.stringify(body, null, 2).replaceAll('\n', '\n  ')}),`,
    '});',
    'console.log(await response.json());',
  ].join('\n');

const call = (chats: boolean): string => (chats ? 'chat.completions' : 'completions');
const answer = (chats: boolean): string => (chats ? 'choices[0].message.content' : 'choices[0].text');

function python(origin: string, body: object, chats: boolean): string {
  const args = Object.entries(body).map(([key, value]) => `    ${key}=${JSON.stringify(value)},`);
  return [
    'import os',
    'from openai import OpenAI',
    '',
    `client = OpenAI(base_url="${origin}/v1", api_key=os.environ["HEARTH_API_KEY"])`,
    `answer = client.${call(chats)}.create(`,
    ...args,
    ')',
    `print(answer.${answer(chats)})`,
  ].join('\n');
}

function javascript(origin: string, body: object, chats: boolean): string {
  return [
    "import OpenAI from 'openai';",
    '',
    `const client = new OpenAI({ baseURL: '${origin}/v1', apiKey: process.env.HEARTH_API_KEY });`,
    `const answer = await client.${call(chats)}.create(${JSON.stringify(body, null, 2)});`,
    `console.log(answer.${answer(chats)});`,
  ].join('\n');
}
