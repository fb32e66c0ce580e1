import { z } from 'zod';
import {
  ErrorBody,
  type ErrorCode,
  errorStatus,
  familyStatus,
  MlflowErrorBody,
  OpenAiErrorBody,
  ScriptErrorBody,
} from './errors.ts';
import type { Family, Route, Stream } from './route.ts';
import { routes } from './routes.ts';

type Json = Record<string, unknown>;

const mediaOf: Record<Stream, string> = {
  multipart: 'multipart/form-data',
  bytes: 'application/octet-stream',
  events: 'text/event-stream',
  text: 'text/plain',
};
const envelopeOf: Record<Family, z.ZodType> = {
  v1: ErrorBody,
  openai: OpenAiErrorBody,
  scripts: ScriptErrorBody,
  mlflow: MlflowErrorBody,
};
const binary = { type: 'string', format: 'binary' };

/** OpenAPI 3.1 of every declared route, with named schemas under `components`. */
export function openApiDocument(info: { title: string; version: string }): Json {
  const components: Json = {};
  const paths: Record<string, Json> = {};
  for (const [subject, group] of Object.entries(routes)) {
    for (const [name, declared] of Object.entries(group as Record<string, Route>)) {
      const path = declared.path.replace(/:([a-z0-9_]+)/gi, '{$1}').replace(/\*$/, '{path}');
      paths[path] ??= {};
      paths[path][declared.method.toLowerCase()] = operation(`${subject}.${name}`, declared, components);
    }
  }
  return {
    openapi: '3.1.0',
    info,
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
  };
}

function operation(operationId: string, declared: Route, components: Json): Json {
  const { params, query, body, response, status = 200, access, family = 'v1' } = declared;
  return {
    operationId,
    summary: declared.summary,
    tags: [declared.tag],
    ...(access === 'public'
      ? { security: [] }
      : { security: [{ bearer: [] }, { apiKey: [] }], 'x-access': access }),
    parameters: [...fields(params, 'path'), ...fields(query, 'query')],
    ...(body ? { requestBody: { required: true, content: content(body, 'input', components) } } : {}),
    responses: {
      [status]: { description: 'Success', content: content(response, 'output', components) },
      ...refusals(declared, family, components),
    },
  };
}

/** Refusals grouped by status: those of the route, and those every route of its access and method shares. */
function refusals({ method, access, body, errors = [] }: Route, family: Family, components: Json): Json {
  const shared: ErrorCode[] = ['request.invalid', 'request.rate_limited', 'service.unavailable'];
  if (access !== 'public') shared.push('auth.required', 'auth.forbidden', 'setup.required');
  if (method !== 'GET') shared.push('request.too_large', 'request.unsupported_media');
  if (body === 'multipart' || body === 'bytes') shared.push('request.aborted', 'storage.full');
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set([...shared, ...errors])) {
    const status = familyStatus[family]?.[code] ?? errorStatus[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const entries = [...byStatus].map(([status, codes]) => [
    status,
    { description: codes.join(', '), content: content(envelopeOf[family], 'output', components) },
  ]);
  return Object.fromEntries(entries);
}

function fields(shape: z.ZodObject | undefined, where: 'path' | 'query'): Json[] {
  if (!shape) return [];
  const schema = z.toJSONSchema(shape, { io: 'input', unrepresentable: 'any' }) as {
    properties: Json;
    required?: string[];
  };
  return Object.entries(schema.properties).map(([name, of]) => ({
    // The rest of a path: OpenAPI has no name for it.
    name: name === '*' ? 'path' : name,
    in: where,
    required: where === 'path' || (schema.required ?? []).includes(name),
    schema: of,
  }));
}

function content(of: z.ZodType | Stream, io: 'input' | 'output', components: Json): Json {
  if (typeof of !== 'string') return { 'application/json': { schema: named(of, io, components) } };
  if (of === 'multipart') {
    return {
      [mediaOf[of]]: { schema: { type: 'object', required: ['file'], properties: { file: binary } } },
    };
  }
  return { [mediaOf[of]]: { schema: of === 'bytes' ? binary : { type: 'string' } } };
}

/** Moves `$defs` of a schema into the document's components. */
function named(schema: z.ZodType, io: 'input' | 'output', components: Json): Json {
  const json = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' }) as Json & {
    $defs?: Json;
  };
  const suffix = io === 'input' ? 'Input' : '';
  const text = JSON.stringify(json).replace(
    /"#\/\$defs\/([^"]+)"/g,
    (_, name: string) => `"#/components/schemas/${name}${suffix}"`,
  );
  const { $defs, $schema: _schema, ...rest } = JSON.parse(text) as Json & { $defs?: Json };
  for (const [name, definition] of Object.entries($defs ?? {})) {
    const { $schema: _ignored, id: _id, ...clean } = definition as Json;
    components[`${name}${suffix}`] = clean;
  }
  const id = typeof rest.id === 'string' ? rest.id : undefined;
  if (!id) return rest;
  const { id: _own, ...body } = rest;
  components[`${id}${suffix}`] = body;
  return { $ref: `#/components/schemas/${id}${suffix}` };
}
