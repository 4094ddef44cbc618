// Areas and institutions: the public directory, and its upkeep by an institution's administrator.
import type { Browser, Page } from "@playwright/test";
import { accessible, fits, hydrated, open, shot, signIn } from "./support/pages";
import type { Server } from "./support/server";
import type { Watch } from "./support/test";
import { expect, test } from "./support/test";

const FOOTNOTE = /All reference to Kosovo/;
const ACADEMY = "/institutions/school-of-magistrates";

test("areas, those of the projects first", async ({ page }) => {
  await open(page, "/areas");
  await expect(page.locator("#project li")).toHaveCount(27);
  await expect(page.locator("#hosts li")).toHaveCount(11);
  await expect(page.locator("#project li", { hasText: "Kosovo*" })).toBeVisible();
  await fits(page);
  await accessible(page);
  await shot(page, "areas");
  await page.locator("#project a", { hasText: "Albania" }).click();
  await page.waitForURL(/\/areas\/AL$/);
  await expect(page.locator("h1")).toHaveText("Albania");
});

test("an area with its names and what the treaty's depositary confirms", async ({ page }) => {
  await open(page, "/areas/MK");
  await expect(page.locator("h1")).toHaveText("North Macedonia");
  await expect(page.locator("aside")).toContainText('"the former Yugoslav Republic of Macedonia"');
  await expect(page.locator("aside")).toContainText("until 11 February 2019");
  await expect(page.locator("aside")).toContainText("Not confirmed in our sources");
  await accessible(page);

  await open(page, "/areas/AL");
  await expect(page.locator("aside")).toContainText("20 June 2002");
  await expect(page.locator("aside")).toContainText("1 July 2004");
  await expect(page.getByRole("link", { name: "School of Magistrates" }).first()).toBeVisible();
  await expect(page.getByRole("link", { name: "iPROCEEDS II" })).toBeVisible();
  await fits(page);
  await accessible(page);
  await shot(page, "area");

  await open(page, "/areas/ZZ", 404);
  await accessible(page);
});

test("the footnote stands wherever Kosovo* is named", async ({ page }) => {
  const pages = [
    "/areas",
    "/areas/XK",
    "/institutions",
    "/institutions/xk-academy-of-justice",
    "/institutions/regional-judicial-pilot-centre-zagreb",
    "/projects",
    "/projects/cybercrime-ipa",
    "/projects/iproceeds",
  ];
  for (const path of pages) {
    await open(page, path);
    await expect(page.locator("main"), path).toContainText("Kosovo*");
    await expect(page.locator(".footnote", { hasText: FOOTNOTE }), path).toBeVisible();
  }
  await open(page, "/areas/XK?lang=fr");
  await expect(page.locator(".footnote")).toHaveText(/Toute référence au Kosovo/);
});

test("institutions by area", async ({ page }) => {
  await open(page, "/institutions");
  await expect(page.locator(".dir-list li")).toHaveCount(33);
  await fits(page);
  await accessible(page);
  await shot(page, "institutions");
  await open(page, "/institutions/xk-academy-of-justice");
  await expect(page.locator("main")).toContainText("Until 2016: Kosovo Judicial Institute");
  await accessible(page);
  await shot(page, "institution");
});

async function edit(page: Page, phone: string) {
  await page.locator("input[name=phone]").fill(phone);
  await page.getByRole("button", { name: "Save" }).click();
}

test("an administrator keeps the record of the own institution", async ({ page }) => {
  await signIn(page, "admin@magistra.example");
  await open(page, ACADEMY);
  await page.getByRole("link", { name: "Edit this institution" }).click();
  await page.waitForURL(/\/edit$/);
  await hydrated(page);
  await accessible(page);
  await shot(page, "institution-edit");

  await page.locator("input[name=website]").fill("javascript:alert(1)");
  await edit(page, "+355 4 000 000");
  await expect(page.locator(".errors")).toBeVisible();
  await expect(page.locator("input[name=phone]")).toHaveValue("+355 4 000 000");
  await expect(page.locator("input[name=website]")).toHaveAttribute("aria-invalid", "true");
  await accessible(page);

  await page.locator("input[name=website]").fill("https://academy.example/");
  await edit(page, "+355 4 111 111");
  await page.waitForURL((url) => url.pathname === ACADEMY);
  await expect(page.locator(".flash")).toBeVisible();
  await expect(page.locator("aside")).toContainText("+355 4 111 111");
});

async function another(browser: Browser, server: Server, watch: Watch): Promise<Page> {
  const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled: test.info().project.use.javaScriptEnabled });
  watch.context(context);
  return context.newPage();
}

test("of two who edit, the second is shown both", async ({ page, browser, server, watch }) => {
  const second = await another(browser, server, watch);
  await signIn(page, "admin@magistra.example");
  await signIn(second, "officer@magistra.example");
  await open(page, `${ACADEMY}/edit`);
  await open(second, `${ACADEMY}/edit`);
  await edit(page, "+355 4 222 222");
  await page.waitForURL((url) => url.pathname === ACADEMY);
  watch.allow(/^409 POST/);
  await edit(second, "+355 4 333 333");
  const conflict = second.locator("table.conflict");
  await expect(conflict).toContainText("+355 4 222 222");
  await expect(second.locator("input[name=phone]")).toHaveValue("+355 4 333 333");
  await accessible(second);
  await shot(second, "conflict");
  await second.getByRole("button", { name: "Save" }).click();
  await second.waitForURL((url) => url.pathname === ACADEMY);
  await open(page, ACADEMY);
  await expect(page.locator("aside")).toContainText("+355 4 333 333");
  await second.context().close();
});

test("another institution is refused, and so is nobody", async ({ page }) => {
  await open(page, "/institutions/security-academy");
  await expect(page.getByRole("link", { name: "Edit this institution" })).toHaveCount(0);
  await signIn(page, "admin@magistra.example");
  await open(page, "/institutions/security-academy");
  await expect(page.getByRole("link", { name: "Edit this institution" })).toHaveCount(0);
  await open(page, "/institutions/security-academy/edit", 403);
  await accessible(page);
});
