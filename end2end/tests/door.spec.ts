// Who is not on the list; and who must not be named.
import type { Page } from "@playwright/test";
import { accessible, fits, hydrated, open, shot, signIn } from "./support/pages";
import { alone, expect, test } from "./support/test";

const main = (page: Page) => page.locator("main");
const button = (page: Page, name: string) => main(page).getByRole("button", { name, exact: true });

test("somebody who is not on the list is added at the door, and recognised later", { tag: ["@phone", "@nojs"] }, async ({ browser, fresh, watch }) => {
  const page = await alone(browser, fresh.url, watch);
  await signIn(page, "judge@magistra.example");
  await open(page, "/learn");
  const href = await page.locator("ul.learning a[href^='/learn/']").first().getAttribute("href");
  const delivery = `/deliveries/${href!.split("/")[2]}`;
  await page.context().clearCookies();
  await signIn(page, "trainer@magistra.example");
  await open(page, `${delivery}/register`);
  const register = await page.locator("nav.slots a").nth(1).getAttribute("href");
  await open(page, register!);
  const before = await page.locator("li.who").count();
  await main(page).getByRole("link", { name: "Somebody is here who is not on the list" }).click();
  await expect(page.locator("h1")).toHaveText("Somebody who is not on the list");
  await hydrated(page);
  await accessible(page);
  await fits(page);
  await shot(page, "walk-in");
  await page.locator("#f-family_name").fill("Aaltonen");
  await button(page, "Add and mark as here").click();
  await expect(page.locator("#f-given_name-e")).toBeVisible();
  await expect(page.locator("#f-family_name")).toHaveValue("Aaltonen");
  await page.locator("#f-given_name").fill("Aino");
  await page.locator("#f-workplace").fill("District Court of Elbasan");
  await button(page, "Add and mark as here").click();
  await page.waitForURL((url) => url.pathname === register);
  await hydrated(page);
  await expect(page.locator("li.who")).toHaveCount(before + 1);
  const row = page.locator("li.who", { hasText: "Aaltonen, Aino" });
  await expect(row.locator("label.present input")).toBeChecked();

  // Who she is, says who manages the delivery.
  await page.context().clearCookies();
  await signIn(page, "admin@magistra.example");
  await open(page, `${delivery}/people`);
  await main(page).getByRole("link", { name: "Added at the door" }).click();
  await expect(page.locator("h1")).toHaveText("Added at the door");
  await hydrated(page);
  await expect(page.locator("li.item", { hasText: "Aaltonen, Aino" })).toContainText("District Court of Elbasan");
  await page.getByRole("link", { name: "Who is this?" }).first().click();
  await expect(page.locator("#f-q")).toHaveValue("Aaltonen");
  await hydrated(page);
  await page.locator("#f-q").fill("a");
  await button(page, "Find").click();
  await expect(button(page, "It is this person").first()).toBeVisible();
  await hydrated(page);
  await accessible(page);
  await fits(page);
  await shot(page, "walk-ins");
  await button(page, "It is this person").first().click();
  await expect(page.locator(".tag", { hasText: "recognised" })).toBeVisible();
});

test("a sealed delivery counts people and names nobody", { tag: ["@phone", "@nojs"] }, async ({ page }) => {
  await signIn(page, "admin@magistra.example");
  await open(page, "/deliveries/new?course=introductory-judges-prosecutors");
  await page.locator("#f-title").fill("A closed circle");
  const today = new Date().toISOString().slice(0, 10);
  await page.locator("#f-starts_on").fill(today);
  await page.locator("#f-ends_on").fill(today);
  await page.locator("#f-place").fill("Tirana");
  await page.locator("#f-sealed").check();
  await button(page, "Schedule").click();
  await page.waitForURL(/\/deliveries\/[0-9a-f-]{36}$/);
  await hydrated(page);
  const delivery = new URL(page.url()).pathname;
  await open(page, `${delivery}/timetable`);
  await page.locator("#f-day").fill(today);
  await page.locator("#f-from").fill("00:00");
  await page.locator("#f-to").fill("23:00");
  await button(page, "Add").click();
  await expect(main(page).locator(".timetable .day")).toHaveCount(1);
  for (const state of ["confirmed", "running"]) {
    await open(page, `${delivery}/state/${state}`);
    await main(page).locator("form button").click();
    await page.waitForURL((url) => url.pathname === delivery);
    await hydrated(page);
  }
  await open(page, `${delivery}/register`);
  await main(page).getByRole("link", { name: "Count this half-day" }).click();
  await expect(page.locator("h1")).toHaveText("Who came, in numbers");
  await hydrated(page);
  await page.locator("#c-AL-judge-f").fill("4");
  await page.locator("#c-AL-prosecutor-m").fill("2001");
  await button(page, "Save").click();
  await expect(main(page).locator("td .err")).toHaveCount(1);
  await expect(page.locator("#c-AL-judge-f")).toHaveValue("4");
  await page.locator("#c-AL-prosecutor-m").fill("3");
  await button(page, "Save").click();
  await expect(main(page)).toContainText("7 people");
  await hydrated(page);
  await expect(page.locator("ol.history li")).toHaveCount(1);
  await accessible(page);
  await fits(page);
  await shot(page, "counts");
});
