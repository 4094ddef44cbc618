// The screen at the door, those who scan it, and registers that show it at once.
import type { Browser, Page } from "@playwright/test";
import { slotNow } from "./support/delivery";
import { accessible, fits, hasScript, hydrated, open, shot, signIn } from "./support/pages";
import { PASSWORD } from "./support/server";
import { expect, test } from "./support/test";

/** A page of somebody else, in a browser of their own. */
async function somebody(browser: Browser, url: string, who: string, watch: { context(c: import("@playwright/test").BrowserContext): void }): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, javaScriptEnabled: hasScript(), reducedMotion: "reduce" });
  watch.context(context);
  const page = await context.newPage();
  await signIn(page, `${who}@magistra.example`);
  return page;
}

/** What a phone reads from the code on the screen. */
async function scanned(door: Page): Promise<string> {
  const address = await door.locator(".qr svg").getAttribute("aria-label");
  const url = new URL(address!);
  return url.pathname + url.search;
}

test("a trainer opens the door, a judge scans, and every register shows it", { tag: ["@phone"] }, async ({ page, browser, fresh, watch }) => {
  test.setTimeout(120_000);
  const admin = await somebody(browser, fresh.url, "admin", watch);
  const { delivery, slot } = await slotNow(admin);
  const register = `/deliveries/${delivery}/register/${slot}`;
  const trainer = await somebody(browser, fresh.url, "trainer", watch);
  await open(trainer, register);
  await open(admin, register);

  // Two registers: what one marks, the other shows without being asked.
  const name = (await trainer.locator("li.who h2").first().textContent())!;
  const theirs = admin.locator("li.who").first();
  await expect(theirs.locator("h2")).toHaveText(name);
  await trainer.locator("li.who").first().locator("label.abs").click();
  await expect(theirs.locator("label.abs input")).toBeChecked();
  await expect(theirs.locator("small")).toContainText("Ardita");

  await trainer.getByRole("link", { name: "Check-in screen" }).click();
  await trainer.waitForURL("**/door");
  await trainer.locator("input[name=tolerance]").fill("99");
  await trainer.getByRole("button", { name: "Open check-in" }).click();
  await expect(trainer.locator(".err")).toBeVisible();
  // Nothing is forgiven, so that whoever leaves leaves early, whatever the hour.
  await trainer.locator("input[name=tolerance]").fill("0");
  await trainer.getByRole("button", { name: "Open check-in" }).click();
  await expect(trainer.locator(".digits")).toHaveText(/^\d{3} \d{3}$/);
  await fits(trainer);
  await accessible(trainer);
  await shot(trainer, "door");

  // The judge's phone: scanned, and nothing more to press.
  await signInAt(page, fresh.url, "judge");
  await page.goto(fresh.url + (await scanned(trainer)));
  await expect(page.locator(".notice.good")).toContainText("You are in");
  await fits(page);
  await accessible(page);
  await shot(page, "arrived");
  await expect(admin.locator("li.who small", { hasText: "checked in" })).toHaveCount(1);
  await expect(trainer.locator(".inside b")).toHaveText("1");

  // The prosecutor is in no such group, and is told so; nothing is recorded.
  const prosecutor = await somebody(browser, fresh.url, "prosecutor", watch);
  await prosecutor.goto(fresh.url + (await scanned(trainer)));
  await expect(prosecutor.locator(".notice")).toContainText("You are not in this group");
  await accessible(prosecutor);
  await shot(prosecutor, "wrong-door");

  // And out again.
  await trainer.getByRole("link", { name: "Show the code for leaving" }).click();
  await expect(trainer.locator(".code .lede")).toHaveText("Scan to check out");
  await page.goto(fresh.url + (await scanned(trainer)));
  await expect(page.locator(".notice.good")).toContainText("You are out");
  await expect(admin.locator("li.who label.left input:checked")).toHaveCount(1);

  await trainer.getByRole("button", { name: "Close check-in" }).click();
  await expect(trainer.getByRole("button", { name: "Open check-in" })).toBeVisible();
  for (const other of [admin, trainer, prosecutor]) await other.context().close();
});

async function signInAt(page: Page, url: string, who: string) {
  await page.goto(`${url}/sign-in`);
  await hydrated(page);
  await page.locator("input[name=email]").fill(`${who}@magistra.example`);
  await page.locator("input[name=password]").fill(PASSWORD);
  await page.locator("input[name=password]").press("Enter");
  await page.waitForURL((to) => to.pathname !== "/sign-in");
}

