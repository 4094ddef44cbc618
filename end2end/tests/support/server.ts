// A server of its own for each worker: own port, own data folder, own copy of the demonstration.
import { ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";

/** The password of every demonstration account in these tests. */
export const PASSWORD = "correct horse battery 12";

const ROOT = resolve(__dirname, "../../..");
const BIN = process.env.MAGISTRA_BIN || join(ROOT, "target/release/magistra");
const SITE = process.env.MAGISTRA_SITE || join(ROOT, "target/site");

export interface Server {
  /** http://127.0.0.1:PORT */
  url: string;
  /** its data folder: mail lands here as .eml files */
  data: string;
  databaseUrl: string;
  /** what the process has written so far */
  log(): string;
  /** runs `magistra ARGS…` on the same database and data folder, and returns its output */
  command(...args: string[]): string;
  /** by default politely; "SIGKILL" is a power cut */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** after a stop(): the same data, the same address */
  restart(): Promise<void>;
  /** stop it and remove everything */
  remove(): Promise<void>;
}

export const onPostgres = () => process.env.E2E_DATABASE === "postgres";

function home(): string {
  const dir = process.env.E2E_HOME;
  if (!dir) throw new Error("tests/support/prepare.ts has not run");
  return dir;
}

// --- databases ---

function postgresUrl(database?: string): string {
  const url = process.env.MAGISTRA_TEST_POSTGRES;
  if (!url) throw new Error("E2E_DATABASE=postgres needs MAGISTRA_TEST_POSTGRES (see scripts/postgres.sh)");
  const parsed = new URL(url);
  if (database) parsed.pathname = `/${database}`;
  return parsed.toString();
}

function sql(statement: string) {
  execFileSync("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement, postgresUrl()], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, PGOPTIONS: "-c client_min_messages=warning" },
  });
}

export const dropDatabase = (name: string) => sql(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);

const templateFolder = () => join(home(), "template");

function environment(data: string, databaseUrl: string): NodeJS.ProcessEnv {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("MAGISTRA_")));
  return {
    ...inherited,
    MAGISTRA_DATA: data,
    MAGISTRA_DATABASE_URL: databaseUrl,
    MAGISTRA_SITE: SITE,
    RUST_LOG: process.env.RUST_LOG ?? "info",
    RUST_BACKTRACE: "1",
  };
}

function run(args: string[], data: string, databaseUrl: string): string {
  try {
    return execFileSync(BIN, args, { env: environment(data, databaseUrl), cwd: data, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`magistra ${args.join(" ")} failed:\n${stdout ?? ""}${stderr ?? ""}\n${error}`);
  }
}

export async function prepareTemplate() {
  for (const path of [BIN, join(SITE, "pkg")]) {
    if (!existsSync(path)) throw new Error(`${path} is missing. Run: make build`);
  }
  const data = templateFolder();
  mkdirSync(data, { recursive: true });
  let databaseUrl = `sqlite://${join(data, "magistra.db")}`;
  if (onPostgres()) {
    dropDatabase("e2e_template");
    sql("CREATE DATABASE e2e_template");
    databaseUrl = postgresUrl("e2e_template");
  }
  run(["migrate"], data, databaseUrl);
  run(["demo", "--password", PASSWORD], data, databaseUrl);
}

// --- the process ---

const freePort = () =>
  new Promise<number>((done, fail) => {
    const probe = createServer();
    probe.once("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => done(port));
    });
  });

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

let made = 0;

/** A server on a fresh copy of the demonstration. Tests get one from the `server` fixture. */
export async function startServer(extra: NodeJS.ProcessEnv = {}): Promise<Server> {
  const name = `e2e_${process.pid}_${++made}`;
  const data = mkdtempSync(join(home(), `${name}.`));
  cpSync(templateFolder(), data, { recursive: true });
  let databaseUrl = `sqlite://${join(data, "magistra.db")}`;
  if (onPostgres()) {
    sql(`CREATE DATABASE ${name} TEMPLATE e2e_template`);
    databaseUrl = postgresUrl(name);
  }
  const logFile = join(data, "server.log");
  const [port, metrics] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const log = () => (existsSync(logFile) ? readFileSync(logFile, "utf8") : "");
  let child: ChildProcess | undefined;

  async function start() {
    const out = openSync(logFile, "a");
    const started = spawn(BIN, ["serve"], {
      cwd: data,
      env: {
        ...environment(data, databaseUrl),
        MAGISTRA_ADDR: `127.0.0.1:${port}`,
        MAGISTRA_METRICS_ADDR: `127.0.0.1:${metrics}`,
        MAGISTRA_PUBLIC_URL: url,
        ...extra,
      },
      stdio: ["ignore", out, out],
    });
    closeSync(out);
    child = started;
    const until = Date.now() + 20_000;
    for (;;) {
      if (started.exitCode !== null || started.signalCode !== null) throw new Error(`The server stopped at once:\n${log()}`);
      if (Date.now() > until) {
        started.kill("SIGKILL");
        throw new Error(`The server was not ready within 20 s:\n${log()}`);
      }
      const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
      if (answer?.ok) return;
      await pause(25);
    }
  }

  async function stop(signal: NodeJS.Signals = "SIGTERM") {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const gone = new Promise((done) => running.once("exit", done));
    running.kill(signal);
    const late = setTimeout(() => running.kill("SIGKILL"), 10_000);
    await gone;
    clearTimeout(late);
  }

  await start();
  return {
    url,
    data,
    databaseUrl,
    log,
    command: (...args) => run(args, data, databaseUrl),
    stop,
    restart: async () => {
      await stop();
      await start();
    },
    remove: async () => {
      await stop();
      if (onPostgres()) dropDatabase(name);
      rmSync(data, { recursive: true, force: true });
    },
  };
}
