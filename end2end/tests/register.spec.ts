import type { Page } from "@playwright/test";
import { accessible, fits, hydrated, open, shot, signIn } from "./support/pages";
import { expect, test } from "./support/test";

/** The delivery of the demonstration that runs today; the judge studies in it. */
async function runningDelivery(page: Page): Promise<string> {
  await signIn(page, "judge@magistra.example");
  await open(page, "/learn");
  const href = await page.locator("ul.learning a[href^='/learn/']").first().getAttribute("href");
  await page.context().clearCookies();
  return href!.split("/")[2];
}

/** Opens the register of one of the delivery's half-days as the trainer: 2 and 3 are today's. */
async function openRegister(page: Page, position: number): Promise<string> {
  const delivery = await runningDelivery(page);
  await signIn(page, "trainer@magistra.example");
  await open(page, `/deliveries/${delivery}/register`);
  await expect(page.locator("nav.slots a")).toHaveCount(6);
  const path = await page.locator("nav.slots a").nth(position).getAttribute("href");
  await open(page, path!);
  return path!;
}

const marked = (page: Page) => page.locator(".reg-top .metered p");
const foot = (page: Page) => page.locator(".reg-foot p");

test("a trainer keeps the register with a thumb", { tag: "@only-phone" }, async ({ page }) => {
  await openRegister(page, 2);
  await expect(marked(page)).toHaveText("0 of 34 marked");
  const rows = page.locator("li.who");
  await expect(rows).toHaveCount(34);
  const names = await rows.locator("h2").allTextContents();
  expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b, "en")));

  await rows.nth(0).locator("label.late").click();
  await expect(rows.nth(0).locator("small")).toContainText("you");
  await expect(rows.nth(0).locator("label.late b")).toHaveText(/^\d+′$/);
  await rows.nth(0).locator(".mins:not(.why) input").fill("25");
  await rows.nth(0).locator(".mins:not(.why) input").blur();
  await expect(rows.nth(0).locator("label.late b")).toHaveText("25′");
  await rows.nth(1).locator("label.exc").click();
  await rows.nth(1).locator(".why input").fill("hearing");
  await rows.nth(1).locator(".why input").blur();
  await expect(rows.nth(1).locator("p")).toContainText("hearing");
  await expect(marked(page)).toHaveText("2 of 34 marked");

  await page.getByRole("button", { name: "Everyone present" }).click();
  await expect(marked(page)).toHaveText("34 of 34 marked");
  await expect(page.locator("li.who.unsent")).toHaveCount(0);
  await expect(foot(page)).toHaveText("Everything is saved");
  await fits(page);
  await accessible(page);
  await shot(page, "register");

  await page.reload();
  await hydrated(page);
  await expect(marked(page)).toHaveText("34 of 34 marked");
  await expect(rows.nth(0).locator("label.late input")).toBeChecked();
  await expect(rows.nth(1).locator("label.exc input")).toBeChecked();
  await expect(rows.nth(2).locator("label.present input")).toBeChecked();

  await page.getByRole("button", { name: "Undo" }).click();
  await expect(marked(page)).toHaveText("2 of 34 marked");
  await expect(rows.nth(2).locator("label.present input")).not.toBeChecked();
  await expect(rows.nth(1).locator("label.exc input")).toBeChecked();
});

test("marks made without a line are kept and sent later", { tag: "@only-phone" }, async ({ page, context, watch }) => {
  watch.allow(/INTERNET_DISCONNECTED|Failed to fetch/);
  const path = await openRegister(page, 3);
  const row = page.locator("li.who").nth(4);
  await context.setOffline(true);
  await row.locator("label.abs").click();
  await expect(row).toHaveClass(/unsent/);
  await expect(foot(page)).toContainText("1 to send");
  await expect(row.locator("label.abs input")).toBeChecked();
  // The page is left before the line is back; the mark waits on the device.
  await context.setOffline(false);
  await open(page, path);
  await expect(foot(page)).toHaveText("Everything is saved");
  await page.reload();
  await hydrated(page);
  await expect(row.locator("label.abs input")).toBeChecked();
  await expect(row.locator("small")).toContainText("you");
});

test("the register is a form without script", { tag: "@only-nojs" }, async ({ page }) => {
  const path = await openRegister(page, 2);
  const rows = page.locator("li.who");
  const name = await rows.nth(0).locator("h2").textContent();
  await rows.nth(0).locator("label.late input").check();
  await rows.nth(0).locator(".mins:not(.why) input").fill("999");
  await rows.nth(1).locator("label.abs input").check();
  await page.getByRole("button", { name: "Save", exact: true }).last().click();
  await expect(page.locator(".errors")).toBeVisible();
  await expect(rows.nth(0).locator(".mins:not(.why) input")).toHaveValue("999");
  await expect(rows.nth(1).locator("label.abs input")).toBeChecked();
  await accessible(page);

  await rows.nth(0).locator(".mins:not(.why) input").fill("20");
  await page.getByRole("button", { name: "Save", exact: true }).last().click();
  await expect(page.locator(".flash")).toBeVisible();
  expect(new URL(page.url()).pathname).toBe(path);
  await expect(marked(page)).toHaveText("2 of 34 marked");
  await page.getByRole("button", { name: "Everyone present" }).click();
  await expect(marked(page)).toHaveText("34 of 34 marked");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(marked(page)).toHaveText("2 of 34 marked");
  await expect(rows.nth(0).locator("label.late b")).toHaveText("20′");
  await accessible(page);
  await shot(page, "register");

  await page.getByRole("link", { name: "History" }).click();
  await expect(page.locator("ol.history > li")).toHaveCount(66);
  await accessible(page);
  await shot(page, "register-history");
  await page.getByRole("link", { name: name! }).last().click();
  await expect(page.locator("ol.history > li")).toHaveCount(1);
  await expect(page.locator("ol.history")).toContainText("Late 20′");
});

test("the register at a desk", async ({ page }) => {
  await openRegister(page, 0);
  await expect(marked(page)).toHaveText("34 of 34 marked");
  await fits(page);
  await accessible(page);
  await shot(page, "register");
  const find = page.locator(".reg-find");
  const name = (await page.locator("li.who h2").nth(9).textContent())!;
  await find.fill(name);
  await expect(page.locator("li.who:visible")).toHaveCount(1);
  // Enter must not press "everyone present".
  await find.press("Enter");
  await expect(page.locator("li.who:visible")).toHaveCount(1);
});

test("who only takes part cannot open the register", { tag: ["@nojs"] }, async ({ page }) => {
  const delivery = await runningDelivery(page);
  await signIn(page, "judge@magistra.example");
  await open(page, `/deliveries/${delivery}/register`, 403);
  await expect(page.locator("li.who")).toHaveCount(0);
  await page.context().clearCookies();
  await page.goto(`/deliveries/${delivery}/register`);
  expect(new URL(page.url()).pathname).toBe("/sign-in");
});
