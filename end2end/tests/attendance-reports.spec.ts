// Reports on attendance: person by half-day, who is at risk, hours over the years, numbers, evidence.
import type { Page } from "@playwright/test";
import { accessible, fits, open, shot, signIn } from "./support/pages";
import { expect, test } from "./support/test";

const as = (name: string) => `${name}@magistra.example`;

/** The delivery of the demonstration that runs today; the judge studies in it. */
async function runningDelivery(page: Page): Promise<string> {
  await signIn(page, as("judge"));
  await open(page, "/learn");
  const href = await page.locator("ul.learning a[href^='/learn/']").first().getAttribute("href");
  await page.context().clearCookies();
  return href!.split("/")[2];
}

test("person by half-day, filtered in the address, and as files", async ({ page }) => {
  const delivery = await runningDelivery(page);
  await signIn(page, as("trainer"));
  await open(page, `/deliveries/${delivery}/attendance`);
  const rows = page.locator("table.hours tbody tr");
  await expect(rows).toHaveCount(34);
  await expect(page.locator("table.hours thead tr").nth(1).locator("th")).toHaveCount(6);
  await expect(rows.first().locator("td").first()).toContainText(/Present|Late|Absent|Excused|Left early|no mark/);
  await accessible(page);
  await fits(page);
  await shot(page, "attendance-grid");

  const name = (await rows.first().locator("th").innerText()).split(",")[0];
  await page.locator("#f-q").fill(name.slice(0, 4));
  await page.locator("#f-q").press("Enter");
  await page.waitForURL(/q=/);
  expect(await rows.count()).toBeLessThan(34);
  await expect(rows.first().locator("th")).toContainText(name);

  for (const [file, start] of [["csv", "\ufeff"], ["xlsx", "PK"], ["pdf", "%PDF"]]) {
    const href = await page.locator(`a[href*="/attendance/attendance.${file}"]`).getAttribute("href");
    const answer = await page.request.get(href!);
    expect(answer.status(), href!).toBe(200);
    expect((await answer.body()).toString("utf8").startsWith(start), file).toBe(true);
  }
});

test("the evidence bundle is a zip for who keeps the register, and nobody else", async ({ page }) => {
  const delivery = await runningDelivery(page);
  expect((await page.request.get(`/deliveries/${delivery}/evidence.zip`, { maxRedirects: 0 })).status()).toBe(303);
  await signIn(page, as("judge"));
  expect((await page.request.get(`/deliveries/${delivery}/evidence.zip`)).status()).toBe(403);
  await open(page, `/deliveries/${delivery}/attendance`, 403);
  await page.context().clearCookies();
  await signIn(page, as("trainer"));
  await open(page, `/deliveries/${delivery}/attendance`);
  const href = await page.getByRole("link", { name: "Evidence bundle" }).getAttribute("href");
  const answer = await page.request.get(href!);
  expect(answer.headers()["content-type"]).toBe("application/zip");
  const body = (await answer.body()).toString("latin1");
  for (const name of ["register.pdf", "history.csv", "agenda.csv", "manifest.json", "MANIFEST.sha256"]) expect(body).toContain(name);
});

test("who is at risk, in the deliveries at hand", async ({ page }) => {
  await signIn(page, as("officer"));
  await open(page, "/attendance/at-risk");
  await expect(page.locator("h1")).toHaveText("At risk");
  await accessible(page);
  await fits(page);
  await shot(page, "at-risk");
});

test("one's own hours over the years", async ({ page }) => {
  await signIn(page, as("judge"));
  await open(page, "/certificates");
  await page.locator('a[href="/my/attendance"]').click();
  await page.waitForURL(/\/my\/attendance/);
  await expect(page.locator("h1")).toHaveText("Your hours of training");
  await expect(page.locator("table").last().locator("tbody tr").first()).toBeVisible();
  await accessible(page);
  await fits(page);
  await shot(page, "my-hours");
  const pdf = await page.request.get("/my/attendance/hours.pdf");
  expect((await pdf.body()).toString("latin1").startsWith("%PDF")).toBe(true);
});

test("attendance in numbers, by institution, with small counts kept back from observers", async ({ page }) => {
  await signIn(page, as("officer"));
  // The sums are made by jobs that run after the demonstration is loaded.
  await expect(async () => {
    await open(page, "/reports/attendance");
    await expect(page.locator("svg.chart")).toBeVisible({ timeout: 1000 });
  }).toPass();
  await accessible(page);
  await fits(page);
  await shot(page, "attendance-numbers");
  await page.locator("#f-by").selectOption("institution");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.waitForURL(/by=institution/);
  await expect(page.locator("h2").filter({ hasText: "By Institution" })).toBeVisible();

  await page.context().clearCookies();
  await signIn(page, as("observer"));
  await open(page, "/reports/attendance?by=institution");
  await expect(page.locator("main")).toContainText(/under five/);
  for (const label of ["Places", "Participations", "Persons", "Completed"]) {
    for (const figure of await page.locator(`td[data-label^="${label}"]`).allInnerTexts()) {
      expect(Number(figure.replace(/\D/g, "") || "0") % 5, `${label} ${figure}`).toBe(0);
    }
  }
});
