// The main job, whole, by its own pages and nothing else: a trainer publishes a module, an academy
// schedules it, a judge enrols and studies, the register is kept, a certificate comes out that
// anybody can check, and the programme officer sees the number move.
import type { Browser, Page } from "@playwright/test";
import { accessible, fits, hasScript, hydrated, open, shot, signIn } from "./support/pages";
import type { Server } from "./support/server";
import type { Watch } from "./support/test";
import { expect, test } from "./support/test";

const TITLE = "Seizing a phone";
const COURSE = "introductory-judges-prosecutors";

const main = (page: Page) => page.locator("#main");
const press = (page: Page, name: string | RegExp) =>
  main(page).getByRole("button", { name, exact: typeof name === "string" }).click();

/** A window of somebody's own. */
async function window(browser: Browser, server: Server, watch: Watch, email?: string): Promise<Page> {
  const { javaScriptEnabled, viewport, isMobile, hasTouch } = test.info().project.use;
  const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled, viewport, isMobile, hasTouch, reducedMotion: "reduce" });
  watch.context(context);
  const page = await context.newPage();
  if (email) await signIn(page, `${email}@magistra.example`);
  return page;
}

async function look(page: Page, name: string) {
  await fits(page);
  await accessible(page);
  await shot(page, `main-${name}`);
}

/** From nothing to a released pack of one module, with one session and one lesson. */
async function publish(page: Page) {
  await open(page, "/teach/new");
  const course = await page.locator("#f-course option", { hasText: "Introductory" }).first().getAttribute("value");
  await page.locator("#f-course").selectOption(course!);
  await page.locator("#f-language").selectOption("en");
  await page.locator("#f-title").fill(TITLE);
  await press(page, "Make the draft");
  await page.waitForURL(/\/packs\/[0-9a-f-]{36}$/);
  await hydrated(page);
  await page.getByRole("link", { name: "Add a module" }).click();
  await page.locator("#f-title").fill("At the scene");
  await press(page, "Add a module");
  await expect(page.getByRole("heading", { name: "At the scene", level: 3 })).toBeVisible();
  await hydrated(page);
  await page.getByRole("link", { name: "Add a session" }).click();
  await page.locator("#f-title").fill("What to do in the first ten minutes");
  await page.locator("#f-minutes").fill("90");
  await press(page, "Add a session");
  await expect(page.getByRole("link", { name: "What to do in the first ten minutes" })).toBeVisible();
  await hydrated(page);
  await page.getByRole("link", { name: "Add a lesson" }).click();
  await page.locator("#f-title").fill("Airplane mode");
  await page.locator("#f-minutes").fill("10");
  await page.locator("#f-body").fill("Switch the radio off **before** you switch the phone off.");
  await press(page, "Add a lesson");
  await expect(page.getByRole("link", { name: "Airplane mode" })).toBeVisible();
  await hydrated(page);
  await press(page, "Mark as piloted");
  await expect(page.getByRole("button", { name: "Feedback is being worked in" })).toBeVisible();
  await hydrated(page);
  await press(page, "Feedback is being worked in");
  await page.getByRole("link", { name: "Release…" }).click();
  await page.locator("#f-notes").fill("First version.");
  await press(page, "Release this version");
  await expect(page.getByText("This version is released and never changes")).toBeVisible();
}

/** Schedules the pack for today and returns the delivery's path. */
async function schedule(page: Page, today: string): Promise<string> {
  await open(page, `/deliveries/new?course=${COURSE}`);
  await page.locator("#f-title").fill(`${TITLE}, Tirana`);
  const pack = await page.locator("#f-pack option", { hasText: TITLE }).first().getAttribute("value");
  await page.locator("#f-pack").selectOption(pack!);
  await page.locator("#f-starts_on").fill(today);
  await page.locator("#f-ends_on").fill(today);
  await page.locator("#f-place").fill("Tirana, room 204");
  await page.locator("#f-capacity").fill("12");
  await press(page, "Schedule");
  await page.waitForURL(/\/deliveries\/[0-9a-f-]{36}$/);
  await hydrated(page);
  const delivery = new URL(page.url()).pathname;
  // One half-day, so that whoever is there for it was there for all of it.
  await open(page, `${delivery}/timetable`);
  await page.locator("#f-day").fill(today);
  await page.locator("#f-from").fill("09:00");
  await page.locator("#f-to").fill("10:30");
  await press(page, "Add");
  await expect(main(page).locator(".timetable .day")).toHaveCount(1);
  return delivery;
}

