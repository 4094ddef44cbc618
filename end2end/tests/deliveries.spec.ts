// An academy schedules a course and opens its call; a judge takes a place and gives it back.
import type { Page } from "@playwright/test";
import { accessible, fits, hydrated, open, shot, signIn } from "./support/pages";
import { expect, test } from "./support/test";

const main = (page: Page) => page.locator("main");
const button = (page: Page, name: string | RegExp) => main(page).getByRole("button", { name, exact: typeof name === "string" });

/** Schedules a delivery of the introductory course and returns its path. */
async function schedule(page: Page, capacity: string): Promise<string> {
  await signIn(page, "admin@magistra.example");
  await open(page, "/deliveries/new?course=introductory-judges-prosecutors");
  await page.locator("#f-title").fill("Introductory course, spring");
  await page.locator("#f-starts_on").fill("2031-03-04");
  await page.locator("#f-ends_on").fill("2031-03-06");
  await page.locator("#f-place").fill("Tirana, room 204");
  await page.locator("#f-capacity").fill(capacity);
  await button(page, "Schedule").click();
  await page.waitForURL(/\/deliveries\/[0-9a-f-]{36}$/);
  await hydrated(page);
  return new URL(page.url()).pathname;
}

async function step(page: Page, delivery: string, to: string) {
  await open(page, `${delivery}/state/${to}`);
  await main(page).locator("form button").click();
  await page.waitForURL((url) => url.pathname === delivery);
  await hydrated(page);
}

async function signOut(page: Page) {
  await page.context().clearCookies();
}

test("a delivery is scheduled, gets its timetable and opens its call", async ({ page }) => {
  const delivery = await schedule(page, "2");
  await expect(page.locator("h1")).toHaveText("Introductory course, spring");
  await fits(page);
  await accessible(page);

  await open(page, `${delivery}/timetable`);
  await accessible(page);
  await button(page, "Make the timetable").click();
  await expect(main(page).locator(".timetable .day")).not.toHaveCount(0);
  await hydrated(page);
  await fits(page);
  await accessible(page);
  await shot(page, "timetable");

  // A half-day beside the delivery's days is refused where it was typed.
  await page.locator("#f-day").fill("2031-03-09");
  await page.locator("#f-from").fill("09:00");
  await page.locator("#f-to").fill("12:00");
  await button(page, "Add").click();
  await expect(page.locator("#f-day-e")).toBeVisible();
  await expect(page.locator("#f-day")).toHaveValue("2031-03-09");

  await main(page).locator(".timetable a").first().click();
  await page.waitForURL(/\/timetable\/[0-9a-f-]{36}$/);
  await hydrated(page);
  await fits(page);
  await accessible(page);

  await step(page, delivery, "call_open");
  await expect(main(page).locator(".timeline [aria-current=step]")).toHaveText("Call open");
  await shot(page, "delivery");
});

test("a judge takes a place and gives it back; a full delivery says so", { tag: "@phone" }, async ({ page }) => {
  const delivery = await schedule(page, "1");
  await step(page, delivery, "call_open");
  await signOut(page);

  await open(page, delivery);
  await expect(main(page).getByRole("link", { name: "Sign in to enrol" })).toBeVisible();
  await signIn(page, "judge@magistra.example");
  await open(page, delivery);
  await button(page, "Enrol").click();
  await expect(main(page).getByText("You hold a place")).toBeVisible();
  await hydrated(page);
  await accessible(page);
  await shot(page, "delivery-enrolled");

  // Somebody else finds it full.
  await signOut(page);
  await open(page, delivery);
  await expect(main(page).locator(".tag.bad")).toHaveText("Full");
  await accessible(page);

  await signIn(page, "judge@magistra.example");
  await open(page, delivery);
  await main(page).getByRole("link", { name: "Give my place back" }).click();
  await page.waitForURL(/\/withdraw$/);
  await hydrated(page);
  await accessible(page);
  await button(page, "Give my place back").click();
  await page.waitForURL((url) => url.pathname === delivery);
  await expect(button(page, "Enrol")).toBeVisible();
});

test("people are put in, with and without an address, and taken out with a reason", async ({ page }) => {
  const delivery = await schedule(page, "5");
  await open(page, `${delivery}/people`);
  await accessible(page);
  await main(page).getByText("A new person").click();
  await page.locator("#f-new-given_name").fill("Ana");
  await page.locator("#f-new-family_name").fill("Example");
  await button(page, "Give a place").click();
  await expect(main(page).locator("table.cards tbody tr")).toHaveCount(1);
  await hydrated(page);
  await fits(page);
  await accessible(page);
  await shot(page, "people");

  await main(page).getByRole("link", { name: /Take back/ }).click();
  await page.waitForURL(/\/people\/[0-9a-f-]{36}$/);
  await hydrated(page);
  await button(page, "Take back").click();
  await expect(page.locator("#f-reason-e")).toBeVisible();
  await page.locator("#f-reason").fill("Put in by mistake.");
  await button(page, "Take back").click();
  await page.waitForURL((url) => url.pathname === `${delivery}/people`);
  await expect(main(page).locator("details.more summary").first()).toBeVisible();
});

test("wrong dates and a negative capacity are named in place", async ({ page }) => {
  await signIn(page, "admin@magistra.example");
  await open(page, "/deliveries/new?course=introductory-judges-prosecutors");
  await page.locator("#f-starts_on").fill("2031-03-06");
  await page.locator("#f-ends_on").fill("2031-03-04");
  await page.locator("#f-capacity").fill("-3");
  await button(page, "Schedule").click();
  await expect(page.locator("#f-ends_on-e")).toBeVisible();
  await expect(page.locator("#f-capacity-e")).toBeVisible();
  await expect(page.locator("#f-ends_on")).toHaveValue("2031-03-04");
  await accessible(page);
});

test("the list has its tabs and filters in the address", async ({ page }) => {
  await signIn(page, "admin@magistra.example");
  await open(page, "/deliveries?tab=past");
  await expect(main(page).locator(".tabs [aria-current=page]")).toContainText("Past");
  await fits(page);
  await accessible(page);
  await shot(page, "deliveries");
  await open(page, "/deliveries/new");
  await expect(main(page).locator("ul.list a").first()).toBeVisible();
  await accessible(page);
});
