// A kiosk without a network: every badge is kept on the tablet, said to be so, and recorded once as of the time
// of reading when the line is back; what cannot be recorded is shown to the keeper.
import type { BrowserContext, Page } from "@playwright/test";
import { slotNow } from "./support/delivery";
import { accessible, fits, hydrated, open, shot } from "./support/pages";
import { PASSWORD } from "./support/server";
import { somebody } from "./support/somebody";
import { expect, test } from "./support/test";

const NO_LINE = /INTERNET_DISCONNECTED|Failed to fetch|ERR_FAILED|NetworkError|ServiceWorker/;

/** Makes everybody's badges; the typed codes of the first names, as the register writes them. */
async function codes(admin: Page, delivery: string, count: number): Promise<{ name: string; code: string }[]> {
  await open(admin, `/deliveries/${delivery}/badges`);
  await admin.getByRole("button", { name: /^Make (a badge|badges) for/ }).click();
  await expect(admin.getByRole("link", { name: "Print badges" })).toBeVisible();
  const rows = admin.locator("table.cards tbody tr");
  const found = [];
  for (let n = 0; n < count; n++) {
    const name = (await rows.nth(n).locator("th").textContent())!.trim();
    found.push({ name, code: (await rows.nth(n).locator("td").nth(1).textContent())!.trim() });
  }
  return found;
}

/** Makes somebody's browser a kiosk, and waits until it can be opened without a line. */
async function kiosk(page: Page, delivery: string) {
  await open(page, `/deliveries/${delivery}/badges`);
  await page.getByRole("button", { name: "Use this tablet as a kiosk" }).click();
  await page.waitForURL("**/kiosk");
  await hydrated(page);
  await expect(line(page)).toContainText("Works without network", { timeout: 30_000 });
}

const line = (page: Page) => page.locator(".kiosk .line");
const said = (page: Page) => page.locator(".answer .what");

async function read(page: Page, code: string) {
  await page.locator("input[name=code]").fill(code);
  await page.locator("input[name=code]").press("Enter");
}

async function off(context: BrowserContext, page: Page) {
  await context.setOffline(true);
  await expect(line(page)).toContainText("No network");
}

/** The history's lines of a name. */
async function lines(page: Page, delivery: string, slot: string, name: string) {
  await open(page, `/deliveries/${delivery}/register/${slot}/history`);
  return page.locator("ol.history > li", { hasText: name });
}

/** What the device keeps, as text. */
const kept = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<string>((done, fail) => {
        const asked = indexedDB.open("magistra.kiosk", 1);
        asked.onerror = () => fail(asked.error);
        asked.onsuccess = () => {
          const all = asked.result.transaction("unsent").objectStore("unsent").getAll();
          all.onerror = () => fail(all.error);
          all.onsuccess = () => {
            asked.result.close();
            done(JSON.stringify(all.result));
          };
        };
      }),
  );

