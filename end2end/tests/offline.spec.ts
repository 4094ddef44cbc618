// The register without a network: opened once, it goes on working; what was marked meanwhile is sent, once,
// and where somebody else marked otherwise both stories are shown and one of them stands.
import type { BrowserContext, Page } from "@playwright/test";
import { accessible, fits, hydrated, open, shot, signIn } from "./support/pages";
import { somebody } from "./support/somebody";
import { expect, test } from "./support/test";

const NO_LINE = /INTERNET_DISCONNECTED|Failed to fetch|ERR_FAILED|NetworkError|ServiceWorker/;

/** The register of one of the demonstration's half-days of today: 2 and 3. */
async function register(page: Page, position: number): Promise<string> {
  await open(page, "/deliveries?tab=running");
  const delivery = (await page.locator("main a[href^='/deliveries/0']").first().getAttribute("href"))!.split("/")[2]!;
  await open(page, `/deliveries/${delivery}/register`);
  const path = (await page.locator("nav.slots a").nth(position).getAttribute("href"))!;
  await open(page, path);
  return path;
}

const row = (page: Page, n: number) => page.locator("li.who").nth(n);
const foot = (page: Page) => page.locator(".reg-foot p");
const noLine = (page: Page) => page.locator(".reg-line");

/** Until the whole delivery is kept on the device. */
async function ready(page: Page) {
  await expect(page.locator(".reg-head")).toContainText("works without network", { timeout: 30_000 });
}

async function off(context: BrowserContext, page: Page) {
  await context.setOffline(true);
  await expect(noLine(page)).toBeVisible();
  await expect(noLine(page)).toContainText("No network");
}

async function on(context: BrowserContext, page: Page) {
  await context.setOffline(false);
  await expect(noLine(page)).toBeHidden({ timeout: 30_000 });
}

/** How many people's registers are kept on the device. */
const kept = (page: Page) => page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith("magistra-register")).length);

/** How many changes the history of a name counts. */
async function changes(page: Page, path: string, name: string): Promise<number> {
  await open(page, `${path}/history`);
  return page.locator("ol.history > li", { hasText: name }).count();
}

test("opened once, the register of a whole delivery works without network", { tag: "@only-phone" }, async ({ browser, fresh, watch }) => {
  test.setTimeout(120_000);
  watch.allow(NO_LINE);
  const page = await somebody(browser, fresh.url, "trainer", watch);
  const context = page.context();
  const admin = await somebody(browser, fresh.url, "admin", watch);
  const first = await register(admin, 2);
  const delivery = first.split("/")[2]!;
  await open(page, first);
  const tabs = page.locator("nav.slots a");
  const second = (await tabs.nth(3).getAttribute("href"))!;
  await ready(page);

  await off(context, page);
  const names = await page.locator("li.who h2").allTextContents();
  await row(page, 4).locator("label.abs").click();
  await expect(foot(page)).toContainText("Saved on this device");
  await expect(foot(page)).toContainText("1 to send");
  // To another half-day by its tab: its names come from the device.
  await tabs.nth(3).click();
  await page.waitForURL(`**${second}`);
  await expect(page.locator("li.who")).toHaveCount(names.length);
  await row(page, 5).locator("label.exc").click();
  await row(page, 5).locator(".why input").fill("hearing");
  await row(page, 5).locator(".why input").blur();
  await expect(foot(page)).toContainText("2 to send");
  await expect(foot(page)).toContainText("Saved on this device");
  await accessible(page);
  await fits(page);
  await shot(page, "register-offline");

  // The page is closed and opened again: nothing is lost, and everything can still be seen.
  await page.reload();
  await hydrated(page);
  await expect(noLine(page)).toBeVisible();
  await expect(foot(page)).toContainText("2 to send");
  await expect(row(page, 5)).toHaveClass(/unsent/);
  await expect(row(page, 5).locator("label.exc input")).toBeChecked();
  // By the address without a half-day too.
  await page.goto(`/deliveries/${delivery}/register`);
  await hydrated(page);
  await expect(page.locator("li.who")).toHaveCount(names.length);
  await expect(foot(page)).toContainText("2 to send");
  await page.goto(first);
  await hydrated(page);
  await expect(row(page, 4)).toHaveClass(/unsent/);
  // What is not sent yet can still be taken back.
  await row(page, 6).locator("label.late").click();
  await expect(foot(page)).toContainText("3 to send");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(foot(page)).toContainText("2 to send");
  await expect(row(page, 6).locator("label.late input")).not.toBeChecked();

  await on(context, page);
  await expect(foot(page)).toHaveText("Everything is saved");
  await expect(page.locator("li.who.unsent")).toHaveCount(0);
  await expect(row(page, 4).locator("small")).toContainText("you");
  await page.reload();
  await hydrated(page);
  await expect(row(page, 4).locator("label.abs input")).toBeChecked();
  // No doubles: one change each.
  for (const [path, name] of [[first, names[4]!], [second, names[5]!]] as const) {
    expect(await changes(page, path, name)).toBe(1);
  }
  for (const one of [page, admin]) await one.context().close();
});

