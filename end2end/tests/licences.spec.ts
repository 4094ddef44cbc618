// A programme officer, a mentor and a candidate: from the assessment to the licence, what keeps one alive, who
// may stand before a class.
import type { Page } from "@playwright/test";
import { accessible, enter, fits, hydrated, open, shot } from "./support/pages";
import { Server } from "./support/server";
import { expect, test } from "./support/test";

const COURSE = "/courses/introductory-judges-prosecutors";
const main = (page: Page) => page.locator("main");
const button = (page: Page, name: string | RegExp) => main(page).getByRole("button", { name, exact: typeof name === "string" });

/** The page of somebody's licence, from the list of the course. */
async function licenceOf(page: Page, server: Server, name: string): Promise<string> {
  await open(page, `${server.url}${COURSE}/licences`);
  const href = await main(page).getByRole("link", { name }).first().getAttribute("href");
  await open(page, `${server.url}${href}`);
  return href!;
}

async function looks(page: Page, name: string) {
  await hydrated(page);
  await accessible(page);
  await fits(page);
  await shot(page, name);
}

test("an officer sees everyone, withdraws for a reason and opens again", async ({ page, fresh }) => {
  await enter(page, fresh, "officer");
  await open(page, `${fresh.url}${COURSE}`);
  await main(page).getByRole("link", { name: "Trainer licences" }).click();
  await page.waitForURL(/\/licences$/);
  await expect(main(page).locator("table.cards tbody tr")).toHaveCount(19);
  await looks(page, "licences");
  await main(page).locator(".chips").getByRole("link", { name: /Lapsed/ }).click();
  await page.waitForURL(/state=lapsed/);
  await expect(main(page).locator("table.cards tbody tr")).toHaveCount(1);

  await main(page).locator("table.cards tbody th a").click();
  await page.waitForURL(/\/licences\/[0-9a-f-]{36}$/);
  await hydrated(page);
  await expect(main(page).locator(".timeline [aria-current=step]")).toContainText("Lapsed");
  await expect(main(page)).toContainText("What brings it back");
  await looks(page, "licence-lapsed");

  const decide = async (act: string, reason: string) => {
    const form = main(page).locator("details", { hasText: "Decide about this licence" });
    if ((await form.getAttribute("open")) === null) await form.locator("summary").click();
    await form.locator("select[name=act]").selectOption(act);
    await form.locator("textarea[name=reason]").fill(reason);
    await form.getByRole("button", { name: "Decide" }).click();
  };
  await decide("withdraw", "");
  await expect(page.locator("#f-reason-e")).toBeVisible();
  await decide("withdraw", "Told the class what the test would ask");
  await expect(main(page).locator(".timeline [aria-current=step]")).toContainText("Withdrawn");
  await hydrated(page);
  await expect(main(page).locator("ol.history").last()).toContainText("Told the class what the test would ask");
  await accessible(page);
  await decide("reopen", "It was somebody else");
  await expect(main(page).locator(".timeline [aria-current=step]")).toContainText("Licensed");
});

test("the rules of a course, and what is wrong with them", async ({ page, fresh }) => {
  await enter(page, fresh, "officer");
  await open(page, `${fresh.url}${COURSE}/licences/rules`);
  await expect(page.locator("#f-active_months")).toHaveValue("24");
  await looks(page, "licence-rules");
  await page.locator("#f-active_months").fill("500");
  await page.locator("#f-notice_days").fill("30");
  await button(page, "Save").click();
  await expect(page.locator("#f-active_months-e")).toBeVisible();
  await expect(page.locator("#f-notice_days")).toHaveValue("30");
  await page.locator("#f-active_months").fill("36");
  await button(page, "Save").click();
  await expect(page.getByRole("status").filter({ hasText: "Saved." })).toBeVisible();
  await open(page, `${fresh.url}${COURSE}/licences/rules`);
  await expect(page.locator("#f-active_months")).toHaveValue("36");
  // A course without rules is shown what is proposed.
  await open(page, `${fresh.url}/courses/advanced-judges-prosecutors/licences/rules`);
  await expect(main(page)).toContainText("There are no rules yet.");
  await accessible(page);

  await open(page, `${fresh.url}${COURSE}/licences/rubric`);
  await expect(page.locator("#f-title_1")).toHaveValue("Knows the law and the evidence");
  await page.locator("#f-weight_2").fill("0");
  await button(page, "Save").click();
  await expect(page.locator("#f-weight_2-e")).toBeVisible();
  await looks(page, "rubric");
  await page.locator("#f-weight_2").fill("3");
  await button(page, "Save").click();
  await expect(page.getByRole("status").filter({ hasText: "Saved." })).toBeVisible();
  await expect(page.locator(".lede")).toContainText("Rubric number 2");
});

