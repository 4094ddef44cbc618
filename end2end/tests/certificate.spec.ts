// From marks to a certificate that anybody can check, and back: the rule, the paper, the name, the verdict.
import type { Page } from "@playwright/test";
import { accessible, fits, hydrated, open, shot, signIn } from "./support/pages";
import { expect, test } from "./support/test";

const as = (name: string) => `${name}@magistra.example`;

/** The delivery that runs today, as its administrator's first page links to it. */
async function running(page: Page): Promise<string> {
  await open(page, "/");
  const href = await page.locator('a[href$="/results"]').first().getAttribute("href");
  return href!.split("/")[2];
}

/** Calls a server function as a form does; says whether it was done. */
async function post(page: Page, name: string, form: Record<string, string>): Promise<boolean> {
  const answer = await page.request.post(`/_fn/${name}`, { form, headers: { accept: "application/json" } });
  return answer.ok();
}

const ids = async (page: Page, selector: string) =>
  page.locator(selector).evaluateAll((links) => [...new Set(links.map((link) => new URL((link as HTMLAnchorElement).href).pathname.split("/").pop()!))]);

async function press(page: Page, name: RegExp) {
  await page.getByRole("button", { name }).first().click();
}

test("a certificate appears, is checked without a name, then with one, and is withdrawn", async ({ browser, fresh, watch }) => {
  test.slow();
  // On a server of its own: it removes half-days and finishes the judge's course.
  const own = await browser.newContext({ baseURL: fresh.url, javaScriptEnabled: test.info().project.use.javaScriptEnabled });
  watch.context(own);
  const page = await own.newPage();
  // The register's future half-days go, so that what was attended is the whole programme.
  await signIn(page, as("admin"));
  const delivery = await running(page);
  await open(page, `/deliveries/${delivery}/register`);
  for (const id of await ids(page, ".slots a")) await post(page, "deliveries/remove-slot", { delivery, id });
  await open(page, `/deliveries/${delivery}/results`);
  const row = page.getByRole("row", { name: /Dorina Hysa/ });
  await expect(row).toContainText(/items? left/);
  await accessible(page);
  await fits(page);
  await shot(page, "results");

  // The programme officer's number, before.
  const office = await browser.newContext({ baseURL: new URL(page.url()).origin, javaScriptEnabled: test.info().project.use.javaScriptEnabled });
  watch.context(office);
  const officer = await office.newPage();
  await signIn(officer, as("officer"));
  const completed = async () => {
    await open(officer, "/reports?area=AL");
    return Number((await officer.locator(".stats .stat b").last().innerText()).replace(/\D/g, ""));
  };
  const before = await completed();

  // The judge works through everything there is.
  const context = await browser.newContext({ baseURL: new URL(page.url()).origin, javaScriptEnabled: test.info().project.use.javaScriptEnabled });
  watch.context(context);
  const judge = await context.newPage();
  await signIn(judge, as("judge"));
  await open(judge, `/learn/${delivery}`);
  const items = await ids(judge, `a[href^="/learn/${delivery}/"]`);
  expect(items.length).toBeGreaterThan(3);
  for (const material of items) expect(await post(judge, "learning/done", { delivery, material })).toBe(true);

  // Not the last day yet: the administrator issues it by hand.
  await open(page, `/deliveries/${delivery}/results`);
  await expect(row).toContainText("Met");
  await row.getByRole("button", { name: /Issue now/ }).click();
  await expect(page.locator(".flash.good")).toBeVisible();
  await expect(row.getByRole("link", { name: /PDF/ })).toBeVisible();

  await expect(async () => expect(await completed()).toBeGreaterThan(before)).toPass();

  await open(judge, "/certificates");
  const code = (await judge.locator(".code-line").first().innerText()).trim();
  expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
  await accessible(judge);
  await fits(judge);
  await shot(judge, "certificates");
  const href = await judge.locator('a[href$=".pdf"]').first().getAttribute("href");
  const pdf = await judge.request.get(href!);
  expect(pdf.status()).toBe(200);
  expect(pdf.headers()["content-type"]).toBe("application/pdf");
  expect((await pdf.body()).subarray(0, 4).toString()).toBe("%PDF");

  // Anybody checks it, typed as people type, and sees no name.
  const visitor = await browser.newContext({ baseURL: new URL(page.url()).origin, javaScriptEnabled: test.info().project.use.javaScriptEnabled });
  watch.context(visitor);
  const anybody = await visitor.newPage();
  await open(anybody, "/verify");
  await accessible(anybody);
  await anybody.locator("#code").fill(code.toLowerCase().replaceAll("-", " "));
  await anybody.locator("#code").press("Enter");
  await expect(anybody.locator(".verdict.good")).toBeVisible();
  await hydrated(anybody);
  await expect(anybody.locator("main")).not.toContainText("Hysa");
  await accessible(anybody);
  await fits(anybody);
  await shot(anybody, "verify");
  expect((await visitor.request.get(href!, { maxRedirects: 0 })).status()).toBe(303);

  await press(judge, /Show my name/);
  await expect(judge.getByRole("button", { name: /Hide my name/ })).toBeVisible();
  await open(anybody, `/verify/${code}`);
  await expect(anybody.locator(".verdict.good")).toContainText("Dorina Hysa");

  // Withdrawn, with a reason: the code says so, the paper is gone.
  await row.getByRole("link", { name: /Withdraw/ }).click();
  await expect(page.locator("#withdraw")).toBeVisible();
  await page.locator("#withdraw").getByRole("button").click();
  await expect(page.locator("#withdraw .errors")).toBeVisible();
  await page.locator("#f-reason").fill("The name was misspelt");
  await page.locator("#withdraw").getByRole("button").click();
  await expect(page.locator(".flash.good")).toBeVisible();
  await open(anybody, `/verify/${code}`);
  await expect(anybody.locator(".verdict.bad")).toContainText(/withdrawn/i);
  await expect(anybody.locator("main")).not.toContainText("Hysa");
  expect((await judge.request.get(href!)).status()).toBe(404);
  for (const other of [context, visitor, office, own]) await other.close();
});

test("a code we do not know is not found", async ({ page }) => {
  await open(page, "/verify/0000-0000-0001", 404);
  await expect(page.locator(".verdict.bad")).toBeVisible();
  await accessible(page);
  await fits(page);
  await shot(page, "verify-unknown");
});

test("results are for who keeps the register", async ({ page }) => {
  await signIn(page, as("admin"));
  const delivery = await running(page);
  await page.context().clearCookies();
  await signIn(page, as("judge"));
  await open(page, `/deliveries/${delivery}/results`, 403);
});
