// style.mjs SITE [--dev]: style/main.css, bundled and minified, into SITE/pkg/magistra.css, and
// public/ into SITE. What has not changed is left alone; what left public/ leaves the site.
import { copyFile, mkdir, readFile, readdir, rm, stat, utimes } from "node:fs/promises";
import { dirname, extname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { compress, stale, writeWhole } from "./compress.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const site = resolve(process.argv[2]);
const dev = process.argv.includes("--dev");
const COMPRESSIBLE = new Set([".css", ".js", ".mjs", ".wasm", ".svg", ".json", ".txt", ".xml", ".html", ".webmanifest", ".ico", ".ttf", ".otf"]);
const WORTH_IT = 1024;

const files = async (folder) => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((e) => e.isFile()).map((e) => join(e.parentPath ?? e.path, e.name));
};

async function css() {
  const out = join(site, "pkg/magistra.css");
  const result = await build({
    entryPoints: [join(root, "style/main.css")],
    bundle: true,
    minify: !dev,
    write: false,
    outfile: out,
    external: ["/fonts/*", "/images/*"],
    // What the style sheet may use is written down in newer words for these too (nesting and the like).
    target: ["chrome111", "firefox115", "safari16.4"],
    logLevel: "warning",
  });
  if (result.warnings.length) {
    console.error("error: esbuild's warnings above are mistakes in the style sheet");
    process.exitCode = 1;
  }
  const [made] = result.outputFiles;
  const before = await readFile(out).catch(() => null);
  if (before?.equals(made.contents)) return;
  await mkdir(dirname(out), { recursive: true });
  await writeWhole(out, made.contents);
}

async function publicFiles() {
  const from = join(root, "public");
  const manifest = join(root, "target/stamps", dev ? "public-dev" : "public");
  const wanted = new Set((await files(from)).map((f) => relative(from, f)));
  const before = (await readFile(manifest, "utf8").catch(() => "")).split("\n").filter(Boolean);
  for (const gone of before.filter((f) => !wanted.has(f))) {
    for (const ending of ["", ".br", ".gz"]) await rm(join(site, gone + ending), { force: true });
  }
  let copied = 0;
  for (const name of wanted) {
    const source = await stat(join(from, name));
    const there = await stat(join(site, name)).catch(() => null);
    if (there && there.size === source.size && Math.abs(there.mtimeMs - source.mtimeMs) < 2) continue;
    await mkdir(dirname(join(site, name)), { recursive: true });
    await copyFile(join(from, name), join(site, name));
    await utimes(join(site, name), source.atime, source.mtime);
    for (const ending of [".br", ".gz"]) await rm(join(site, name + ending), { force: true });
    copied++;
  }
  await mkdir(dirname(manifest), { recursive: true });
  await writeWhole(manifest, [...wanted].sort().join("\n") + "\n");
  if (copied) console.log(`==> Site: ${copied} files of public/ copied`);
  return [...wanted];
}

try {
  await css();
} catch {
  process.exit(1); // esbuild has said why
}
const names = await publicFiles();
if (!dev) {
  const candidates = ["pkg/magistra.css", ...names.filter((n) => COMPRESSIBLE.has(extname(n)))];
  for (const name of candidates) {
    const path = join(site, name);
    if ((await stat(path)).size >= WORTH_IT && (await stale(path))) await compress(path);
  }
}
