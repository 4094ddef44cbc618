// The cascade: from the training of trainers to the people reached, as a picture, a table and lists.
import type { Page } from "@playwright/test";
import { accessible, fits, hydrated, open, shot, signIn } from "./support/pages";
import { expect, test } from "./support/test";

const as = (name: string) => `${name}@magistra.example`;
const IPA = "/cascade?project=cybercrime-ipa";

/** The cascade is counted by a job that runs after the demonstration is loaded. */
async function counted(page: Page, path: string) {
  await expect(async () => {
    await open(page, path);
    await expect(page.locator("#picture")).toBeVisible({ timeout: 1000 });
  }).toPass({ timeout: 30_000 });
}

/** Opens or closes something in the picture, drawn or as an outline. */
async function turn(page: Page, name: RegExp, expected: "true" | "false") {
  const link = () => page.locator("#picture").getByRole("link", { name }).first();
  await link().click();
  await expect(link()).toHaveAttribute("aria-expanded", expected);
  await hydrated(page);
}

test("an officer opens the picture, from the graduates to the people", async ({ page }) => {
  await signIn(page, as("officer"));
  await counted(page, IPA);
  await expect(page.locator("h1")).toContainText("The cascade of");
  await expect(page.locator("#picture").getByRole("link", { name: /^Albania/ }).first()).toBeVisible();
  await accessible(page);
  await fits(page);
  await shot(page, "cascade");

  await turn(page, /^Albania/, "true");
  // In the drawing a link's name says it, in the outline it stands beside the link.
  const gave = page.locator("#picture :is(a[aria-label], span)").locator("visible=true");
  const said = await gave.evaluateAll((all) => all.map((it) => it.getAttribute("aria-label") ?? it.textContent ?? ""));
  expect(said.some((text) => /1 delivery|deliveries/.test(text))).toBe(true);
  const trainer = page.locator("#picture a[aria-expanded=false][href*='t%3A'], #picture a[aria-expanded=false][href*='t:']").locator("visible=true").first();
  await trainer.click();
  await page.waitForURL(/open=/);
  await hydrated(page);
  await expect(page.locator("#picture").getByRole("link", { name: /Introductory|introductory|training/i }).first()).toBeVisible();
  await accessible(page);
  await fits(page);
  await shot(page, "cascade-open");
  await turn(page, /^Albania/, "false");
});

test("the table has the same numbers, and each opens its list", async ({ page }) => {
  await signIn(page, as("officer"));
  await counted(page, IPA);
  const generations = page.locator("#table table").first();
  await expect(generations.locator("tbody tr")).toHaveCount(3);
  const first = generations.locator("tbody tr").nth(1);
  await expect(first.locator("th")).toContainText("Generation 1");
  // The eight in-country trainings of 2012, and the one that runs today.
  const deliveries = first.locator("td").first().getByRole("link");
  await expect(deliveries).toHaveText("9");
  await deliveries.click();
  await page.waitForURL(/\/cascade\/list/);
  await hydrated(page);
  await expect(page.locator("tbody tr")).toHaveCount(9);
  await expect(page.locator("tbody")).toContainText("Between 13 April and 19 May 2012");
  // One project paid for each of them, and its own graduates gave them.
  await expect(page.locator("tbody")).not.toContainText("shared with");
  await accessible(page);
  await fits(page);
  await shot(page, "cascade-list");

  await page.getByRole("link", { name: "Back to the cascade" }).click();
  await page.waitForURL(/\/cascade\?/);
  await hydrated(page);
  const people = page.locator("#table table").first().locator("tbody tr").nth(1).locator("td[data-label^='People'] a");
  const shown = Number((await people.innerText()).replace(/\D/g, ""));
  await people.click();
  await page.waitForURL(/of=people/);
  await hydrated(page);
  let listed = await page.locator("tbody tr").count();
  while (await page.getByRole("link", { name: "Next page" }).count()) {
    const here = page.url();
    await page.getByRole("link", { name: "Next page" }).click();
    await page.waitForURL((url) => url.toString() !== here);
    await hydrated(page);
    await expect(page.locator("tbody tr").first()).toBeVisible();
    listed += await page.locator("tbody tr").count();
  }
  expect(listed, "as many lines as the number says").toBe(shown);
});

test("filters stand in the address, and the table leaves as a file", async ({ page }) => {
  await signIn(page, as("officer"));
  await counted(page, IPA);
  await page.locator("#f-area").selectOption("HR");
  await page.getByRole("button", { name: "Show" }).click();
  await page.waitForURL(/area=HR/);
  await hydrated(page);
  await expect(page.locator("#f-area")).toHaveValue("HR");
  await expect(page.locator("#table table").nth(1).locator("tbody tr")).toHaveCount(2);
  for (const [file, start] of [["csv", "\ufeff"], ["xlsx", "PK"], ["pdf", "%PDF"]]) {
    const href = await page.locator(`a[href*="/reports/cascade/cascade.${file}"]`).getAttribute("href");
    expect(href).toContain("area=HR");
    const answer = await page.request.get(href!);
    expect(answer.status(), href!).toBe(200);
    expect((await answer.body()).toString("utf8").startsWith(start), file).toBe(true);
  }
});