test("what others marked meanwhile is shown when the line is back", { tag: "@only-phone" }, async ({ browser, fresh, watch }) => {
  test.setTimeout(120_000);
  watch.allow(NO_LINE);
  const admin = await somebody(browser, fresh.url, "admin", watch);
  const trainer = await somebody(browser, fresh.url, "trainer", watch);
  const path = await register(admin, 2);
  await open(trainer, path);
  await ready(trainer);
  await off(trainer.context(), trainer);
  await row(admin, 7).locator("label.late").click();
  await expect(foot(admin)).toHaveText("Everything is saved");
  await trainer.reload();
  await hydrated(trainer);
  await expect(row(trainer, 7).locator("label.late input")).not.toBeChecked();
  await on(trainer.context(), trainer);
  await expect(row(trainer, 7).locator("label.late input")).toBeChecked();
  for (const one of [admin, trainer]) await one.context().close();
});

// The device that was without a line is right, or three hours ahead, or three hours slow: it marked last,
// and that is what counts.
for (const hours of [0, 3, -3]) {
  test(`two devices mark one name differently; a clock wrong by ${hours} h decides nothing`, { tag: "@only-phone" }, async ({ browser, fresh, watch }) => {
    test.setTimeout(120_000);
    watch.allow(NO_LINE);
    const admin = await somebody(browser, fresh.url, "admin", watch);
    const trainer = await somebody(browser, fresh.url, "trainer", watch, hours);
    const path = await register(admin, 2);
    await open(trainer, path);
    await ready(trainer);
    await off(trainer.context(), trainer);
    // The trainer first, then the administrator, who knows nothing of it: hers stands.
    await row(trainer, 3).locator("label.abs").click();
    await expect(foot(trainer)).toContainText("1 to send");
    await row(admin, 3).locator("label.exc").click();
    await expect(foot(admin)).toHaveText("Everything is saved");
    // Of the next name the administrator first: the trainer's stands.
    await row(admin, 4).locator("label.exc").click();
    await expect(foot(admin)).toHaveText("Everything is saved");
    await row(trainer, 4).locator("label.abs").click();
    await expect(foot(trainer)).toContainText("2 to send");

    await on(trainer.context(), trainer);
    await expect(foot(trainer)).toHaveText("Everything is saved");
    for (const page of [trainer, admin]) {
      await expect(row(page, 3).locator("label.exc input")).toBeChecked();
      await expect(row(page, 4).locator("label.abs input")).toBeChecked();
      for (const [n, stands, other] of [[3, "Excused", "Absent"], [4, "Absent", "Excused"]] as const) {
        const dispute = row(page, n).locator(".dispute");
        await expect(dispute).toContainText(new RegExp(`${stands}: .* stands, because it was made later`));
        await expect(dispute).toContainText(new RegExp(`${other}: .* does not stand`));
      }
    }
    await accessible(trainer);
    await fits(trainer);
    await shot(trainer, "register-two-stories");

    // The history says so too.
    await open(admin, `${path}/history`);
    await expect(admin.locator("ol.history .tag.warn")).toHaveText("did not stand");
    await accessible(admin);
    await open(admin, path);

    // One of them decides, and both read the same.
    await row(admin, 3).getByRole("button", { name: /^Take: Absent/ }).click();
    await row(trainer, 4).getByRole("button", { name: /^Keep: Absent/ }).click();
    for (const page of [trainer, admin]) {
      await expect(page.locator(".dispute")).toHaveCount(0);
      await expect(row(page, 3).locator("label.abs input")).toBeChecked();
      await expect(row(page, 4).locator("label.abs input")).toBeChecked();
    }
    for (const one of [admin, trainer]) await one.context().close();
  });
}

