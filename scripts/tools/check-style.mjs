// The style sheet bundles without a warning, every var(--x) is defined somewhere in style/ (or has a
// fallback), and every font and image it names is in public/.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const problems = [];
const sheets = readdirSync(join(root, "style"), { recursive: true })
  .filter((name) => name.endsWith(".css"))
  .map((name) => join(root, "style", name));

const defined = new Set();
const used = new Map();
for (const path of sheets) {
  const name = relative(root, path);
  // Comments become spaces, so that line numbers stay.
  const css = readFileSync(path, "utf8").replace(/\/\*[\s\S]*?\*\//g, (c) => c.replace(/[^\n]/g, " "));
  css.split("\n").forEach((line, index) => {
    const at = `${name}:${index + 1}`;
    for (const [, token] of line.matchAll(/(?:^|[\s;{])(--[\w-]+)\s*:/g)) defined.add(token);
    for (const [, token] of line.matchAll(/@property\s+(--[\w-]+)/g)) defined.add(token);
    for (const [, token, next] of line.matchAll(/var\(\s*(--[\w-]+)\s*([,)])?/g)) {
      if (next !== "," && !used.has(token)) used.set(token, at);
    }
    for (const [, url] of line.matchAll(/url\(\s*["']?(\/[^"')?#]+)/g)) {
      if (!existsSync(join(root, "public", url))) problems.push(`${at}: ${url} is not in public/`);
    }
  });
}
for (const [token, at] of used) if (!defined.has(token)) problems.push(`${at}: ${token} is defined nowhere`);

try {
  const { warnings } = await build({
    entryPoints: [join(root, "style/main.css")],
    bundle: true,
    write: false,
    outdir: "unused",
    external: ["/fonts/*", "/images/*"],
    logLevel: "warning",
  });
  if (warnings.length) problems.push("esbuild's warnings above");
} catch {
  problems.push("the style sheet does not bundle (above)");
}

if (problems.length) {
  console.error(problems.join("\n"));
  process.exit(1);
}
console.log(`    ${sheets.length} sheets, ${defined.size} tokens: in order`);