test("what institutions counted without names stands beside every number", async ({ page }) => {
  await signIn(page, as("officer"));
  await counted(page, IPA);
  const beside = page.locator(".unnamed");
  await expect(beside).toContainText("Counted elsewhere, without names: 0 confirmed, 18 unverified");
  // People come from Croatia, and were counted in 2012.
  await counted(page, `${IPA}&area=HR`);
  await expect(beside).toContainText("18 unverified");
  await counted(page, `${IPA}&area=AL`);
  await expect(beside).toHaveCount(0);
  const csv = await (await page.request.get("/reports/cascade/cascade.csv?project=cybercrime-ipa&lang=en")).text();
  expect(csv).toContain("0 confirmed, 18 unverified");
});

test("a list names its course by title and leads to the trainers' pages", async ({ page }) => {
  await signIn(page, as("officer"));
  await counted(page, IPA);
  await open(page, "/cascade/list?project=cybercrime-ipa&course=introductory-judges-prosecutors&of=trainers");
  await expect(page.locator("h1")).toContainText("Trainers who gave deliveries");
  await expect(page.locator("main")).not.toContainText("introductory-judges-prosecutors");
  // Most of them gave one of the eight deliveries of 2012, of which no document gives the day.
  await expect(page.locator("tbody")).toContainText("Day not recorded");
  await expect(page.locator("tbody")).not.toContainText("none yet");
  await page.locator("tbody th a").first().click();
  await page.waitForURL(/\/trainers\/[0-9a-f-]{36}$/);
  await hydrated(page);
  await expect(page.locator("main").getByRole("heading", { name: "Taught" })).toBeVisible();
  await page.locator("main a[href^='/licences/']").first().click();
  await page.waitForURL(/\/licences\/[0-9a-f-]{36}$/);
  await accessible(page);
});

test("an observer sees the picture and its numbers, no name and no list", async ({ page }) => {
  await signIn(page, as("observer"));
  await counted(page, IPA);
  await expect(page.locator("#table a[href^='/cascade/list']")).toHaveCount(0);
  await expect(page.locator("#picture a[href*='/cascade/list']")).toHaveCount(0);
  await expect(page.locator("body")).toContainText("Counts under five are not shown");
  await turn(page, /^Generation 1/, "true");
  await expect(page.locator("#picture")).toContainText("Croatia");
  await accessible(page);
  await fits(page);
  expect((await page.request.get("/cascade/list?project=cybercrime-ipa&of=people")).status()).toBe(403);
  expect((await page.request.get("/cascade/inactive?project=cybercrime-ipa")).status()).toBe(403);
});

test("an institution sees its own deliveries behind the numbers", async ({ page }) => {
  await signIn(page, as("admin"));
  await counted(page, IPA);
  const deliveries = page.locator("#table table").first().locator("tbody tr").nth(1).locator("td").first().getByRole("link");
  await deliveries.click();
  await page.waitForURL(/\/cascade\/list/);
  await hydrated(page);
  await expect(page.locator("body")).toContainText("your institution's own deliveries");
  expect(await page.locator("tbody tr").count()).toBeLessThan(9);
  await accessible(page);
});

test("who has not delivered in twelve months, and a reminder once", async ({ page }) => {
  await signIn(page, as("officer"));
  await counted(page, IPA);
  await page.getByRole("link", { name: "Who has not delivered in twelve months?" }).click();
  await page.waitForURL(/\/cascade\/inactive/);
  await hydrated(page);
  await expect(page.locator("h1")).toHaveText("Who has not delivered in twelve months");
  await accessible(page);
  await fits(page);
  await shot(page, "cascade-inactive");
  // Who gave one of the deliveries without a day is not said to have given none.
  await expect(page.locator("tbody")).toContainText("Day not recorded");
  await expect(page.locator("tbody th a[href^='/trainers/']").first()).toBeVisible();
  const ticks = page.locator("input[name='people[]']");
  // Sent with nobody chosen it says so and loses nothing.
  await page.getByRole("button", { name: "Send the reminder" }).click();
  await expect(page.locator(".errors")).toBeVisible();
  if ((await ticks.count()) > 0) {
    const before = await ticks.count();
    await ticks.first().check();
    await page.getByRole("button", { name: "Send the reminder" }).click();
    await expect(page.locator(".flash")).toBeVisible();
    await expect(page.locator("tbody")).toContainText("reminded on");
    await expect(ticks).toHaveCount(before - 1);
  }
});

test("all cascades, from the numbers, the project and the course", async ({ page }) => {
  await signIn(page, as("officer"));
  await counted(page, IPA);
  await open(page, "/reports");
  await page.locator("main a[href='/cascade']").click();
  await page.waitForURL(/\/cascade$/);
  await hydrated(page);
  await expect(page.locator("main")).toContainText("Projects");
  await accessible(page);
  await fits(page);
  for (const path of ["/projects/cybercrime-ipa", "/courses/introductory-judges-prosecutors"]) {
    await open(page, path);
    await page.locator("main a[href^='/cascade?']").click();
    await page.waitForURL(/\/cascade\?/);
    await hydrated(page);
    await expect(page.locator("#picture")).toBeVisible();
  }
});

test("on paper the picture is whole", async ({ page }) => {
  await signIn(page, as("officer"));
  await counted(page, `${IPA}&open=w,g1`);
  await page.emulateMedia({ media: "print" });
  const drawing = page.locator("#picture svg");
  await expect(drawing).toBeVisible();
  const [svg, body] = [await drawing.boundingBox(), await page.locator("#picture").boundingBox()];
  expect(svg!.width).toBeLessThanOrEqual(body!.width + 1);
  await expect(page.locator(".filterbar").first()).toBeHidden();
});
