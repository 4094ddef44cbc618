// The `test` every file here uses: it has a server, and it fails when the browser or the server complains.
import { Browser, BrowserContext, Page, expect, test as base } from "@playwright/test";
import { Server, startServer } from "./server";

/** What a test expects to go wrong. */
export interface Watch {
  /** Complaints that match are part of the test (a refused request, a server that is away). */
  allow(pattern: RegExp): void;
  /** Also watches a context the test has made itself. */
  context(context: BrowserContext): void;
}

function watcher() {
  const complaints: string[] = [];
  const allowed: RegExp[] = [];
  const complain = (text: string) => complaints.push(text);

  const watch: Watch = {
    allow: (pattern) => void allowed.push(pattern),
    context(context) {
      // A refused style or script (content security policy) is a console error in Chromium, and so is
      // a hydration mismatch.
      context.on("console", (message) => {
        const text = message.text();
        // The response itself is looked at below.
        if (text.startsWith("Failed to load resource: the server responded with a status")) return;
        // Leaving a page ends what it was still loading; the splitter's script says so.
        if (text.includes("WebAssembly compilation aborted: Network error: Response body loading was aborted")) return;
        if (/^TypeError: Failed to fetch\n\s+at \S+\/pkg\/magistra\.js/.test(text)) return;
        if (message.type() === "error" || /hydrat|content.security.policy/i.test(text)) {
          complain(`console ${message.type()} on ${message.page()?.url()}: ${text}`);
        }
      });
      context.on("weberror", (error) => complain(`uncaught on ${error.page()?.url()}: ${error.error().stack ?? error.error()}`));
      context.on("response", (response) => {
        const status = response.status();
        const request = response.request();
        // A page may answer 403, 404 or 422, and its test says so; what a page fetches may not, but for a
        // form that is refused (422, or 409 where two people edit): the page says why.
        if ((status === 422 || status === 409) && new URL(response.url()).pathname.startsWith("/_fn/")) return;
        if (status >= 500 || (status >= 400 && request.resourceType() !== "document")) {
          complain(`${status} ${request.method()} ${response.url()}`);
        }
      });
      context.on("requestfailed", (request) => {
        const why = request.failure()?.errorText ?? "";
        // Without JavaScript Chromium refuses what a page preloads of it, and calls that "csp".
        if (why === "csp" && /\.js(\?|$)/.test(request.url())) return;
        // Leaving a page ends what it was still loading.
        if (why !== "net::ERR_ABORTED") complain(`${why} ${request.method()} ${request.url()}`);
      });
    },
  };
  return { watch, unexpected: () => complaints.filter((text) => !allowed.some((pattern) => pattern.test(text))) };
}

export const test = base.extend<{ watch: Watch; fresh: Server }, { server: Server }>({
  /** This worker's server. What one test changes, the next one sees. */
  server: [
    async ({}, use) => {
      const server = await startServer();
      await use(server);
      await server.remove();
    },
    { scope: "worker", timeout: 60_000 },
  ],

  /** A server for this test alone, on an untouched demonstration: for tests that count or destroy. */
  fresh: async ({}, use) => {
    const server = await startServer();
    await use(server);
    await server.remove();
  },

  baseURL: async ({ server }, use) => {
    await use(server.url);
  },

  watch: [
    async ({ context, server }, use, info) => {
      const { watch, unexpected } = watcher();
      watch.context(context);
      const before = server.log().length;
      await use(watch);
      const panics = server
        .log()
        .slice(before)
        .split("\n")
        .filter((line) => /panicked at/.test(line));
      if (info.status !== "passed" || panics.length) {
        await info.attach("server.log", { body: server.log().slice(before), contentType: "text/plain" });
      }
      expect([...unexpected(), ...panics], "the browser and the server complain of nothing").toEqual([]);
    },
    { auto: true },
  ],
});

/** A window on a server of the test's own, for what changes that other tests count. */
export async function alone(browser: Browser, url: string, watch: Watch): Promise<Page> {
  const { viewport, deviceScaleFactor, isMobile, hasTouch, javaScriptEnabled } = test.info().project.use;
  const context = await browser.newContext({ baseURL: url, viewport, deviceScaleFactor, isMobile, hasTouch, javaScriptEnabled, reducedMotion: "reduce" });
  watch.context(context);
  return context.newPage();
}

export { expect };
