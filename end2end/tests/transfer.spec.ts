import type { Page } from "@playwright/test";
import { accessible, fits, hydrated, open, shot, signIn } from "./support/pages";
import { alone, expect, test } from "./support/test";

/** The delivery of the demonstration that runs today, as the trainer sees it. */
async function asTrainer(page: Page): Promise<string> {
  await signIn(page, "judge@magistra.example");
  await open(page, "/learn");
  const href = await page.locator("ul.learning a[href^='/learn/']").first().getAttribute("href");
  await page.context().clearCookies();
  await signIn(page, "trainer@magistra.example");
  return href!.split("/")[2];
}

/** Headings of the half-days and the names, as the exported file has them. */
async function exported(page: Page, delivery: string) {
  const answer = await page.request.get(`/deliveries/${delivery}/register.csv`);
  expect(answer.status()).toBe(200);
  expect(answer.headers()["content-disposition"]).toMatch(/^attachment; filename="register-.*\.csv"$/);
  const text = (await answer.body()).toString("utf8");
  expect(text.startsWith("\ufeff")).toBe(true);
  await open(page, `/deliveries/${delivery}/register`);
  const names = await page.locator("li.who h2").allTextContents();
  return { text, halfDays: text.split("\r\n")[0].match(/\d{4}-\d\d-\d\d \d\d:\d\d/g)!, names };
}

async function bring(page: Page, delivery: string, name: string, content: string | Buffer) {
  await open(page, `/deliveries/${delivery}/transfer`);
  await page.locator("input[type=file]").setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(content) });
  await page.getByRole("button", { name: "Show what it would change" }).click();
  await page.waitForURL(/\/transfer\/[0-9a-f-]{36}/);
  await hydrated(page);
}

const figure = (page: Page, label: RegExp) => page.locator(".stats .stat", { hasText: label }).locator("b");

