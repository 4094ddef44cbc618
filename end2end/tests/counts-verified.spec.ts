// An institution that cannot share names says how many it trained; an officer confirms it; no total changes.
import type { Browser, Page } from "@playwright/test";
import { accessible, fits, hasScript, hydrated, open, shot, signIn } from "./support/pages";
import { expect, test } from "./support/test";

const as = (name: string) => `${name}@magistra.example`;
const main = (page: Page) => page.locator("#main");
const button = (page: Page, name: string) => main(page).getByRole("button", { name, exact: true });
const PDF = Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");

async function window_(browser: Browser, baseURL: string, size: { width: number; height: number } | null): Promise<Page> {
  const context = await browser.newContext({ baseURL, viewport: size, javaScriptEnabled: hasScript(), reducedMotion: "reduce" });
  return context.newPage();
}

async function look(page: Page, name: string) {
  await accessible(page);
  await fits(page);
  await shot(page, `tallies-${name}`);
}

/** The figures of the whole house, and what stands beside them. */
async function totals(page: Page): Promise<string[]> {
  await open(page, "/reports");
  return main(page).locator(".stats .stat > b").allTextContents();
}

test("a count is entered, proved and confirmed, and stands beside every total", async ({ browser, fresh, watch, page }) => {
  const size = page.viewportSize();
  const [ada, officer] = [await window_(browser, fresh.url, size), await window_(browser, fresh.url, size)];
  for (const one of [ada, officer]) watch.context(one.context());
  await signIn(officer, as("officer"));
  const before = await totals(officer);
  // The demonstration has one count already, of eighteen people from Croatia.
  await expect(main(officer).locator(".unnamed")).toContainText("+ 18 counted without names (18 unverified)");

  await signIn(ada, as("admin"));
  await open(ada, "/reports");
  await main(ada).getByRole("link", { name: "People counted without names" }).click();
  await ada.waitForURL("**/counts");
  await hydrated(ada);
  await look(ada, "empty");
  await main(ada).getByRole("link", { name: "Enter a count" }).click();
  await ada.waitForURL("**/counts/new");
  await hydrated(ada);
  await ada.locator("#f-title").fill("Closed course for investigating judges");
  await ada.locator("#f-starts_on").fill("2026-03-02");
  await ada.locator("#f-ends_on").fill("2026-03-01");
  await ada.locator("#c-AL-judge-f").fill("14");
  await button(ada, "Save").click();
  await expect(main(ada).locator(".errors")).toContainText("Last day");
  await expect(ada.locator("#c-AL-judge-f")).toHaveValue("14");
  await hydrated(ada);
  await look(ada, "refused");
  await ada.locator("#f-starts_on").fill("2024-03-04");
  await ada.locator("#f-ends_on").fill("2024-03-06");
  await ada.locator("#c-AL-prosecutor-m").fill("7");
  await button(ada, "Save").click();
  await ada.waitForURL(/\/counts\/[0-9a-f-]{36}$/);
  await hydrated(ada);
  const count = new URL(ada.url()).pathname;
  await expect(main(ada).locator(".head .tag")).toHaveText("Unverified");
  await expect(main(ada)).toContainText("21 people");
  await expect(main(ada).getByRole("button", { name: "Confirm this count" })).toHaveCount(0);

  // Beside, and never in, the figures.
  expect(await totals(officer)).toEqual(before);
  await expect(main(officer).locator(".unnamed")).toContainText("+ 39 counted without names (39 unverified)");
  await open(officer, count);
  await expect(main(officer)).toContainText("Attach the evidence first");

  // Evidence needs a title, and a file that is one.
  await button(ada, "Attach").click();
  await expect(main(ada).locator(".errors")).toContainText("What it is");
  await hydrated(ada);
  await ada.locator("#f-title").fill("Signed list of 6 March");
  await ada.locator("#f-file").setInputFiles({ name: "list.pdf", mimeType: "application/pdf", buffer: PDF });
  await button(ada, "Attach").click();
  await expect(main(ada).getByRole("link", { name: "Signed list of 6 March" })).toBeVisible();
  await hydrated(ada);
  await look(ada, "count");
  const file = await main(ada).getByRole("link", { name: "Signed list of 6 March" }).getAttribute("href");
  expect((await ada.request.get(file!)).headers()["content-type"]).toBe("application/pdf");

  // The officer's first page says that it waits.
  await open(officer, "/");
  await main(officer).getByRole("link", { name: "1 count waits for confirmation" }).click();
  await officer.waitForURL(/\/counts\?state=unverified/);
  await hydrated(officer);
  await look(officer, "list");
  await main(officer).getByRole("link", { name: "Closed course for investigating judges" }).click();
  await officer.waitForURL(`**${count}`);
  await hydrated(officer);
  await button(officer, "Confirm this count").click();
  await expect(main(officer).locator(".errors")).toBeVisible();
  await hydrated(officer);
  await officer.locator("#f-sure").check();
  await button(officer, "Confirm this count").click();
  await expect(main(officer).locator(".head .tag")).toHaveText("Confirmed");
  await hydrated(officer);
  await look(officer, "confirmed");

  expect(await totals(officer)).toEqual(before);
  await expect(main(officer).locator(".unnamed")).toContainText("+ 39 counted without names (18 unverified)");
  await look(officer, "beside");
  const csv = await (await officer.request.get("/reports/reach.csv?lang=en")).text();
  expect(csv.split("\r\n")[0]).toContain("Counted without names,Of these unverified");
  expect(csv.split("\r\n")[1]).toMatch(/,39,18$/);
  await open(officer, "/reports/attendance?by=institution");
  await expect(main(officer).locator(".unnamed")).toContainText("+ 39");
  await open(officer, "/areas/AL");
  await expect(main(officer).locator(".unnamed")).toContainText("+ 21 counted without names");
  await expect(main(officer)).toContainText("People count for the area they come from");

  // A change is not what was confirmed.
  await open(ada, `${count}/edit`);
  await ada.locator("#c-AL-judge-f").fill("15");
  await button(ada, "Save").click();
  await ada.waitForURL((url) => url.pathname === count);
  await hydrated(ada);
  await expect(main(ada).locator(".head .tag")).toHaveText("Unverified");
  // Others see it rounded; a participant sees nothing of it.
  await open(ada, "/reports");
  await expect(main(ada).locator(".unnamed")).toContainText("+ 40 counted without names (40 unverified)");
  const judge = await window_(browser, fresh.url, size);
  watch.context(judge.context());
  await signIn(judge, as("judge"));
  await open(judge, count, 403);
  await open(judge, "/areas/AL");
  await expect(main(judge).locator(".unnamed")).toHaveCount(0);
});
