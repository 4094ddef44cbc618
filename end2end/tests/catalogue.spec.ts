// The public catalogue: found by any word, filtered by address; course pages; keeping a course.
import type { Page } from "@playwright/test";
import { accessible, fits, hasScript, hydrated, open, shot, signIn } from "./support/pages";
import { expect, test } from "./support/test";

const courses = (page: Page) => page.locator("ul.courses > li.course");
const filters = (page: Page) => page.locator("details.filters");
const tick = (page: Page, name: string, value: string) => page.locator(`input[type=checkbox][name=${name}][value=${value}]`);
const INTRODUCTORY = "/courses/introductory-judges-prosecutors";

/** Ticks or unticks a filter as this browser can: at once, or with the button. */
async function choose(page: Page, name: string, value: string) {
  if (!(await tick(page, name, value).isVisible())) await filters(page).locator("summary").click();
  await tick(page, name, value).click();
  if (!hasScript()) await filters(page).getByRole("button").click();
}

async function search(page: Page, words: string) {
  await page.locator("#q").fill(words);
  await page.locator("#q").press("Enter");
  await page.waitForURL((url) => url.searchParams.get("q") === words);
  await hydrated(page);
}

test("everything there is, with dates and places", { tag: "@nojs" }, async ({ page }) => {
  await open(page, "/catalogue");
  await expect(page.locator("h1")).toHaveCount(1);
  await expect(courses(page).first()).toBeVisible();
  await expect(courses(page).locator(".when a").first()).toHaveAttribute("href", /^\/deliveries\/[0-9a-f-]{36}$/);
  await fits(page);
  await accessible(page);
  await shot(page, "catalogue");
});

test("search ignores case and accents, in every language", { tag: "@nojs" }, async ({ page }) => {
  await open(page, "/catalogue");
  const all = await courses(page).count();
  for (const words of ["EVIDENCE", "evidénce", "PREUVE electronique"]) {
    await search(page, words);
    await expect(courses(page).first()).toContainText(/evidence/i);
    await expect(page.locator("#q")).toHaveValue(words);
  }
  await search(page, "no such course anywhere");
  await expect(courses(page)).toHaveCount(0);
  await expect(page.locator(".empty h2")).toBeVisible();
  await accessible(page);
  await shot(page, "catalogue-empty");
  await page.locator(".empty a").click();
  await expect(courses(page)).toHaveCount(all);
});

test("filters stand in the address, and back takes them off", { tag: "@nojs" }, async ({ page }) => {
  await open(page, "/catalogue?q=course");
  const before = await courses(page).count();
  await choose(page, "kind", "introductory");
  await page.waitForURL(/kind=introductory/);
  await expect(courses(page)).toHaveCount(1);
  await expect(tick(page, "kind", "introductory")).toBeChecked();
  await choose(page, "audience", "judges");
  await page.waitForURL(/audience=judges/);
  await expect(page.locator(".results p")).toContainText("for judges");
  expect(new URL(page.url()).searchParams.get("q")).toBe("course");
  await shot(page, "catalogue-filtered");
  await page.goBack();
  await page.goBack();
  await page.waitForURL((url) => !url.search.includes("kind"));
  await hydrated(page);
  await expect(courses(page)).toHaveCount(before);
  await expect(tick(page, "kind", "introductory")).not.toBeChecked();
});

test("an address says what is shown, and nothing else of it is repeated", async ({ page }) => {
  await open(page, "/catalogue?area=AL&mode=in_person&kind=%3Cscript%3E&language=qqq&after=..%2F..&x=y");
  await expect(courses(page)).toHaveCount(1);
  await expect(tick(page, "area", "AL")).toBeChecked();
  await expect(page.locator(".results p")).toContainText("in Albania");
  await expect(page.locator("main")).not.toContainText("script");
  await open(page, "/catalogue?from=2030-02-01&to=2030-01-01");
  await expect(page.locator("#to")).toHaveAttribute("aria-invalid", "true");
  await expect(page.locator("#to-e")).toBeVisible();
  await accessible(page);
});

test("on a phone the filters open as a sheet", { tag: "@only-phone" }, async ({ page }) => {
  await open(page, "/catalogue");
  await expect(tick(page, "audience", "judges")).toBeHidden();
  await filters(page).locator("summary").click();
  await expect(tick(page, "audience", "judges")).toBeVisible();
  await accessible(page);
  await shot(page, "catalogue-filters");
  await tick(page, "audience", "judges").click();
  await tick(page, "kind", "introductory").click();
  await expect(tick(page, "kind", "introductory"), "the sheet stays open until one asks").toBeVisible();
  await filters(page).getByRole("button").click();
  await page.waitForURL(/audience=judges.*kind=introductory/);
  await expect(filters(page).locator("summary .n")).toHaveText("2");
  await fits(page);
});

