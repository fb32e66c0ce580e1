/** Draws /openapi.json and sends requests from it. Text only ever becomes text nodes. */
const spec = await (await fetch('/openapi.json')).json();
const byId = (id) => document.getElementById(id);
const token = byId('token');

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** A schema with its references filled in, three levels deep. */
function opened(schema, depth = 0) {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map((one) => opened(one, depth));
  if (!schema.$ref)
    return Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, opened(value, depth)]));
  const name = schema.$ref.split('/').at(-1);
  return depth < 3 ? opened(spec.components.schemas[name], depth + 1) : name;
}

const json = (value) => element('pre', {}, JSON.stringify(value, null, 2));
const folded = (title, ...children) =>
  element('details', {}, element('summary', {}, title), element('div', {}, ...children));

function parameterFields(operation) {
  return operation.parameters.map((parameter) => {
    const { description = '', pattern = '', type = '', enum: choices } = parameter.schema;
    const hint = [
      parameter.in,
      parameter.required ? 'required' : '',
      type,
      choices?.join(' | '),
      pattern,
      description,
    ];
    const input = element('input', { placeholder: hint.filter(Boolean).join(', ') });
    return { ...parameter, input, label: element('label', {}, parameter.name, input) };
  });
}

function bodyField(operation) {
  const [entry] = Object.entries(operation.requestBody?.content ?? {});
  if (!entry) return undefined;
  const [type, { schema }] = entry;
  const isJson = type === 'application/json';
  const input = element(isJson ? 'textarea' : 'input', isJson ? { value: '{\n}' } : { type: 'file' });
  return { type, input, parts: [folded('Body', json(opened(schema))), element('label', {}, type, input)] };
}

function requestOf(method, path, fields, body) {
  const query = new URLSearchParams();
  let url = path;
  for (const { name, in: where, input } of fields) {
    if (where === 'path') url = url.replace(`{${name}}`, encodeURIComponent(input.value));
    else if (input.value !== '') query.set(name, input.value);
  }
  const headers = token.value === '' ? {} : { authorization: `Bearer ${token.value}` };
  if (query.size > 0) url += `?${query}`;
  if (!body) return [url, { method, headers }];
  if (body.type === 'application/json')
    return [url, { method, headers: { ...headers, 'content-type': body.type }, body: body.input.value }];
  const file = body.input.files[0];
  if (body.type !== 'multipart/form-data')
    return [url, { method, headers: { ...headers, 'content-type': body.type }, body: file }];
  const form = new FormData();
  if (file) form.set('file', file);
  return [url, { method, headers, body: form }];
}

async function send(answer, ...request) {
  answer.hidden = false;
  answer.textContent = '…';
  try {
    const response = await fetch(...requestOf(...request));
    const text = (await response.text()).slice(0, 100_000);
    const isJson = response.headers.get('content-type')?.includes('json');
    const shown = isJson ? JSON.stringify(JSON.parse(text), null, 2) : text;
    answer.textContent = `${response.status} ${response.statusText}\n${shown}`;
  } catch (error) {
    answer.textContent = String(error);
  }
}

function drawn(path, method, operation) {
  const details = folded(
    element(
      'span',
      {},
      element('span', { className: `method ${method}` }, method.toUpperCase()),
      element('span', { className: 'path' }, path),
      element('span', { className: 'about' }, operation.summary),
    ),
  );
  const fill = () => {
    const fields = parameterFields(operation);
    const body = bodyField(operation);
    const answer = element('pre', { hidden: true });
    const button = element('button', { type: 'button' }, 'Send');
    button.addEventListener('click', () => send(answer, method.toUpperCase(), path, fields, body));
    const responses = Object.entries(operation.responses).map(([status, { description, content }]) =>
      folded(`${status} ${description}`, json(opened(Object.values(content)[0].schema))),
    );
    details.lastElementChild.append(
      element('p', {}, `Access: ${operation['x-access'] ?? 'public'}`),
      ...fields.map(({ label }) => label),
      ...(body?.parts ?? []),
      button,
      answer,
      ...responses,
    );
  };
  details.addEventListener('toggle', fill, { once: true });
  details.dataset.words = `${method} ${path} ${operation.summary}`.toLowerCase();
  return details;
}

const sections = new Map();
for (const [path, methods] of Object.entries(spec.paths))
  for (const [method, operation] of Object.entries(methods)) {
    const [tag] = operation.tags;
    const section = sections.get(tag) ?? element('section', {}, element('h2', {}, tag));
    section.append(drawn(path, method, operation));
    sections.set(tag, section);
  }
byId('routes').replaceChildren(...sections.values());
byId('version').textContent = spec.info.version;
byId('search').addEventListener('input', ({ target }) => {
  for (const one of document.querySelectorAll('section > details'))
    one.hidden = !one.dataset.words.includes(target.value.toLowerCase());
});
