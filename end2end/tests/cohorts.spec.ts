// A cohort as the programme officer sees it, as an institution makes and fills it, and as a member follows it.
import type { Page } from "@playwright/test";
import { accessible, enter, fits, hydrated, open, shot, signIn } from "./support/pages";
import { expect, test } from "./support/test";

const main = (page: Page) => page.locator("main");
const button = (page: Page, name: string | RegExp) => main(page).getByRole("button", { name, exact: typeof name === "string" });
const ZAGREB = "Trainers of the judicial training institutions, Zagreb 2012";

/** Opens the Zagreb cohort from the list and returns its path. */
async function zagreb(page: Page): Promise<string> {
  await open(page, "/cohorts");
  await main(page).getByRole("link", { name: ZAGREB }).click();
  await page.waitForURL(/\/cohorts\/[0-9a-f-]{36}$/);
  await hydrated(page);
  await expect(page.locator("h1")).toHaveText(ZAGREB);
  return new URL(page.url()).pathname;
}

test("the officer sees who is where in the Zagreb cohort", async ({ page }) => {
  await signIn(page, "officer@magistra.example");
  await open(page, "/cohorts");
  await fits(page);
  await accessible(page);
  await shot(page, "cohorts");
  const path = await zagreb(page);
  const way = main(page).locator("section", { has: page.getByRole("heading", { name: "Who is where" }) }).last();
  await expect(way.locator("tbody tr")).toHaveCount(16);
  // All but the candidate have given a delivery that was signed off.
  await expect(way.locator("tbody tr", { hasText: "2 of 2" })).toHaveCount(15);
  await expect(way.locator("tbody tr", { hasText: "1 of 2" })).toContainText("sign-off is missing");
  // Its eight deliveries at home, under the second step.
  const give = main(page).locator("section.sheet", { has: page.getByRole("heading", { name: /^2\. Give/ }) });
  await expect(give.locator("li.item")).toHaveCount(8);
  await fits(page);
  await accessible(page);
  await shot(page, "cohort");
  const calendar = await page.request.get(`${path}/calendar.ics`);
  expect(calendar.headers()["content-type"]).toContain("text/calendar");
  expect(await calendar.text()).toContain("DTSTART;VALUE=DATE:20120220");

  await way.locator("tbody th a").first().click();
  await page.waitForURL(/\/members\/[0-9a-f-]{36}$/);
  await hydrated(page);
  await expect(main(page).getByRole("heading", { name: "The way so far" })).toBeVisible();
  await fits(page);
  await accessible(page);
  await shot(page, "cohort-member");
});

test("pages about a cohort lead to each other", async ({ page }) => {
  await signIn(page, "officer@magistra.example");
  const path = await zagreb(page);
  const row = main(page).locator("section", { has: page.getByRole("heading", { name: "Who is where" }) }).last().locator("tbody tr").first();
  const [trainer, licence] = [row.getByRole("link", { name: /^Trainer’s page/ }), row.getByRole("link", { name: /^Licence/ })];
  for (const link of [trainer, licence]) {
    const href = await link.getAttribute("href");
    expect((await page.request.get(href!)).status(), href!).toBe(200);
  }
  await main(page).getByRole("link", { name: "The cascade" }).click();
  await page.waitForURL((url) => url.pathname === "/cascade" && url.searchParams.get("cohort") === path.split("/").pop());
  await hydrated(page);
  await expect(page.locator("h1")).toContainText(ZAGREB);
  // From the delivery and from the project back to the cohort.
  await open(page, path);
  await main(page).locator("section.sheet li.item a").first().click();
  await page.waitForURL(/\/deliveries\/[0-9a-f-]{36}$/);
  await hydrated(page);
  await expect(main(page).getByRole("heading", { name: "Part of these cohorts" })).toBeVisible();
  await accessible(page);
  await fits(page);
  await main(page).getByRole("link", { name: ZAGREB, exact: true }).click();
  await page.waitForURL((url) => url.pathname === path);
  await open(page, "/projects/cybercrime-ipa");
  await expect(main(page).getByRole("heading", { name: "Cohorts", exact: true })).toBeVisible();
  await accessible(page);
  await fits(page);
  await main(page).getByRole("link", { name: ZAGREB, exact: true }).click();
  await page.waitForURL((url) => url.pathname === path);
});