test("a spreadsheet is looked at and then entered", async ({ browser, fresh, watch }) => {
  test.setTimeout(120_000);
  const page = await alone(browser, fresh.url, watch);
  const delivery = await asTrainer(page);
  const { halfDays, names } = await exported(page, delivery);
  expect(halfDays).toHaveLength(6);

  await page.getByRole("link", { name: "Import and export" }).click();
  await page.waitForURL("**/transfer");
  await hydrated(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Import and export");
  await fits(page);
  await accessible(page);
  await shot(page, "transfer");

  // Today's two half-days, and tomorrow's, which has not come.
  const file = [
    `Name;${halfDays[2]};${halfDays[3]};${halfDays[4]};Remarks`,
    `${names[0]};P;L 20;P;quick`,
    `${names[1]};excused (hearing);sick?;;`,
    `Somebody Else;P;A;;`,
  ].join("\r\n");
  await bring(page, delivery, "marks.csv", file);
  await expect(page.locator("p.lede", { hasText: "Nothing has been written yet" })).toBeVisible();
  await expect(figure(page, /new marks/)).toHaveText("3");
  await expect(figure(page, /not taken/)).toHaveText("2");
  await expect(figure(page, /not found/)).toHaveText("1");
  await expect(page.locator("tr", { hasText: "sick?" })).toContainText("C3");
  await expect(page.locator("tr", { hasText: "this half-day has not come yet" })).toHaveCount(1);
  await fits(page);
  await accessible(page);
  await shot(page, "transfer-draft");

  // Somebody Else is chosen; entering what was not seen shows it anew instead.
  await page.locator("select[name^=who]").selectOption({ label: names[2] });
  await page.getByRole("button", { name: /^Enter these/ }).click();
  await expect(page.locator(".notice.warn", { hasText: "Look again before you enter it" })).toBeVisible();
  await expect(figure(page, /new marks/)).toHaveText("5");
  await accessible(page);
  await page.getByRole("button", { name: "Enter these 5 marks" }).click();
  await expect(page.locator(".notice.good")).toContainText("5 marks were entered");
  await accessible(page);
  await page.locator("main").getByRole("link", { name: "To the register" }).click();
  await page.waitForURL("**/register");

  // What goes out now comes back and changes nothing.
  const again = await exported(page, delivery);
  await bring(page, delivery, "register.csv", again.text);
  await expect(page.getByRole("heading", { name: "Nothing would change" })).toBeVisible();
  const workbook = await page.request.get(`/deliveries/${delivery}/register.xlsx?lang=fr`);
  await bring(page, delivery, "register.xlsx", await workbook.body());
  await expect(page.getByRole("heading", { name: "Nothing would change" })).toBeVisible();
  await page.getByRole("button", { name: "Throw this file away" }).click();
  await page.waitForURL("**/transfer");
  await page.context().close();
});

test("a Zoom report marks who was there", async ({ browser, fresh, watch }) => {
  test.setTimeout(120_000);
  const page = await alone(browser, fresh.url, watch);
  const delivery = await asTrainer(page);
  const { halfDays, names } = await exported(page, delivery);
  // 2026-11-22 09:00 as Zoom writes it, some minutes later.
  const zoom = (minutes: number) => {
    const at = new Date(`${halfDays[2].replace(" ", "T")}:00Z`);
    at.setUTCMinutes(at.getUTCMinutes() + minutes);
    const two = (n: number) => String(n).padStart(2, "0");
    const hour = at.getUTCHours();
    const day = `${two(at.getUTCMonth() + 1)}/${two(at.getUTCDate())}/${at.getUTCFullYear()}`;
    return `${day} ${two(hour % 12 || 12)}:${two(at.getUTCMinutes())}:00 ${hour < 12 ? "AM" : "PM"}`;
  };
  const plain = (name: string) => name.split(", ").reverse().join(" ");
  const report = [
    "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,In Waiting Room",
    `${plain(names[0])},,${zoom(-10)},${zoom(205)},215,Yes,No`,
    `${plain(names[1])} (Guest),,${zoom(40)},${zoom(90)},50,Yes,No`,
    `${plain(names[1])} (Guest),,${zoom(80)},${zoom(210)},130,Yes,No`,
    `Galaxy Tab,,${zoom(0)},${zoom(210)},210,Yes,No`,
  ].join("\r\n");
  await bring(page, delivery, "participants.csv", report);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Zoom report");
  await expect(figure(page, /new marks/)).toHaveText("2");
  await expect(page.locator("tr", { hasText: names[1] }).last()).toContainText("Late 40′ (Zoom)");
  await accessible(page);
  await shot(page, "transfer-log");

  await page.locator("input[name=tolerance]").fill("999");
  await page.getByRole("button", { name: "Look again" }).click();
  await expect(page.locator(".errors")).toContainText("Minutes that may be missing");
  await accessible(page);
  await page.locator("input[name=tolerance]").fill("0");
  await page.locator("input[name=absent]").check();
  await page.locator("select[name^=who]").selectOption({ label: names[2] });
  await page.getByRole("button", { name: "Look again" }).click();
  await expect(figure(page, /new marks/)).toHaveText(String(names.length));
  await expect(page.locator("tr", { hasText: names[0] }).last()).toContainText("Left early 5′ (Zoom)");
  await page.getByRole("button", { name: /^Enter these/ }).click();
  await expect(page.locator(".notice.good")).toContainText(`${names.length} marks were entered`);
  await page.context().close();
});

test("files that cannot be read say so", async ({ page }) => {
  const delivery = await asTrainer(page);
  await open(page, `/deliveries/${delivery}/transfer`);
  await page.getByRole("button", { name: "Show what it would change" }).click();
  await expect(page.locator("#f-file-e")).toContainText("Choose a file");
  await accessible(page);
  for (const [name, content, said] of [
    ["letter.pdf", "%PDF-1.7 and so on", "Only CSV and XLSX"],
    ["list.csv", "Name;Town\r\nAna;Tirana\r\n", "No days were found"],
    ["broken.xlsx", "PK\u0003\u0004 broken", "damaged"],
  ]) {
    await open(page, `/deliveries/${delivery}/transfer`);
    await page.locator("input[type=file]").setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(content) });
    await page.getByRole("button", { name: "Show what it would change" }).click();
    await expect(page.locator("#f-file-e")).toContainText(said);
  }
  await shot(page, "transfer-error");
});
