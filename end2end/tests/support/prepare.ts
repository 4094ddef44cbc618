import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dropDatabase, onPostgres, prepareTemplate } from "./server";

/** Before the first test: the database with the demonstration in it, which each server then copies. */
export default async function prepare() {
  const home = mkdtempSync(join(tmpdir(), "magistra-e2e."));
  process.env.E2E_HOME = home;
  const tidy = () => rmSync(home, { recursive: true, force: true });
  try {
    await prepareTemplate();
  } catch (error) {
    tidy();
    throw error;
  }
  return () => {
    if (onPostgres()) dropDatabase("e2e_template");
    tidy();
  };
}
