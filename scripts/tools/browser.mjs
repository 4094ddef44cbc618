// browser.mjs FROM TO [--dev]: the browser half as it is served.
// FROM holds wasm-bindgen's output, __wasm_split.js and split/*.wasm. TO gets magistra.js (everything
// that is script, as one file), magistra_bg.wasm, parts/NAME.HASH.wasm and parts.json, which says which
// files each part of src/ui/lazy.rs needs.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { compress, writeWhole } from "./compress.mjs";

const [from, to, mode] = process.argv.slice(2);
const dev = mode === "--dev";

let loader = await readFile(join(from, "__wasm_split.js"), "utf8");
const parts = join(to, "parts");
await mkdir(parts, { recursive: true });
const old = new Set(await readdir(parts));

// Named by their content, so that browsers may keep them for ever.
const renamed = new Map();
for (const name of (await readdir(join(from, "split"))).filter((name) => /^(split|chunk)_\w+\.wasm$/.test(name))) {
  const bytes = await readFile(join(from, "split", name));
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const served = `${name.replace(/^split_|\.wasm$/g, "")}.${hash}.wasm`;
  renamed.set(name, `parts/${served}`);
  if (!old.has(served) || !old.has(`${served}.br`)) {
    await writeWhole(join(parts, served), bytes);
    if (!dev) await compress(join(parts, served));
  }
  for (const ending of ["", ".br", ".gz"]) old.delete(served + ending);
}
for (const name of old) await rm(join(parts, name));
loader = loader.replace(/"\.\/((?:split|chunk)_\w+\.wasm)"/g, (_, name) => {
  if (!renamed.has(name)) throw new Error(`the splitter's script asks for ${name}, which it did not write`);
  return JSON.stringify(`./${renamed.get(name)}`);
});
await writeFile(join(from, "__wasm_split.js"), loader);

// Which files a part needs: its own, and the chunks that the loader's script makes it wait for.
const files = {};
const chunks = new Map([...loader.matchAll(/const (__chunk_\d+) = makeLoad\([\s\S]*?"\.\/(parts\/[^"]+)"/g)].map((match) => [match[1], match[2]]));
for (const [, part, body] of loader.matchAll(/export const __wasm_split_load_(\w+) = ([\s\S]*?\]\)\));?/g)) {
  const own = body.match(/"\.\/(parts\/[^"]+)"/)?.[1];
  const shared = body.match(/\[([^\]]*)\]\)\)/)[1].split(",").map((name) => chunks.get(name.trim())).filter(Boolean);
  files[part] = [...shared, ...(own ? [own] : [])];
}
await writeWhole(join(to, "parts.json"), JSON.stringify(files));

const { outputFiles } = await build({
  entryPoints: [join(from, "magistra.js")],
  bundle: true,
  write: false,
  format: "esm",
  target: "es2022",
  minify: !dev,
  logLevel: "warning",
  // wasm-bindgen names the loader once for each part; they are the same.
  logOverride: { "duplicate-object-key": "silent" },
});
await writeWhole(join(to, "magistra.js"), outputFiles[0].contents);
await writeWhole(join(to, "magistra_bg.wasm"), await readFile(join(from, "magistra_bg.wasm")));
if (!dev) for (const name of ["magistra.js", "magistra_bg.wasm"]) await compress(join(to, name));
