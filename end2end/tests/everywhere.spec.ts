// Everything that can be reached by links, as each role: no link leads nowhere, and every kind of page
// is looked at by axe and for its width, in a laptop's window and in a phone's.
import type { Page } from "@playwright/test";
import { accessible, fits, hydrated, shot } from "./support/pages";
import { PASSWORD } from "./support/server";
import { expect, test } from "./support/test";

const ROLES = ["", "judge", "prosecutor", "trainer", "admin", "focal", "observer", "officer"];
/** Pages of one kind that are followed: the rest are alike. */
const OF_A_KIND = 3;

/** The kind of page behind an address: ids, names and numbers left out. */
function kind(path: string): string {
  return path
    .split("/")
    .map((part, at, parts) =>
      /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(part) || (at === 2 && /^(areas|institutions|courses|projects|verify)$/.test(parts[1]!) && part !== "new") ? ":" : part,
    )
    .join("/");
}

/** Follows the links of a page without script and returns an address of each kind. */
async function crawl(page: Page): Promise<Map<string, string>> {
  const origin = new URL(page.url()).origin;
  const kinds = new Map<string, string>();
  const counts = new Map<string, number>();
  const seen = new Set<string>(["/"]);
  const queue = ["/"];
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    const answer = await page.request.get(origin + path);
    expect(answer.status(), `a link leads to ${path}`).toBe(200);
    if (!answer.headers()["content-type"]?.startsWith("text/html")) continue;
    const key = kind(path);
    if (!kinds.has(key)) kinds.set(key, path);
    const html = await answer.text();
    for (const [, href] of html.matchAll(/<a [^>]*href="([^"]+)"/g)) {
      const url = new URL(href!.replaceAll("&amp;", "&"), origin + path);
      if (url.origin !== origin || seen.has(url.pathname)) continue;
      seen.add(url.pathname);
      const of = kind(url.pathname);
      const count = counts.get(of) ?? 0;
      counts.set(of, count + 1);
      if (count < OF_A_KIND) queue.push(url.pathname);
    }
  }
  return kinds;
}

test("every link leads somewhere, and every kind of page is in order", async ({ page, fresh: server }) => {
  test.setTimeout(600_000);
  const looked = new Set<string>();
  const findings: string[] = [];
  for (const role of ROLES) {
    await page.context().clearCookies();
    await page.goto(`${server.url}/`);
    if (role) {
      await page.goto(`${server.url}/sign-in`);
      await hydrated(page);
      await page.locator("input[name=email]").fill(`${role}@magistra.example`);
      await page.locator("input[name=password]").fill(PASSWORD);
      await page.locator("input[name=password]").press("Enter");
      await page.waitForURL((url) => url.pathname !== "/sign-in");
    }
    for (const [name, path] of await crawl(page)) {
      // A first page is another for each role.
      const key = name === "/" ? `/${role}` : name;
      if (looked.has(key)) continue;
      looked.add(key);
      await page.goto(server.url + path);
      await hydrated(page);
      for (const examine of [fits, accessible]) await examine(page).catch((error: Error) => findings.push(error.message));
      await shot(page, `every${key.replaceAll("/", "-").replaceAll(":", "x")}`);
    }
  }
  expect(findings).toEqual([]);
  // Fewer would mean that the crawl no longer finds what there is.
  expect(looked.size).toBeGreaterThan(45);
});