test("a cohort is enrolled, and a member leaves and gives the place back", async ({ page, fresh }) => {
  test.setTimeout(120_000);
  await enter(page, fresh, "officer");
  await open(page, `${fresh.url}/cohorts/new`);
  await page.locator("#f-title").fill("Trainers of 2032");
  await page.locator("#f-course").selectOption("introductory-judges-prosecutors");
  await page.locator("#f-capacity").fill("3");
  await button(page, "Make the cohort").click();
  await page.waitForURL(/\/cohorts\/[0-9a-f-]{36}\/edit$/);
  await hydrated(page);
  const cohort = page.url().replace(/\/edit$/, "");
  await page.locator("#f-step-course").selectOption("introductory-judges-prosecutors");
  await button(page, "Add a step").click();
  await page.waitForURL(/\/steps\/[0-9a-f-]{36}$/);
  await hydrated(page);
  const step = page.url();
  await main(page).locator("label", { hasText: "Introductory course, call open" }).locator("input").check();
  await button(page, "Save").click();
  await page.waitForURL(`${cohort}/edit`);
  await open(page, `${cohort}/state/selection`);
  await button(page, "Open the selection").click();
  await page.waitForURL(cohort);
  // One of them trains in that delivery.
  for (const name of ["Besa Kurtaj", "Ardita Shkreli"]) {
    await open(page, `${cohort}/members?q=${encodeURIComponent(name)}`);
    await main(page).locator("label", { hasText: name }).locator("input").check();
    await main(page).getByRole("button", { name: "Propose those chosen" }).first().click();
    await expect(main(page).getByRole("link", { name })).toBeVisible();
    await open(page, `${cohort}/members`);
    await button(page, new RegExp(`^Select ${name}`)).click();
    await expect(page.locator(".flash")).toHaveText("Changed.");
  }
  await open(page, step);
  await button(page, /^Enrol all selected/).click();
  await expect(main(page).getByRole("status")).toHaveText("1 member got a place. 1 trains there and stays without.");
  await hydrated(page);
  await accessible(page);
  await fits(page);
  await shot(page, "cohort-enrolled");
  await button(page, /^Enrol all selected/).click();
  await expect(main(page).getByRole("status")).toContainText("0 members got a place. 1 had one already.");

  await enter(page, fresh, "prosecutor");
  await open(page, cohort);
  const leave = main(page).locator("details", { hasText: "Leave the cohort" });
  await leave.locator("summary").click();
  await expect(leave.getByRole("link", { name: /^Introductory course, call open/ })).toBeVisible();
  await expect(leave.getByRole("checkbox", { name: "Give these places back as well" })).toBeChecked();
  await accessible(page);
  await fits(page);
  await shot(page, "cohort-leave");
  // Nobody leaves without a word; what was chosen stays.
  await leave.getByRole("checkbox").uncheck();
  await leave.getByRole("button", { name: "Leave the cohort" }).click();
  await expect(page.locator("#f-leave-reason-e")).toBeVisible();
  await expect(leave.getByRole("checkbox")).not.toBeChecked();
  await page.locator("#f-leave-reason").fill("A new office");
  await leave.getByRole("button", { name: "Leave the cohort" }).click();
  await expect(page.locator(".flash")).toHaveText("Changed.");
  await hydrated(page);
  // The place was kept, and is given back now.
  await expect(main(page).locator("aside")).toContainText("Left");
  await button(page, "Give these places back").click();
  await expect(page.locator(".flash")).toBeVisible();
  await expect(button(page, "Give these places back")).toHaveCount(0);
  await accessible(page);
  await fits(page);
});