test("who scans without being signed in signs in and is marked; digits can be typed", { tag: ["@nojs"] }, async ({ page, browser, fresh, watch }) => {
  test.setTimeout(120_000);
  const trainer = await somebody(browser, fresh.url, "admin", watch);
  const { delivery, slot } = await slotNow(trainer);
  await open(trainer, `/deliveries/${delivery}/register/${slot}/door`);
  await trainer.getByRole("button", { name: "Open check-in" }).click();
  await expect(trainer.locator(".digits")).toBeVisible();

  await page.goto(fresh.url + (await scanned(trainer)));
  await page.locator("main").getByRole("link", { name: "Sign in" }).click();
  await page.waitForURL("**/sign-in*");
  await hydrated(page);
  await page.locator("input[name=email]").fill("judge@magistra.example");
  await page.locator("input[name=password]").fill(PASSWORD);
  await page.locator("input[name=password]").press("Enter");
  await page.waitForURL("**/in/**");
  if (!hasScript()) await page.locator("main").getByRole("button", { name: "Check in" }).click();
  await expect(page.locator(".notice.good")).toContainText("You are in");
  await accessible(page);

  // Six digits instead of a picture: wrong ones are named, those for leaving work.
  await page.goto(`${fresh.url}/in`);
  await hydrated(page);
  await page.locator("input[name=digits]").fill("12");
  await page.locator("main").getByRole("button", { name: "Check in" }).click();
  await expect(page.locator(".errors")).toContainText("no check-in of yours");
  await fits(page);
  await accessible(page);
  await shot(page, "digits");
  await open(trainer, `/deliveries/${delivery}/register/${slot}/door?way=out`);
  const digits = await trainer.locator(".digits").textContent();
  await page.locator("input[name=digits]").fill(digits!);
  await page.locator("main").getByRole("button", { name: "Check in" }).click();
  await expect(page.locator(".notice.good")).toContainText("You are out");
  await trainer.context().close();
});

test("check-in limited to where the course is", { tag: ["@only-phone"] }, async ({ page, context, browser, fresh, watch }) => {
  test.setTimeout(120_000);
  const trainer = await somebody(browser, fresh.url, "admin", watch);
  const { delivery, slot } = await slotNow(trainer);
  await open(trainer, `/deliveries/${delivery}/register/${slot}/door`);
  await trainer.getByText("Check-in is possible").click();
  await trainer.locator("input[name=networks]").fill("the library");
  const save = trainer.locator("details").getByRole("button", { name: "Save" });
  await save.click();
  await expect(trainer.locator(".errors").first()).toContainText("Networks");
  await accessible(trainer);
  await trainer.locator("input[name=networks]").fill("192.0.2.0/24");
  await trainer.context().grantPermissions(["geolocation"]);
  await trainer.context().setGeolocation({ latitude: 41.3275, longitude: 19.8187, accuracy: 20 });
  await trainer.getByRole("button", { name: "Fill in where this device is" }).click();
  await expect(trainer.locator("input[name=latitude]")).toHaveValue("41.327500");
  await shot(trainer, "door-limits");
  await save.click();
  await expect(trainer.locator("summary", { hasText: "from these networks, or within 150 m" })).toBeVisible();
  await trainer.getByRole("button", { name: "Open check-in" }).click();
  await expect(trainer.locator(".digits")).toBeVisible();

  // A device that does not say where it is, one in the next town, one in the room.
  await signInAt(page, fresh.url, "judge");
  await page.goto(fresh.url + (await scanned(trainer)));
  await expect(page.getByText("did not say where this device is")).toBeVisible();
  await fits(page);
  await accessible(page);
  await shot(page, "in-where");
  await context.grantPermissions(["geolocation"]);
  await context.setGeolocation({ latitude: 41.4, longitude: 19.8187, accuracy: 20 });
  await page.getByRole("button", { name: "Check in from here" }).click();
  await expect(page.locator(".errors")).toContainText("too far away");
  await context.setGeolocation({ latitude: 41.3279, longitude: 19.8187, accuracy: 20 });
  await page.getByRole("button", { name: "Check in from here" }).click();
  await expect(page.locator(".notice.good")).toContainText("You are in");
  await trainer.context().close();
});
