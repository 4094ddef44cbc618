// The first page of each role, and the numbers.
import type { Page } from "@playwright/test";
import { accessible, fits, open, shot, signIn } from "./support/pages";
import { expect, test } from "./support/test";

const as = (name: string) => `${name}@magistra.example`;

test("who is not signed in learns what this is and finds a course", async ({ page }) => {
  await open(page, "/");
  await expect(page.locator("h1")).toContainText(/cybercrime/i);
  await accessible(page);
  await fits(page);
  await shot(page, "landing");
  await page.locator("#q").fill("evidence");
  await page.locator("#q").press("Enter");
  await page.waitForURL(/\/catalogue\?q=evidence/);
});

const pages: [string, RegExp, string][] = [
  ["judge", /learn|continue|study/i, 'a[href^="/learn/"]'],
  ["trainer", /teaching/i, 'a[href^="/deliveries/"]'],
  ["admin", /running and coming/i, 'a[href$="/results"]'],
  ["officer", /reached/i, "svg.chart"],
  ["observer", /reached/i, "svg.chart"],
  ["focal", /calls/i, 'a[href^="/deliveries/"]'],
];

for (const [role, words, thing] of pages) {
  test(`the first page of ${role} says what to do next`, async ({ page }) => {
    await signIn(page, as(role));
    await open(page, "/");
    await expect(page.locator("h1")).toHaveCount(1);
    await expect(page.locator("main")).toContainText(words);
    await expect(page.locator("main").locator(thing).first()).toBeVisible();
    await accessible(page);
    await fits(page);
    await shot(page, `home-${role}`);
  });
}

/** The total in the row of figures under that label. */
const total = async (page: Page, label: RegExp) =>
  Number((await page.locator(".stats .stat").filter({ hasText: label }).locator("b").first().innerText()).replace(/\D/g, ""));

test("numbers by area and course, filtered in the address, and as a file", async ({ page }) => {
  await signIn(page, as("officer"));
  // They are counted by a job that runs after the demonstration is loaded.
  await expect(async () => {
    await open(page, "/reports");
    expect(await total(page, /participations$|participations ·/)).toBeGreaterThan(140);
  }).toPass();
  const all = await total(page, /participations$|participations ·/);
  const persons = await total(page, /each counted once/);
  expect(persons).toBeGreaterThan(100);
  expect(persons).toBeLessThanOrEqual(all);
  await expect(page.locator(".footnote")).toBeVisible();
  await accessible(page);
  await fits(page);
  await shot(page, "reports");

  await page.locator("#f-area").selectOption("AL");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.waitForURL(/area=AL/);
  expect(await total(page, /participations$|participations ·/)).toBeLessThan(all);

  const file = await page.request.get("/reports/reach.csv");
  const text = await file.text();
  expect(file.headers()["content-type"]).toContain("text/csv");
  expect(text.startsWith("\ufeff")).toBe(true);
  expect(text).toContain(`,${all},${persons},`);
});

test("small counts are kept back from observers", async ({ page }) => {
  await signIn(page, as("observer"));
  await open(page, "/reports");
  await expect(page.locator("main")).toContainText(/under five/);
  for (const figure of await page.locator("table td.n:not([data-label^=Deliver])").allInnerTexts()) {
    const count = Number(figure.replace(/\D/g, "") || "0");
    expect(count === 0 || count >= 5, figure).toBe(true);
  }
});

test("numbers are not for participants", async ({ page }) => {
  await signIn(page, as("judge"));
  await open(page, "/reports", 403);
  expect((await page.request.get("/reports/reach.csv")).status()).toBe(403);
});