test("an institution makes a cohort, proposes people and gives the places", async ({ page }) => {
  test.setTimeout(120_000);
  await signIn(page, "admin@magistra.example");
  await open(page, "/cohorts/new");
  await fits(page);
  await accessible(page);
  // What is wrong stands beside its field, and what was typed stays.
  await page.locator("#f-title").fill("Trainers of 2031");
  await page.locator("#f-capacity").fill("0");
  await button(page, "Make the cohort").click();
  await expect(page.locator("#f-capacity-e")).toBeVisible();
  await expect(page.locator("#f-title")).toHaveValue("Trainers of 2031");
  await page.locator("#f-course").selectOption("introductory-judges-prosecutors");
  await page.locator("#f-capacity").fill("2");
  await button(page, "Make the cohort").click();
  await page.waitForURL(/\/cohorts\/[0-9a-f-]{36}\/edit$/);
  await hydrated(page);
  const cohort = new URL(page.url()).pathname.replace(/\/edit$/, "");

  await page.locator("#f-step-course").selectOption("introductory-judges-prosecutors");
  await button(page, "Add a step").click();
  await page.waitForURL(/\/steps\/[0-9a-f-]{36}$/);
  await hydrated(page);
  await accessible(page);
  await fits(page);
  await main(page).locator("input[name='deliveries[]']").first().check();
  await button(page, "Save").click();
  await page.waitForURL((url) => url.pathname === `${cohort}/edit`);
  await hydrated(page);
  await expect(main(page).getByText("1 delivery")).toBeVisible();

  await page.locator("#f-quota-whose").selectOption("area:AL");
  await page.locator("#f-quota-places").fill("3");
  await button(page, "Keep places").click();
  await expect(page.locator("#f-quota-places-e")).toBeVisible();
  await page.locator("#f-quota-places").fill("1");
  await button(page, "Keep places").click();
  await expect(page.locator(".flash")).toHaveText("Saved.");
  await fits(page);
  await accessible(page);
  await shot(page, "cohort-edit");

  await open(page, `${cohort}/state/selection`);
  await accessible(page);
  await button(page, "Open the selection").click();
  await page.waitForURL((url) => url.pathname === cohort);

  for (const given of ["Arta", "Blerim"]) {
    await open(page, `${cohort}/members`);
    const form = main(page).locator("details", { hasText: "A new person" });
    await form.locator("summary").click();
    await page.locator("#f-new-given_name").fill(given);
    if (given === "Arta") {
      await form.getByRole("button", { name: "Propose those chosen" }).click();
      await expect(page.locator("#f-new-family_name-e")).toBeVisible();
      await expect(page.locator("#f-new-given_name")).toHaveValue(given);
    }
    await page.locator("#f-new-family_name").fill("Proposed");
    await form.getByRole("button", { name: "Propose those chosen" }).click();
    await expect(main(page).getByRole("link", { name: `${given} Proposed` })).toBeVisible();
  }
  await fits(page);
  await accessible(page);
  await shot(page, "cohort-members");
  await button(page, /^Select Arta Proposed/).click();
  await expect(page.locator(".flash")).toHaveText("Changed.");
  // The one place of the area is taken now.
  await open(page, `${cohort}/members`);
  await button(page, /^Select Blerim Proposed/).click();
  await expect(page.getByRole("alert")).toContainText("are taken");
  await open(page, `${cohort}/members`);
  await button(page, /^Reserve list Blerim Proposed/).click();
  await expect(page.locator(".flash")).toHaveText("Changed.");

  // Who leaves says why; the place is free again.
  await main(page).getByRole("link", { name: "Arta Proposed" }).click();
  await page.waitForURL(/\/members\/[0-9a-f-]{36}$/);
  await hydrated(page);
  await main(page).locator("details summary", { hasText: "Let go" }).click();
  await page.locator("#f-left-reason").fill("Moves to another court");
  await button(page, "Let go").click();
  await expect(main(page).locator(".history")).toContainText("Moves to another court");
  await accessible(page);
  await open(page, `${cohort}/members`);
  await button(page, /^Select Blerim Proposed/).click();
  await expect(page.locator(".flash")).toHaveText("Changed.");
  await open(page, cohort);
  await expect(main(page).locator("table tbody tr", { hasText: "Blerim Proposed" })).toBeVisible();
  await fits(page);
});

test("a member sees the own way and the names of the others", async ({ page }) => {
  await signIn(page, "trainer@magistra.example");
  const path = await zagreb(page);
  const way = main(page).locator("section", { has: page.getByRole("heading", { name: "Who is where" }) }).last();
  await expect(way.locator("tbody tr")).toHaveCount(1);
  const fellows = main(page).locator("section", { has: page.getByRole("heading", { name: "The other members" }) }).last();
  await expect(fellows.locator("li")).toHaveCount(15);
  await expect(main(page).getByRole("link", { name: "Edit" })).toHaveCount(0);
  await fits(page);
  await accessible(page);
  await shot(page, "cohort-own");
  // Whoever has nothing to do with it does not learn that it is there.
  await page.context().clearCookies();
  await signIn(page, "judge@magistra.example");
  await open(page, path, 404);
});