test("a mentor scores alone, signs off, and the candidate is licensed", async ({ page, fresh }) => {
  await enter(page, fresh, "candidate");
  await open(page, `${fresh.url}/`);
  await expect(main(page)).toContainText("Your trainer licences");
  await open(page, `${fresh.url}/my/licences`);
  await looks(page, "my-licences");
  await main(page).locator("ul.list a").first().click();
  await page.waitForURL(/\/licences\/[0-9a-f-]{36}$/);
  await hydrated(page);
  await expect(main(page).locator(".timeline [aria-current=step]")).toContainText("Trained");
  await expect(main(page)).toContainText("What is missing to be licensed");
  await looks(page, "licence-candidate");
  await main(page).getByRole("link", { name: "The assessment is under way" }).click();
  await page.waitForURL(/\/assessments\//);
  await hydrated(page);
  await expect(main(page)).toContainText("What was decided will stand here.");
  await expect(main(page).locator("table")).toHaveCount(0);

  await enter(page, fresh, "mentor");
  await open(page, `${fresh.url}/my/licences`);
  await main(page).locator("section", { hasText: "Assessments that wait" }).locator("a").first().click();
  await page.waitForURL(/\/assessments\//);
  await hydrated(page);
  // Nothing of what the peer has sent.
  await expect(main(page).locator("table")).toHaveCount(0);
  await expect(main(page)).not.toContainText("Ardita");
  await looks(page, "assessment-scoring");
  for (const [at, score] of [[1, 4], [2, 1], [3, 3], [4, 3]]) {
    await main(page).locator(`input[name=score_${at}][value="${score}"]`).check();
  }
  await page.locator("#f-note_2").fill("Too fast for the back rows.");
  await button(page, "Send").click();
  await expect(page.locator("#f-score_5-e")).toBeVisible();
  await expect(main(page).locator('input[name=score_2][value="1"]')).toBeChecked();
  await main(page).locator('input[name=score_5][value="4"]').check();
  await button(page, "Send").click();
  await expect(main(page).locator("table")).toBeVisible();
  await hydrated(page);
  await expect(main(page).locator("table tr", { hasText: "Explains clearly" })).toContainText("Disagreement: 1 to 3");
  await expect(main(page)).toContainText("Ardita");
  await looks(page, "assessment-scores");

  await open(page, `${fresh.url}/my/licences`);
  await main(page).locator("section", { hasText: "Trainers you accompany" }).getByRole("link", { name: "Bardhyl Hyseni" }).click();
  await page.waitForURL(/\/licences\/[0-9a-f-]{36}$/);
  await hydrated(page);
  await button(page, "Send").click();
  await expect(page.locator("#f-note-e")).toBeVisible();
  await accessible(page);
  await page.locator("#f-outcome").selectOption("passed");
  await page.locator("#f-note").fill("Led the second day alone, and well.");
  await button(page, "Send").click();
  await expect(main(page).locator("#sign-off")).toHaveCount(0);
  await hydrated(page);
  await expect(main(page).locator(".timeline [aria-current=step]")).toContainText("Trained");

  await enter(page, fresh, "officer");
  const licence = await licenceOf(page, fresh, "Bardhyl Hyseni");
  await main(page).getByRole("link", { name: "The assessment is under way" }).click();
  await page.waitForURL(/\/assessments\//);
  await hydrated(page);
  const assessment = new URL(page.url()).pathname;
  await accessible(page);
  await button(page, "Decide").click();
  await expect(page.locator("#f-outcome-e")).toBeVisible();
  await expect(page.locator("#f-reason-e")).toBeVisible();
  await page.locator("#f-outcome").selectOption("passed");
  await page.locator("#f-reason").fill("Clear, and the group worked.");
  await page.locator("input[name=released]").check();
  await button(page, "Decide").click();
  await expect(main(page).locator(".notice.good")).toContainText("Clear, and the group worked.");
  await open(page, `${fresh.url}${licence}`);
  await expect(main(page).locator(".timeline [aria-current=step]")).toContainText("Licensed");
  await expect(main(page)).toContainText("What keeps it alive");

  // The candidate reads the notes, and not whose they are.
  await enter(page, fresh, "candidate");
  await open(page, `${fresh.url}${assessment}`);
  await expect(main(page)).toContainText("Too fast for the back rows.");
  await expect(main(page)).not.toContainText("Ardita");
  await looks(page, "assessment-candidate");
});

test("only licensed trainers lead; who is on the way teaches beside them", async ({ page, fresh }) => {
  await enter(page, fresh, "officer");
  await open(page, `${fresh.url}/deliveries/new?course=introductory-judges-prosecutors`);
  await page.locator("#f-title").fill("Introductory course, autumn");
  await page.locator("#f-starts_on").fill("2031-09-04");
  await page.locator("#f-ends_on").fill("2031-09-06");
  await page.locator("#f-capacity").fill("12");
  await button(page, "Schedule").click();
  await page.waitForURL(/\/deliveries\/[0-9a-f-]{36}$/);
  await hydrated(page);
  const delivery = new URL(page.url()).pathname;
  await open(page, `${fresh.url}${delivery}/trainers`);
  const found = (name: string) => main(page).locator("ul.list.tight li.item", { hasText: name });
  const there = (name: string) => main(page).locator("ul.list:not(.tight) li.item", { hasText: name });
  await found("Bardhyl Hyseni").getByRole("button", { name: "Add" }).click();
  await expect(found("Bardhyl Hyseni")).toContainText("Bardhyl Hyseni is not licensed (state: trained) and cannot lead.");
  await looks(page, "delivery-trainers");
  await found("Ardita Shkreli").getByRole("button", { name: "Add" }).click();
  await expect(there("Ardita Shkreli")).toContainText("Leads");
  await hydrated(page);
  await found("Bardhyl Hyseni").getByRole("button", { name: "Add" }).click();
  await expect(there("Bardhyl Hyseni")).toContainText("Trained");
  await hydrated(page);
  await there("Bardhyl Hyseni").getByRole("button", { name: "Make lead" }).click();
  await expect(there("Bardhyl Hyseni")).toContainText("cannot lead");

  // The lead's licence is withdrawn: the delivery's page says so to its organiser.
  await licenceOf(page, fresh, "Ardita Shkreli");
  await main(page).locator("details", { hasText: "Decide about this licence" }).locator("summary").click();
  await page.locator("select[name=act]").selectOption("withdraw");
  await page.locator("#f-reason").fill("By agreement");
  await button(page, "Decide").click();
  await expect(main(page).locator(".timeline [aria-current=step]")).toContainText("Withdrawn");
  await open(page, `${fresh.url}${delivery}`);
  await expect(page.locator(".flash.warn")).toContainText("The licence of Ardita Shkreli was withdrawn.");
  await looks(page, "delivery-lacking");
  // Nor can it be confirmed so; the reason stands there.
  await open(page, `${fresh.url}${delivery}/state/confirmed`);
  await button(page, "Confirm the delivery").click();
  await expect(main(page).locator(".errors")).toContainText("The licence of Ardita Shkreli was withdrawn.");
  await looks(page, "delivery-not-confirmed");
  await page.context().clearCookies();
  await open(page, `${fresh.url}${delivery}`);
  await expect(page.locator(".flash.warn")).toHaveCount(0);
});

test("who lapsed is found by name, teaches beside a licensed lead, and is licensed again", async ({ page, fresh }) => {
  await enter(page, fresh, "officer");
  await open(page, `${fresh.url}${COURSE}/licences?state=lapsed`);
  const lapsed = main(page).locator("table.cards tbody th a");
  const name = (await lapsed.innerText()).trim();
  const licence = (await lapsed.getAttribute("href"))!;
  await open(page, `${fresh.url}/deliveries/new?course=introductory-judges-prosecutors`);
  const today = new Date().toISOString().slice(0, 10);
  await page.locator("#f-title").fill("Introductory course, again");
  await page.locator("#f-starts_on").fill(today);
  await page.locator("#f-ends_on").fill(today);
  await page.locator("#f-capacity").fill("12");
  await button(page, "Schedule").click();
  await page.waitForURL(/\/deliveries\/[0-9a-f-]{36}$/);
  await hydrated(page);
  const delivery = new URL(page.url()).pathname;
  const found = (name: string) => main(page).locator("ul.list.tight li.item", { hasText: name });
  const there = (name: string) => main(page).locator("ul.list:not(.tight) li.item", { hasText: name });

  // Nobody of the trainer's role: found all the same, and not to lead.
  await open(page, `${fresh.url}${delivery}/trainers?q=${encodeURIComponent(name)}`);
  await expect(found(name)).toContainText("Lapsed");
  await found(name).getByRole("button", { name: "Add" }).click();
  await expect(found(name)).toContainText("cannot lead");
  await open(page, `${fresh.url}${delivery}/trainers`);
  await found("Ardita Shkreli").getByRole("button", { name: "Add" }).click();
  await expect(there("Ardita Shkreli")).toContainText("Leads");
  await hydrated(page);
  await open(page, `${fresh.url}${delivery}/trainers?q=${encodeURIComponent(name)}`);
  await found(name).getByRole("button", { name: "Add" }).click();
  await expect(there(name)).toContainText("Lapsed");
  await hydrated(page);
  // The lead does not leave them alone.
  await there("Ardita Shkreli").getByRole("button", { name: "Remove" }).click();
  await expect(there("Ardita Shkreli")).toContainText("let another licensed trainer lead");
  await looks(page, "delivery-left-alone");

  for (const to of ["confirmed", "running", "delivered"]) {
    await open(page, `${fresh.url}${delivery}/state/${to}`);
    await main(page).locator("form button").click();
    await page.waitForURL((url) => url.pathname === delivery);
    await hydrated(page);
  }
  await expect(async () => {
    await open(page, `${fresh.url}${licence}`);
    await expect(main(page).locator(".timeline [aria-current=step]")).toContainText("Licensed", { timeout: 500 });
  }).toPass({ timeout: 30_000 });
  await expect(main(page).locator("ol.history").last()).toContainText("because what was missing was made good");
  // From the licence to who it is.
  await main(page).getByRole("link", { name: `${name} among the trainers` }).click();
  await page.waitForURL(/\/trainers\/[0-9a-f-]{36}$/);
  await expect(page.locator("h1")).toContainText(name);
});

test("a new major version is released, waits, and is taken up", async ({ page, fresh }) => {
  await enter(page, fresh, "trainer");
  await open(page, `${fresh.url}/teach/new`);
  const course = await page.locator("#f-course option", { hasText: "Introductory course" }).first().getAttribute("value");
  await page.locator("#f-course").selectOption(course);
  await page.locator("#f-language").selectOption("en");
  await page.locator("#f-major").fill("2");
  await page.locator("#f-minor").fill("0");
  await page.locator("#f-title").fill("Introductory course, second edition");
  await button(page, "Make the draft").click();
  await page.waitForURL(/\/packs\/[0-9a-f-]{36}$/);
  await hydrated(page);
  await main(page).getByRole("link", { name: "Add a module" }).click();
  await page.locator("#f-title").fill("Deepfakes in court");
  await button(page, "Add a module").click();
  await expect(page.getByRole("heading", { name: "Deepfakes in court", level: 3 })).toBeVisible();
  await hydrated(page);
  await main(page).locator(".mod").getByRole("link", { name: "Add a session" }).click();
  await page.locator("#f-title").fill("What a picture proves");
  await page.locator("#f-minutes").fill("45");
  await button(page, "Add a session").click();
  await expect(page.getByRole("link", { name: "What a picture proves" })).toBeVisible();
  await hydrated(page);
  await button(page, "Mark as piloted").click();
  await expect(button(page, "Feedback is being worked in")).toBeVisible();
  await hydrated(page);
  await button(page, "Feedback is being worked in").click();
  await main(page).getByRole("link", { name: "Release…" }).click();
  await page.locator("#f-notes").fill("A module on deepfakes is new.");
  await button(page, "Release this version").click();
  await expect(page.getByText("This version is released and never changes")).toBeVisible();

  // Licensed from the records, with version 1.
  await enter(page, fresh, "mentor");
  await open(page, `${fresh.url}/my/licences`);
  await main(page).locator("section", { hasText: "Your trainer licences" }).locator("a").first().click();
  await page.waitForURL(/\/licences\/[0-9a-f-]{36}$/);
  await hydrated(page);
  await expect(main(page)).toContainText("Version 2 waits since");
  await expect(main(page).locator("#take-up")).toContainText("A module on deepfakes is new.");
  await looks(page, "licence-take-up");
  await button(page, "Confirm").click();
  await expect(page.locator("#f-studied-e")).toBeVisible();
  await page.locator("input[name=studied]").check();
  await button(page, "Confirm").click();
  await expect(main(page).locator("#take-up")).toHaveCount(0);
  await expect(main(page)).toContainText("Version 2 is taken up; nothing newer waits.");
  await expect(main(page).locator("ol.history").first()).toContainText("New version taken up");
});