test("a copy on a shared phone is gone when its owner signs out; unsent marks wait for them", { tag: "@only-phone" }, async ({ browser, fresh, watch }) => {
  test.setTimeout(120_000);
  watch.allow(NO_LINE);
  const page = await somebody(browser, fresh.url, "trainer", watch);
  const context = page.context();
  const admin = await somebody(browser, fresh.url, "admin", watch);
  const path = await register(admin, 3);
  await admin.context().close();
  await open(page, path);
  await ready(page);
  expect(await kept(page)).toBe(1);
  await off(context, page);
  await row(page, 2).locator("label.late").click();
  await expect(foot(page)).toContainText("1 to send");
  // The line is back for other pages only: the server of marks is busy.
  await page.route("**/_fn/attendance/mark", (route) => route.abort());
  await context.setOffline(false);
  await open(page, "/account");
  await page.evaluate(() => document.querySelector<HTMLFormElement>("form:has(input[value='/_fn/people/sign-out'])")!.requestSubmit());
  await page.waitForURL((to) => to.pathname !== "/account");
  await expect.poll(() => kept(page)).toBe(0);
  // Somebody else's marks are not sent, and not shown.
  await signIn(page, "admin@magistra.example");
  await page.unroute("**/_fn/attendance/mark");
  await open(page, path);
  await expect(foot(page)).toHaveText("Everything is saved");
  await expect(row(page, 2).locator("label.late input")).not.toBeChecked();
  await page.context().clearCookies();
  await signIn(page, "trainer@magistra.example");
  await open(page, path);
  await expect(foot(page)).toHaveText("Everything is saved");
  await expect(row(page, 2).locator("label.late input")).toBeChecked();
  await context.close();
});

test("a copy is gone when the session was ended elsewhere", { tag: "@only-phone" }, async ({ browser, fresh, watch }) => {
  test.setTimeout(120_000);
  watch.allow(NO_LINE);
  // What the page asks of the server before it knows.
  watch.allow(/^401 /);
  const page = await somebody(browser, fresh.url, "trainer", watch);
  const admin = await somebody(browser, fresh.url, "admin", watch);
  const path = await register(admin, 3);
  await admin.context().close();
  await open(page, path);
  await ready(page);
  expect(await kept(page)).toBe(1);
  await off(page.context(), page);

  const elsewhere = await somebody(browser, fresh.url, "trainer", watch);
  await open(elsewhere, "/account");
  await elsewhere.getByRole("button", { name: "Sign out everywhere else" }).click();
  await expect(elsewhere.locator(".flash")).toBeVisible();
  await elsewhere.context().close();
  expect(await kept(page), "without a line nothing is known of it").toBe(1);

  await page.context().setOffline(false);
  await expect.poll(() => kept(page), { timeout: 30_000 }).toBe(0);
  await page.goto(path);
  expect(new URL(page.url()).pathname).toBe("/sign-in");
  await page.context().close();
});

test("two stories can be decided without script", { tag: "@only-nojs" }, async ({ browser, fresh }) => {
  test.setTimeout(120_000);
  // Two phones send what they marked an hour and half an hour ago, neither knowing of the other.
  const contexts = await Promise.all([0, 1].map(() => browser.newContext({ baseURL: fresh.url, javaScriptEnabled: false })));
  const [admin, trainer] = await Promise.all(contexts.map((context) => context.newPage()));
  await signIn(admin!, "admin@magistra.example");
  await signIn(trainer!, "trainer@magistra.example");
  const path = await register(admin!, 2);
  const [, , delivery, , slot] = path.split("/");
  const place = (await admin!.locator("li.who").nth(0).getAttribute("data-e"))!;
  const send = async (who: Page, id: string, state: string, minutes: number) => {
    const action = { id, t: (Date.now() - minutes * 60_000) * 1000, touches: [{ e: place, s: state }] };
    const form = { delivery: delivery!, slot: slot!, action: JSON.stringify(action) };
    const answer = await who.request.post("/_fn/attendance/mark", { form, headers: { "sec-fetch-site": "same-origin", origin: fresh.url } });
    expect(answer.ok()).toBe(true);
  };
  await send(trainer!, "00000000-0000-4000-8000-000000000001", "absent", 60);
  await send(admin!, "00000000-0000-4000-8000-000000000002", "excused", 30);
  await open(admin!, path);
  const first = admin!.locator("li.who").nth(0);
  await expect(first.locator(".dispute")).toContainText("does not stand");
  await accessible(admin!);
  await shot(admin!, "register-two-stories");
  await first.getByRole("button", { name: /^Take: Absent/ }).click();
  await expect(first.locator(".dispute")).toHaveCount(0);
  await expect(first.locator("label.abs input")).toBeChecked();
  for (const context of contexts) await context.close();
});