async function step(page: Page, delivery: string, to: string) {
  await open(page, `${delivery}/state/${to}`);
  await main(page).locator("form button").click();
  await page.waitForURL((url) => url.pathname === delivery);
  await hydrated(page);
}

/** Certificates issued, as the programme officer's report says for Albania. */
async function certified(page: Page): Promise<number> {
  await open(page, "/reports?area=AL");
  return Number((await page.locator(".stats .stat b").last().innerText()).replace(/\D/g, ""));
}

test("publish, enrol, study, attend, certify, count", { tag: ["@phone", "@nojs"] }, async ({ browser, fresh: server, watch }) => {
  test.slow();
  const officer = await window(browser, server, watch, "officer");
  const trainer = await window(browser, server, watch, "trainer");
  const admin = await window(browser, server, watch, "admin");
  const judge = await window(browser, server, watch, "judge");
  const anybody = await window(browser, server, watch);
  const before = await certified(officer);

  await publish(trainer);
  await look(trainer, "pack");

  const today = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Tirane" }).format(new Date());
  const delivery = await schedule(admin, today);
  await step(admin, delivery, "call_open");

  // The judge finds it from the catalogue and takes a place.
  await open(judge, `/courses/${COURSE}`);
  await main(judge).locator(`a[href="${delivery}"]`).first().click();
  await judge.waitForURL((url) => url.pathname === delivery);
  await hydrated(judge);
  await press(judge, "Enrol");
  await expect(main(judge).getByText("You hold a place")).toBeVisible();
  await look(judge, "enrolled");
  await step(admin, delivery, "confirmed");
  await step(admin, delivery, "running");

  // She studies the lesson the trainer has just published.
  const key = delivery.split("/")[2]!;
  await open(judge, "/learn");
  await main(judge).locator(`a[href^="/learn/${key}"]`).first().click();
  await judge.waitForURL(new RegExp(`/learn/${key}`));
  await hydrated(judge);
  await main(judge).getByRole("link", { name: /Airplane mode/ }).first().click();
  await expect(judge.locator(".lesson h1")).toHaveText("Airplane mode");
  await expect(judge.locator(".lesson .prose strong")).toHaveText("before");
  await hydrated(judge);
  await look(judge, "lesson");
  await main(judge).locator(".lesson-foot").getByRole("button").click();
  await expect(main(judge).locator(".metered p").first()).toHaveText(/^1 of 1/);

  // The academy keeps the register.
  await open(admin, `${delivery}/register`);
  await expect(admin.locator("li.who")).toHaveCount(1);
  if (hasScript()) {
    await admin.locator("li.who label.present").click();
    await expect(admin.locator(".reg-foot p")).toHaveText("Everything is saved");
  } else {
    await admin.locator("li.who label.present").click();
    await admin.getByRole("button", { name: "Save", exact: true }).last().click();
    await expect(admin.locator(".flash")).toBeVisible();
  }
  await look(admin, "register");

  // What the rule asks is met, and it is the last day: the certificate comes out by itself.
  const row = admin.getByRole("row", { name: /Dorina Hysa/ });
  await expect(async () => {
    await open(admin, `${delivery}/results`);
    await expect(row.getByRole("link", { name: /PDF/ })).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(row).toContainText("Met");
  await look(admin, "results");

  await open(judge, "/certificates");
  const code = (await judge.locator(".code-line").first().innerText()).trim();
  const pdf = await judge.request.get((await judge.locator('a[href$=".pdf"]').first().getAttribute("href"))!);
  expect((await pdf.body()).subarray(0, 4).toString()).toBe("%PDF");
  await open(anybody, `/verify/${code}`);
  await expect(anybody.locator(".verdict.good")).toBeVisible();
  await expect(anybody.locator("main")).not.toContainText("Hysa");
  await look(anybody, "verified");
  await main(judge).getByRole("button", { name: /Show my name/ }).first().click();
  await expect(judge.getByRole("button", { name: /Hide my name/ }).first()).toBeVisible();
  await open(anybody, `/verify/${code}`);
  await expect(anybody.locator(".verdict.good")).toContainText("Dorina Hysa");

  await expect(async () => expect(await certified(officer)).toBe(before + 1)).toPass();
  await look(officer, "counted");
  for (const page of [officer, trainer, admin, judge, anybody]) await page.context().close();
});
