import { InputValidator } from '@hearth/toolkit/security';
import { AppError } from '../platform/errors.ts';

/** A place in the files of one owner: a run, or (`m-…`) a logged model. `path` is '' for all of it. */
export interface ArtifactPlace {
  owner: string;
  path: string;
}

const ofOwner = /^(?:[^/]+\/)*?([0-9a-f]{32}|m-[0-9a-f]{32})\/artifacts(?:\/(.*))?$/;

/** Finds the owner in a path as MLflow's clients send it: `<experiment>/<run>/artifacts/<path>`. */
export function placeOfUri(uriPath: string): ArtifactPlace {
  const [, owner, path = ''] = ofOwner.exec(uriPath.replace(/^\/+|\/+$/g, '')) ?? [];
  if (!owner)
    throw new AppError('artifact.bad_path', 'Files belong to runs: <experiment>/<run id>/artifacts/<path>.', {
      path: uriPath,
    });
  return { owner, path: path === '' ? '' : requirePath(path) };
}

const ofVersion = /^\/*registry\/([^/]+)\/(\d{1,9})\/artifacts(?:\/(.*))?$/;

/** A place in the files of a registered version: `registry/<model>/<version>/artifacts/<path>`. */
export function placeInVersion(uriPath: string) {
  const [, name, version, path = ''] = ofVersion.exec(uriPath.replace(/\/+$/, '')) ?? [];
  if (!name) return undefined;
  return { name, version: Number(version), path: path === '' ? '' : requirePath(path) };
}

const validator = new InputValidator();

/** A relative path without steps up, empty parts or what no file name holds. */
export function requirePath(path: string): string {
  const clean = path.replace(/\/+$/, '');
  const isPlain = clean.split('/').every((part) => part !== '' && part !== '.') && !clean.includes('\\');
  if (!isPlain || clean.length > 500 || !clean.isWellFormed() || !validator.validatePath(clean).isValid)
    throw new AppError(
      'artifact.bad_path',
      'This is no path of a file: a relative one of at most 500 characters.',
      {
        path,
      },
    );
  return clean;
}
