import {
  ErrorBody,
  type ErrorCode,
  errorStatus,
  type Family,
  familyStatus,
  MlflowErrorBody,
  OpenAiErrorBody,
  ScriptErrorBody,
} from '@hearth/contract';

const prefixes: [string, Family][] = [
  ['/v1/', 'openai'],
  ['/ml/', 'scripts'],
  ['/api/2.0/mlflow', 'mlflow'],
  ['/api/3.0/mlflow', 'mlflow'],
  ['/ajax-api/', 'mlflow'],
];
export const familyOfPath = (path: string): Family =>
  prefixes.find(([prefix]) => path.startsWith(prefix))?.[1] ?? 'v1';

/** A refusal in its family's envelope, which it must fit: its code, and the status that goes with it where that is fixed. */
export function readRefusal(family: Family, text: string): { code: string; status?: number } {
  const body: unknown = JSON.parse(text);
  if (family === 'mlflow') return { code: MlflowErrorBody.parse(body).error_code };
  const code = codeIn(family, body);
  if (!(code in errorStatus)) throw new Error(`The contract does not know the code ${code}.`);
  const known = code as ErrorCode;
  return { code, status: familyStatus[family]?.[known] ?? errorStatus[known] };
}

function codeIn(family: Family, body: unknown): string {
  if (family === 'openai') return String(OpenAiErrorBody.parse(body).error.code);
  if (family === 'scripts') return String(ScriptErrorBody.parse(body).details.code);
  return ErrorBody.parse(body).error.code;
}
