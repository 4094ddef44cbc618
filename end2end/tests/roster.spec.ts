// Finding trainers as anybody, as the programme officer and as an institution; a trainer's consent; coverage.
import type { Page } from "@playwright/test";
import { accessible, fits, hydrated, open, shot, signIn } from "./support/pages";
import { expect, test } from "./support/test";

const main = (page: Page) => page.locator("main");
const button = (page: Page, name: string) => main(page).getByRole("button", { name, exact: true });
const lines = (page: Page) => main(page).locator("ul.list > li");

/** The filters fold away on a phone. */
async function filters(page: Page) {
  const summary = main(page).locator("details.filters > summary");
  if (await summary.isVisible()) await summary.click();
}

test("anybody finds those who agreed, by what they show", async ({ page }) => {
  await open(page, "/trainers");
  await expect(lines(page)).toHaveCount(8);
  await expect(main(page).getByRole("link", { name: "CSV" })).toHaveCount(0);
  await fits(page);
  await accessible(page);
  await shot(page, "roster");
  await filters(page);
  await page.locator("select#language").selectOption("sq");
  await button(page, "Show").click();
  await page.waitForURL(/language=sq/);
  await hydrated(page);
  const found = await lines(page).count();
  expect(found).toBeGreaterThan(0);
  expect(found).toBeLessThan(8);
  await lines(page).first().getByRole("link").click();
  await page.waitForURL(/\/trainers\/[0-9a-f-]{36}$/);
  await hydrated(page);
  await expect(main(page).getByRole("heading", { name: "Taught" })).toBeVisible();
  await fits(page);
  await accessible(page);
  await shot(page, "trainer");
});

test("nothing is public of who takes the consent back", async ({ page }) => {
  await signIn(page, "trainer@magistra.example");
  await open(page, "/my/trainer-profile");
  await fits(page);
  await accessible(page);
  await shot(page, "trainer-profile");
  await expect(main(page).locator("input[name=consent]")).toBeChecked();
  await main(page).locator("input[name=consent]").uncheck();
  await button(page, "Save").click();
  await expect(main(page).getByText("You do not stand in the public roster; nothing of this is public.")).toBeVisible();
  await open(page, "/my/trainer-profile");
  const own = await main(page).getByRole("link", { name: "My page" }).getAttribute("href");
  const visitor = await page.context().browser()!.newContext();
  const origin = new URL(page.url()).origin;
  expect((await visitor.request.get(origin + own!)).status()).toBe(404);
  await main(page).locator("input[name=consent]").check();
  await button(page, "Save").click();
  await expect(main(page).getByText("You stand in the public roster.", { exact: true })).toBeVisible();
  expect((await visitor.request.get(origin + own!)).status()).toBe(200);
  await visitor.close();

  await page.locator("#f-away-starts_on").fill("2031-07-20");
  await page.locator("#f-away-ends_on").fill("2031-07-01");
  await button(page, "Add").click();
  await expect(page.locator("#f-away-ends_on-e")).toBeVisible();
  await page.locator("#f-away-ends_on").fill("2031-08-10");
  await button(page, "Add").click();
  await expect(main(page).locator("ul.list li", { hasText: "2031" })).toHaveCount(1);
  await main(page).getByRole("button", { name: /^Remove/ }).click();
  await expect(main(page).getByText("No time away is noted.")).toBeVisible();
});

test("the officer finds everybody, takes the list away and writes", async ({ page }) => {
  await signIn(page, "officer@magistra.example");
  await open(page, "/trainers?q=Shkreli");
  await expect(lines(page)).toHaveCount(1);
  const file = await page.request.get("/trainers.csv?q=Shkreli");
  expect(file.headers()["content-disposition"]).toContain("trainers.csv");
  expect(await file.text()).toContain("Ardita Shkreli");
  expect((await page.request.get("/trainers.xlsx?area=AL")).status()).toBe(200);
  const kosovo = await (await page.request.get("/trainers.csv?area=XK&lang=en")).text();
  expect(kosovo).toContain("Resolution 1244");
  expect(kosovo, "words and no codes").not.toContain("police_officer");
  await lines(page).first().getByRole("link").click();
  await page.waitForURL(/\/trainers\/[0-9a-f-]{36}$/);
  await hydrated(page);
  await expect(main(page).locator("table").first().locator("tbody tr")).not.toHaveCount(0);
  await main(page).getByRole("link", { name: "Write", exact: true }).click();
  await page.waitForURL(/\/contact$/);
  await hydrated(page);
  await accessible(page);
  await fits(page);
  await page.locator("#f-subject").fill("A course in spring");
  await button(page, "Send").click();
  await expect(page.locator("#f-message-e")).toBeVisible();
  await expect(page.locator("#f-subject")).toHaveValue("A course in spring");
  await page.locator("#f-message").fill("Would you give it?");
  await button(page, "Send").click();
  await page.waitForURL(/\/trainers\/[0-9a-f-]{36}$/);
  await expect(page.locator(".flash")).toContainText("on its way");
  await expect(main(page)).not.toContainText("trainer@magistra.example");
});

test("the institution sees where trainers are missing", async ({ page }) => {
  await signIn(page, "admin@magistra.example");
  await open(page, "/courses/introductory-judges-prosecutors");
  await main(page).getByRole("link", { name: "Coverage" }).click();
  await page.waitForURL(/\/coverage$/);
  await hydrated(page);
  await expect(main(page).getByRole("heading", { name: "By area", exact: true })).toBeVisible();
  await expect(main(page).locator("svg.chart")).toBeVisible();
  await fits(page);
  await accessible(page);
  await shot(page, "coverage");
  await page.locator("select#project").selectOption("cybercrime-ipa");
  await button(page, "Show").click();
  await page.waitForURL(/project=cybercrime-ipa/);
  await expect(main(page).locator("table").first().locator("tbody tr")).not.toHaveCount(0);
  // Areas and languages together.
  const both = main(page).locator("table#both");
  await expect(both.locator("tbody tr", { hasText: "Albania" })).toContainText("licensed");
  await fits(page);
  await accessible(page);
});

test("an observer is told no small number of trainers", async ({ page }) => {
  await signIn(page, "observer@magistra.example");
  await open(page, "/courses/introductory-judges-prosecutors/coverage");
  await expect(main(page)).toContainText("Counts under five are not shown");
  for (const figure of await main(page).locator("td.n").allInnerTexts()) {
    expect(Number(figure.replace(/\D/g, "") || "0") % 5, figure).toBe(0);
  }
  await expect(main(page).locator("table a[href^='/trainers?']")).toHaveCount(0);
  await accessible(page);
});

test("trainers are found by what participants said", async ({ page }) => {
  await signIn(page, "officer@magistra.example");
  await open(page, "/trainers");
  await filters(page);
  await page.locator("select#feedback").selectOption("heard");
  await button(page, "Show").click();
  await page.waitForURL(/feedback=heard/);
  await hydrated(page);
  await expect(lines(page).first()).toContainText(/remarks? by participants/);
  await lines(page).first().getByRole("link").click();
  await page.waitForURL(/\/trainers\/[0-9a-f-]{36}$/);
  await hydrated(page);
  const taught = main(page).locator("table").first();
  await expect(taught.locator("thead")).toContainText("Completed");
  await expect(taught.locator("tbody")).toContainText(/remarks? by participants/);
  await fits(page);
  await accessible(page);
});
