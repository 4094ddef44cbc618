// What trainers and participants say of the materials, what its editor decides, and what the next version lists.
import type { Browser, Page } from "@playwright/test";
import { accessible, fits, hasScript, hydrated, open, shot, signIn } from "./support/pages";
import { expect, test } from "./support/test";

const as = (name: string) => `${name}@magistra.example`;
const COURSE = "/courses/introductory-judges-prosecutors/feedback";
const main = (page: Page) => page.locator("#main");
const button = (page: Page, name: string) => main(page).getByRole("button", { name, exact: true });

/** A window of its own on a server of the test's own. */
async function window_(browser: Browser, baseURL: string, size: { width: number; height: number } | null): Promise<Page> {
  const context = await browser.newContext({ baseURL, viewport: size, javaScriptEnabled: hasScript(), reducedMotion: "reduce" });
  return context.newPage();
}

async function look(page: Page, name: string) {
  await accessible(page);
  await fits(page);
  await shot(page, `feedback-${name}`);
}

/** The delivery of the demonstration that runs today; the judge studies in it. */
async function running(page: Page): Promise<string> {
  await signIn(page, as("judge"));
  await open(page, "/learn");
  const href = await page.locator("ul.learning a[href^='/learn/']").first().getAttribute("href");
  await page.context().clearCookies();
  return `/deliveries/${href!.split("/")[2]}`;
}

test("a trainer reports on a module, changes it and takes it back", async ({ page }) => {
  const delivery = await running(page);
  await signIn(page, as("trainer"));
  await open(page, delivery);
  await main(page).getByRole("link", { name: "Say what you think of the materials" }).click();
  await page.waitForURL(`**${delivery}/feedback`);
  await expect(page.locator("#f-text")).toBeVisible();
  const before = await main(page).locator("ul.list > li.item").count();

  // Nothing typed is lost where something is missing.
  await page.locator("#f-about").selectOption({ label: "Electronic evidence" });
  await page.locator("#f-text").fill("The example names a tool that is no longer made.");
  await button(page, "Send").click();
  await expect(page.locator(".fld.bad .err")).toHaveCount(1);
  await expect(page.locator("#f-text")).toHaveValue(/no longer made/);
  await hydrated(page);
  await look(page, "say-refused");
  await page.locator("#f-kind").selectOption("out_of_date");
  await button(page, "Send").click();
  await expect(main(page).locator("ul.list > li.item")).toHaveCount(before + 1);
  await hydrated(page);
  await expect(main(page)).toContainText("The pack’s editor sees that you, a trainer of this delivery, wrote this.");
  await look(page, "say");

  const item = main(page).locator("li.item", { hasText: "no longer made" });
  await item.getByRole("link", { name: /^Change/ }).click();
  await page.waitForURL(/item=/);
  await hydrated(page);
  await page.locator("#f-text").fill("The example names a tool that nobody makes now.");
  await button(page, "Save").click();
  await expect(main(page).locator("li.item", { hasText: "nobody makes now" })).toHaveCount(1);
  await hydrated(page);
  await main(page).locator("li.item", { hasText: "nobody makes now" }).getByRole("button", { name: /^Take back/ }).click();
  await expect(main(page).locator("ul.list > li.item")).toHaveCount(before);
});

test("a participant reports without a name, from the last day", async ({ browser, fresh, watch, page }) => {
  const size = page.viewportSize();
  const judge = await window_(browser, fresh.url, size);
  watch.context(judge.context());
  const delivery = await running(judge);
  await signIn(judge, as("judge"));
  await open(judge, `${delivery}/feedback`);
  await expect(main(judge)).toContainText("the last day");
  await expect(judge.locator("#f-text")).toHaveCount(0);
  await judge.context().clearCookies();

  const officer = await window_(browser, fresh.url, size);
  watch.context(officer.context());
  await signIn(officer, as("officer"));
  await open(officer, `${delivery}/state/delivered`);
  await main(officer).locator("form button").click();
  await officer.waitForURL((url) => url.pathname === delivery);

  await signIn(judge, as("judge"));
  await open(judge, delivery);
  await main(judge).getByRole("link", { name: "Say what you think of the materials" }).click();
  await judge.waitForURL(`**${delivery}/feedback`);
  await hydrated(judge);
  await expect(main(judge)).toContainText("Unsigned, the editor sees “a participant”");
  await look(judge, "participant");
  for (const [text, sign] of [["The page on hashes could be clearer.", false], ["Keep the hearing.", true]] as const) {
    await judge.locator("#f-about").selectOption({ label: "Electronic evidence" });
    await judge.locator("#f-kind").selectOption(sign ? "praise" : "unclear");
    await judge.locator("#f-text").fill(text);
    if (sign) await judge.locator("#f-signed").check();
    await button(judge, "Send").click();
    await expect(main(judge).locator("li.item", { hasText: text })).toHaveCount(1);
    await hydrated(judge);
  }
  const name = (await judge.locator("details.drop summary").first().textContent())!.trim();

  // The editor reads one of them under a name, the other not.
  await open(officer, COURSE);
  const item = (text: string) => main(officer).locator("li.item", { hasText: text });
  await expect(item("could be clearer")).toContainText("A participant");
  await expect(item("could be clearer")).not.toContainText(name);
  await expect(item("Keep the hearing")).toContainText(`${name}, participant`);
  // Who has no part in it reads nothing.
  await open(judge, COURSE, 403);
});

