import { accessible, fits, hydrated, open, shot, signIn } from "./support/pages";
import { expect, test } from "./support/test";

test("it lives", { tag: "@phone" }, async ({ request }) => {
  expect((await request.get("/health/live")).status()).toBe(200);
  expect((await request.get("/health/ready")).status()).toBe(200);
});

test("the first page has a title and fits", { tag: "@phone" }, async ({ page }) => {
  await open(page, "/");
  await expect(page).toHaveTitle(/\S/);
  await expect(page.locator("h1")).toHaveCount(1);
  await fits(page);
  await accessible(page);
  await shot(page, "home");
});

test("a page that is not there says so", { tag: "@phone" }, async ({ page }) => {
  await open(page, "/no-such-page", 404);
  await expect(page.locator("h1")).toBeVisible();
  await accessible(page);
  await shot(page, "404");
});

test("what is sent is small and compressed", async ({ page }) => {
  const sizes = new Map<string, string | null>();
  page.on("response", async (response) => {
    const encoding = await response.headerValue("content-encoding").catch(() => null);
    sizes.set(new URL(response.url()).pathname, encoding);
  });
  await page.goto("/");
  await hydrated(page);
  for (const [path, encoding] of sizes) {
    if (/\.(js|wasm|css)$/.test(path)) expect(encoding, `${path} comes compressed`).toMatch(/^(br|gzip|zstd)$/);
  }
});

test("a page that no script touches asks for little, and for no script", async ({ page }) => {
  const requests: import("@playwright/test").Request[] = [];
  page.on("requestfinished", (request) => requests.push(request));
  await open(page, "/courses/introductory-judges-prosecutors");
  let bytes = 0;
  const list: string[] = [];
  for (const request of requests) {
    const { responseBodySize } = await request.sizes();
    bytes += responseBodySize;
    list.push(`${new URL(request.url()).pathname} ${responseBodySize}`);
  }
  expect(list.filter((line) => /\.(js|wasm)/.test(line))).toEqual([]);
  await expect(page.locator("script")).toHaveCount(0);
  expect(requests.length, list.join("\n")).toBeLessThanOrEqual(8);
  expect(bytes, list.join("\n")).toBeLessThan(120_000);
});

test("where a part of the code cannot be had, a live page works as without it", async ({ page, watch }) => {
  watch.allow(/net::ERR_FAILED .*\/pkg\/parts\/|Failed to load resource: net::ERR_FAILED|TypeError: Failed to fetch/);
  await signIn(page, "trainer@magistra.example");
  await open(page, "/teach");
  await page.route("**/pkg/parts/**", (route) => route.abort("failed"));
  const refused = page.waitForEvent("requestfailed");
  await page.locator("main a[href^='/packs/']").first().click();
  await page.waitForURL("**/packs/*");
  await refused;
  await expect(page.locator("html[data-hydrated]")).toHaveCount(0);
  await page.locator("main nav.crumb a[href='/teach']").click();
  await page.waitForURL("**/teach");
});