for (const hours of [0, -7]) {
  test(`badges read without network are recorded once, later${hours ? ", by a tablet whose clock is wrong" : ""}`, async ({ browser, fresh, watch }) => {
    test.setTimeout(180_000);
    watch.allow(NO_LINE);
    const admin = await somebody(browser, fresh.url, "admin", watch, 0, 1280);
    const { delivery, slot } = await slotNow(admin);
    const [first, second, third] = await codes(admin, delivery, 3);
    const tablet = await somebody(browser, fresh.url, "trainer", watch, hours, hours ? 1280 : 390);
    const context = tablet.context();
    await kiosk(tablet, delivery);
    await read(tablet, first!.code);
    await expect(said(tablet)).toContainText(/^(In|Late),/);
    await expect(line(tablet)).toContainText("Everything is sent");

    await off(context, tablet);
    await read(tablet, second!.code);
    await expect(said(tablet)).toContainText("Kept on this tablet, not yet sent – 1 waiting");
    await read(tablet, "WXYZ-00000");
    await expect(line(tablet)).toContainText("2 badges waiting");
    await tablet.getByRole("link", { name: "Leaving" }).click();
    await read(tablet, first!.code);
    await expect(said(tablet)).toContainText("3 waiting");
    await fits(tablet);
    await accessible(tablet);
    await shot(tablet, "kiosk-offline");
    const before = new Date();
    const text = await kept(tablet);
    for (const { name } of [first!, second!, third!]) {
      for (const part of name.split(", ")) expect(text, "codes alone are on the device").not.toContain(part);
    }

    // Closed and opened again: the page is there, the count too, and the way that was chosen.
    await tablet.reload();
    await hydrated(tablet);
    await expect(line(tablet)).toContainText("3 badges waiting");
    await expect(tablet.getByRole("link", { name: "Leaving" })).toHaveAttribute("aria-current", "page");
    await tablet.getByRole("link", { name: "Arriving" }).click();
    await read(tablet, third!.code);
    await expect(said(tablet)).toContainText("4 waiting");
    expect((JSON.parse(await kept(tablet)) as string[]).length).toBe(4);

    await context.setOffline(false);
    await expect(line(tablet)).toContainText("Everything is sent", { timeout: 60_000 });
    await expect(tablet.locator(".lost li")).toHaveCount(1);
    await expect(tablet.locator(".lost li")).toContainText("Unknown badge");
    await accessible(tablet);
    await shot(tablet, "kiosk-sent");
    expect(await kept(tablet)).toBe("[]");
    // Sent again by a reload, nothing is doubled.
    await tablet.reload();
    await hydrated(tablet);
    await expect(line(tablet)).toContainText("Everything is sent");
    await expect(await lines(admin, delivery, slot, first!.name)).toHaveCount(2);
    await expect(await lines(admin, delivery, slot, second!.name)).toHaveCount(1);
    await expect(await lines(admin, delivery, slot, third!.name)).toHaveCount(1);

    // The keeper sees what was not recorded, when it was read, and deals with it.
    await open(admin, `/deliveries/${delivery}/register/${slot}/door`);
    await admin.getByRole("link", { name: "See which" }).click();
    await admin.waitForURL("**/unrecorded");
    const item = admin.locator(".list .item");
    await expect(item).toHaveCount(1);
    await expect(item).toContainText("Unknown badge, WXYZ");
    const clock = (at: Date) => at.toLocaleTimeString("en-GB", { timeZone: "Europe/Tirane", hour: "2-digit", minute: "2-digit" });
    const near = [-2, -1, 0, 1].map((minutes) => clock(new Date(before.getTime() + minutes * 60_000)));
    await expect(item.locator("p.num")).toContainText(new RegExp(near.join("|")));
    await fits(admin);
    await accessible(admin);
    await shot(admin, "unrecorded");
    await admin.getByRole("button", { name: /^Dealt with/ }).click();
    await expect(item).toContainText("Dealt with by");
    for (const one of [tablet, admin]) await one.context().close();
  });
}

test("a kiosk that is ended without network is sent empty, and leaves nothing on the tablet", async ({ browser, fresh, watch }) => {
  test.setTimeout(180_000);
  watch.allow(NO_LINE);
  const admin = await somebody(browser, fresh.url, "admin", watch, 0, 1280);
  const { delivery } = await slotNow(admin);
  const [first] = await codes(admin, delivery, 1);
  const tablet = await somebody(browser, fresh.url, "trainer", watch, 0, 1280);
  const context = tablet.context();
  await kiosk(tablet, delivery);
  await off(context, tablet);
  await read(tablet, first!.code);
  await expect(said(tablet)).toContainText("1 waiting");
  await open(admin, `/deliveries/${delivery}/badges`);
  await admin.getByRole("button", { name: "End this kiosk" }).click();
  await expect(admin.getByRole("button", { name: "End this kiosk" })).toHaveCount(0);

  await context.setOffline(false);
  await expect(tablet.getByRole("heading", { name: "This kiosk has ended" })).toBeVisible({ timeout: 60_000 });
  await hydrated(tablet);
  await expect(tablet.locator(".notice")).toHaveCount(0, { timeout: 30_000 });
  await accessible(tablet);
  expect(await kept(tablet)).toBe("[]");
  await expect.poll(() => tablet.evaluate(async () => (await caches.keys()).includes("magistra-kiosk"))).toBe(false);
  // What it had read is for the keeper to decide.
  await open(admin, `/deliveries/${delivery}/unrecorded`);
  await expect(admin.locator(".list .item")).toContainText(first!.name);
  await expect(admin.locator(".list .item")).toContainText("This kiosk has ended");
  for (const one of [tablet, admin]) await one.context().close();
});

test("what a kiosk could not record is dealt with", { tag: ["@phone", "@nojs"] }, async ({ page, fresh }) => {
  await page.goto(`${fresh.url}/sign-in`);
  await hydrated(page);
  await page.locator("input[name=email]").fill("admin@magistra.example");
  await page.locator("input[name=password]").fill(PASSWORD);
  await page.locator("input[name=password]").press("Enter");
  await page.waitForURL((to) => to.pathname !== "/sign-in");
  await page.goto(`${fresh.url}/deliveries?tab=running`);
  const delivery = (await page.locator("main a[href^='/deliveries/0']").first().getAttribute("href"))!.split("/")[2]!;
  await page.goto(`${fresh.url}/deliveries/${delivery}/badges`);
  await hydrated(page);
  await page.getByRole("link", { name: "Badges read without network" }).click();
  await page.waitForURL("**/unrecorded");
  await expect(page.getByRole("heading", { name: "Nothing is left to decide" })).toBeVisible();
  await fits(page);
  await accessible(page);
});
