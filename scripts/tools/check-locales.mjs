// Every language has the same texts, with the same variables and the same markup in each, and none is
// empty. Reads locales/en.json … or locales/en/*.json. (leptos_i18n warns of a missing text and
// falls back to another language; here it is an error.)
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join, resolve, dirname } from "node:path";
import { fileURLToPath } from "node:url";

const folder = resolve(dirname(fileURLToPath(import.meta.url)), "../../locales");
const problems = [];

// "items_one", "items_other": one text in as many forms as the language has.
const PLURAL = /_(ordinal_)?(zero|one|two|few|many|other)$/;

function parse(path) {
  const text = readFileSync(path, "utf8");
  // JSON.parse keeps the last of two equal keys and says nothing; a text lost that way is a mistake.
  const seen = [new Set()];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/g)) {
    if (token === "{") seen.push(new Set());
    else if (token === "}") seen.pop();
    else if (token.endsWith(":")) {
      if (seen.at(-1)?.has(token)) problems.push(`${path}: ${token.replace(/\s*:$/, "")} stands twice in one object`);
      seen.at(-1)?.add(token);
    }
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    problems.push(`${path}: ${error.message}`);
    return {};
  }
}

function flatten(value, prefix, into) {
  for (const [key, inner] of Object.entries(value)) {
    const path = prefix ? `${prefix}.${key}` : key;
    if (inner && typeof inner === "object" && !Array.isArray(inner)) flatten(inner, path, into);
    else into.set(path, typeof inner === "string" ? inner : JSON.stringify(inner));
  }
  return into;
}

const languages = new Map();
for (const name of readdirSync(folder).sort()) {
  const path = join(folder, name);
  if (statSync(path).isDirectory()) {
    const texts = new Map();
    for (const part of readdirSync(path).filter((f) => f.endsWith(".json"))) {
      flatten(parse(join(path, part)), part.replace(/\.json$/, ""), texts);
    }
    languages.set(name, texts);
  } else if (name.endsWith(".json")) {
    languages.set(name.replace(/\.json$/, ""), flatten(parse(path), "", new Map()));
  }
}
if (languages.size < 2) problems.push(`${folder}: fewer than two languages`);

// key → the set of variables and components in it, all plural forms together
function shape(texts) {
  const shapes = new Map();
  for (const [key, text] of texts) {
    const base = key.replace(PLURAL, "");
    const set = shapes.get(base) ?? new Set();
    for (const [, name] of text.matchAll(/\{\{\s*([\w-]+)[^}]*\}\}/g)) set.add(`{{ ${name} }}`);
    for (const [, name] of text.matchAll(/<\/?\s*([A-Za-z][\w-]*)[^>]*>/g)) set.add(`<${name}>`);
    shapes.set(base, set);
  }
  return shapes;
}

const [first] = languages.keys();
const reference = languages.has("en") ? "en" : first;
if (reference) {
  const wanted = shape(languages.get(reference));
  for (const language of languages.keys()) {
    for (const [key, text] of languages.get(language)) {
      if (text.trim() === "") problems.push(`${language}: ${key} is empty`);
    }
    if (language === reference) continue;
    const got = shape(languages.get(language));
    for (const [key, names] of wanted) {
      if (!got.has(key)) problems.push(`${language}: ${key} is missing`);
      else {
        for (const name of names) if (!got.get(key).has(name)) problems.push(`${language}: ${key} lacks ${name}`);
        for (const name of got.get(key)) if (!names.has(name)) problems.push(`${language}: ${key} has ${name}, which ${reference} has not`);
      }
    }
    for (const key of got.keys()) if (!wanted.has(key)) problems.push(`${language}: ${key} is not in ${reference}`);
  }
}

if (problems.length) {
  console.error(problems.join("\n"));
  process.exit(1);
}
console.log(`    ${[...languages.keys()].join(", ")}: ${languages.get(reference).size} texts each, the same`);
