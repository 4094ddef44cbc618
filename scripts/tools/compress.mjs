// compress.mjs FILE...: writes FILE.br and FILE.gz beside each, as small as they get, and says how small.
import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import zlib from "node:zlib";

const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);

/** Whole or not at all: a server may be reading. */
export async function writeWhole(path, bytes) {
  await writeFile(`${path}.part`, bytes);
  await rename(`${path}.part`, path);
}

export async function compress(path) {
  const bytes = await readFile(path);
  const [br, gz] = await Promise.all([
    brotli(bytes, {
      params: {
        [zlib.constants.BROTLI_PARAM_QUALITY]: zlib.constants.BROTLI_MAX_QUALITY,
        [zlib.constants.BROTLI_PARAM_LGWIN]: zlib.constants.BROTLI_MAX_WINDOW_BITS,
        [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
    gzip(bytes, { level: 9 }),
  ]);
  await Promise.all([writeWhole(`${path}.br`, br), writeWhole(`${path}.gz`, gz)]);
  const kb = (n) => `${(n / 1000).toFixed(1)} kB`;
  console.log(`    ${basename(path)}: ${kb(bytes.length)}, gzip ${kb(gz.length)}, brotli ${kb(br.length)}`);
}

/** Does the file lack a compressed sibling as new as itself? */
export async function stale(path) {
  const made = (await stat(path)).mtimeMs;
  for (const ending of [".br", ".gz"]) {
    const sibling = await stat(path + ending).catch(() => null);
    if (!sibling || sibling.mtimeMs < made) return true;
  }
  return false;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await Promise.all(process.argv.slice(2).map(compress));
}
