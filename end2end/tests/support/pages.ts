// What tests do on every page.
import AxeBuilder from "@axe-core/playwright";
import type { Browser, Page } from "@playwright/test";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "./test";
import { PASSWORD } from "./server";

export const hasScript = () => test.info().project.use.javaScriptEnabled !== false;

/** Waits until a live page answers to the browser half; every other page can be used as it comes. */
export async function hydrated(page: Page) {
  if (!hasScript()) return;
  await page.waitForLoadState("domcontentloaded");
  if ((await page.locator("script[type=module]").count()) > 0) {
    await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
  }
}

/** Opens a page, expects it to answer so, and waits until it can be used. */
export async function open(page: Page, path: string, status = 200) {
  const response = await page.goto(path);
  expect(response?.status(), `the status of ${path}`).toBe(status);
  await hydrated(page);
}

export async function signIn(page: Page, email: string, password = PASSWORD, at = "") {
  await open(page, `${at}/sign-in`);
  await page.locator("input[name=email]").fill(email);
  const field = page.locator("input[name=password]");
  await field.fill(password);
  await field.press("Enter");
  await page.waitForURL((url) => url.pathname !== "/sign-in");
  await hydrated(page);
}

/** Somebody of the demonstration, at some server, in a browser that knew nobody. */
export async function enter(page: Page, server: { url: string }, name: string) {
  await page.context().clearCookies();
  await signIn(page, `${name}@magistra.example`, PASSWORD, server.url);
}

/** Nothing that axe can find against WCAG 2.2 AA. */
export async function accessible(page: Page) {
  const examined = hasScript() ? page : await scripted(page);
  const { violations } = await new AxeBuilder({ page: examined })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  if (examined !== page) await examined.context().close();
  const findings = violations.flatMap((violation) =>
    violation.nodes.map(
      (node) =>
        `${violation.id} (${violation.impact}): ${violation.help}\n    at ${node.target.join(" ")}\n    ${node.html.slice(0, 200)}\n    ` +
        (node.failureSummary ?? "").replace(/\n\s*/g, "\n      "),
    ),
  );
  expect(findings.join("\n\n"), `axe on ${page.url()}`).toBe("");
}

let second: Promise<Browser> | undefined;

/**
 * axe is a script: the same document in a window that runs axe's, but not the page's own. In a browser
 * of its own: where a window stands behind another, Chromium draws no frames, and clicks wait for frames.
 */
async function scripted(page: Page): Promise<Page> {
  second ??= page.context().browser()!.browserType().launch(test.info().project.use.launchOptions);
  const context = await (await second).newContext({ viewport: page.viewportSize(), javaScriptEnabled: true });
  const copy = await context.newPage();
  const [url, body] = [page.url(), await page.content()];
  await copy.route(/\.(js|wasm)(\?|$)/, (route) => route.abort());
  await copy.route(url, (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body }));
  await copy.goto(url);
  return copy;
}

/** A small phone's window. */
const PHONE = { width: 390, height: 844 };

/** The page does not scroll sideways, in its own window nor in a phone's. */
export async function fits(page: Page) {
  const own = page.viewportSize() ?? PHONE;
  for (const size of own.width > PHONE.width ? [PHONE, own] : [own]) {
    await page.setViewportSize(size);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(over, `${page.url()} is wider than a window of ${size.width} pixels`).toBeLessThanOrEqual(0);
  }
}

/** With SHOTS=1: end2end/shots/NAME-WIDTH-light.png and -dark.png, for looking at. */
export async function shot(page: Page, name: string) {
  if (process.env.SHOTS !== "1") return;
  const folder = resolve(__dirname, "../../shots");
  mkdirSync(folder, { recursive: true });
  const width = page.viewportSize()?.width ?? 0;
  const mode = hasScript() ? "" : "-nojs";
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.screenshot({ path: join(folder, `${name}-${width}${mode}-${colorScheme}.png`), fullPage: true });
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: "reduce" });
}