test("the editor groups, filters and decides; the next version lists it", async ({ browser, fresh, watch, page }) => {
  const tina = await window_(browser, fresh.url, page.viewportSize());
  watch.context(tina.context());
  await signIn(tina, as("trainer"));
  await open(tina, "/teach");
  await main(tina).locator(`a[href="${COURSE}"]`).click();
  await tina.waitForURL(`**${COURSE}`);
  await hydrated(tina);
  await expect(tina.locator("h1")).toHaveText("Feedback on the materials");
  await expect(main(tina).locator("input[name='items[]']")).toHaveCount(3);
  await look(tina, "editor");

  // What the workshop of July 2012 decided, with filters in the address.
  await tina.locator("#only-show").selectOption("decided");
  await button(tina, "Show").click();
  await tina.waitForURL(/show=decided/);
  await hydrated(tina);
  await expect(main(tina).locator(".notice", { hasText: "Regional workshop, Trakošćan" }).first()).toBeVisible();
  await expect(main(tina)).toContainText("In the release notes of a released version");
  await look(tina, "decided");
  await open(tina, `${COURSE}?show=decided&kind=praise`);
  await expect(main(tina).locator("li.item")).toHaveCount(1);

  // A next version, to take things up in.
  await open(tina, "/teach");
  await main(tina).locator("a[href^='/packs/']", { hasText: "Introductory course" }).first().click();
  await tina.waitForURL(/\/packs\/[0-9a-f-]{36}$/);
  await hydrated(tina);
  await expect(main(tina).locator("#taken-up")).toContainText("A worked example shows hash values");
  await expect(main(tina).locator("#taken-up")).toContainText("4 reports, 4 deliveries");
  await look(tina, "version");
  await button(tina, "Make a new version").click();
  await expect(main(tina).getByRole("button", { name: "Mark as piloted" })).toBeVisible();
  const draft = new URL(tina.url()).pathname;

  await open(tina, COURSE);
  // Nothing chosen, nothing decided.
  await button(tina, "Decide").click();
  await expect(main(tina).locator(".errors")).toBeVisible();
  await hydrated(tina);
  for (const box of await main(tina).locator("input[name='items[]']").all()) await box.check();
  await tina.locator("#f-outcome").selectOption("taken_up");
  await tina.locator("#f-change").fill("Days and minutes follow the law and the clock");
  await button(tina, "Decide").click();
  await expect(main(tina)).toContainText("Nothing here");

  await open(tina, draft);
  for (const name of ["Mark as piloted", "Feedback is being worked in"]) {
    await button(tina, name).click();
    await expect(button(tina, name)).toHaveCount(0);
    await hydrated(tina);
  }
  await open(tina, `${draft}/release`);
  await expect(tina.locator("#f-notes")).toHaveValue(/Days and minutes follow the law and the clock/);
  await look(tina, "release");
  await button(tina, "Release this version").click();
  await tina.waitForURL((url) => url.pathname === draft);
  await hydrated(tina);
  await expect(main(tina).locator("#taken-up")).toContainText("Days and minutes follow the law and the clock");

  // What a released version lists is not taken back.
  await open(tina, `${COURSE}?show=decided`);
  const fixed = main(tina).locator("li.item", { hasText: "Days and minutes follow" });
  await expect(fixed.first()).toContainText("In the release notes of a released version");
  await expect(fixed.getByRole("button")).toHaveCount(0);
});