test("a course says what it is, what it needs and when it is given", async ({ page }) => {
  await open(page, INTRODUCTORY);
  await expect(page.locator("ol.outline > li").first()).toBeVisible();
  await expect(page.locator(".dates ul.when > li").first()).toBeVisible();
  await page.locator(".dates details.more > summary").click();
  await expect(page.locator(".dates details.more ul.when > li").first()).toBeVisible();
  await expect(page.locator(".head .actions")).toHaveCount(0);
  await fits(page);
  await accessible(page);
  await shot(page, "course");
  await open(page, "/courses/advanced-judges-prosecutors");
  await page.locator(`.facts a[href="${INTRODUCTORY}"]`).click();
  await page.waitForURL(`**${INTRODUCTORY}`);
  await open(page, "/courses/no-such-course", 404);
});

test("in French", async ({ page }) => {
  await open(page, "/catalogue?lang=fr&language=sq");
  await expect(page.locator("html")).toHaveAttribute("lang", "fr");
  await expect(page.locator(".results p")).toContainText("en albanais");
  await accessible(page);
  await open(page, `${INTRODUCTORY}?lang=fr`);
  await expect(page.locator("h1")).toContainText("cybercriminalité");
});

test("dates can be followed in a calendar", async ({ request }) => {
  const response = await request.get("/catalogue.ics?area=AL");
  expect(response.status()).toBe(200);
  expect(response.headers()["content-type"]).toContain("text/calendar");
  const text = await response.text();
  expect(text).toMatch(/^BEGIN:VCALENDAR\r\n/);
  expect(text).toContain("BEGIN:VEVENT\r\n");
});

test("an institution's page lists the courses it offers", async ({ page }) => {
  await open(page, INTRODUCTORY);
  await page.locator('.facts a[href^="/institutions/"]').first().click();
  await page.waitForURL(/\/institutions\//);
  await expect(page.locator(`a[href="${INTRODUCTORY}"]`)).toBeVisible();
  await accessible(page);
});

test("a trainer makes a course, and what is wrong is named", async ({ page, watch }) => {
  watch.allow(/422|409/);
  await signIn(page, "trainer@magistra.example");
  await open(page, "/courses/new");
  await page.locator("input[name=title_en]").fill("Seizing crypto-assets <b>now</b>");
  await page.locator("input[name=languages]").fill("english");
  await page.locator("input[name=days]").fill("-1");
  await page.locator("form.form button.btn:not(.quiet)").first().click();
  await expect(page.locator(".errors")).toBeVisible();
  await expect(page.locator("#f-days-e")).toBeVisible();
  await expect(page.locator("#f-audiences-e")).toBeVisible();
  await expect(page.locator("input[name=title_en]")).toHaveValue("Seizing crypto-assets <b>now</b>");
  await accessible(page);
  await shot(page, "course-new");
  await page.locator("input[name=languages]").fill("en fr");
  await page.locator("input[name=days]").fill("2");
  await page.locator('input[name="audiences[]"][value=investigators]').check();
  await page.locator("form.form button.btn:not(.quiet)").first().click();
  await page.waitForURL("**/courses/seizing-crypto-assets-b-now-b");
  await expect(page.locator("h1")).toHaveText("Seizing crypto-assets <b>now</b>");
  await page.locator('.head .actions a[href$="/edit"]').click();
  await page.waitForURL(/\/edit$/);
  await hydrated(page);
  await fits(page);
  await accessible(page);
  await shot(page, "course-edit");
  // A draft is not public.
  const nobody = await page.context().browser()!.newContext();
  watch.context(nobody);
  const other = await nobody.newPage();
  expect((await other.goto(new URL("/courses/seizing-crypto-assets-b-now-b", page.url()).href))?.status()).toBe(404);
  await nobody.close();
});

test("who has no right is told so", async ({ page, request }) => {
  expect((await request.get("/courses/new", { maxRedirects: 0 })).status()).toBeGreaterThanOrEqual(300);
  await signIn(page, "judge@magistra.example");
  await open(page, "/courses/new", 403);
  await open(page, `${INTRODUCTORY}/edit`, 403);
  await open(page, INTRODUCTORY);
  await expect(page.locator(".head .actions")).toHaveCount(0);
});
