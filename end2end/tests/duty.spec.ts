// The duty of continuing education: set for an area, shown to each in their hours, and in numbers; who is
// written to; and a day to go to in the register.
import { accessible, fits, hydrated, open, shot, signIn } from "./support/pages";
import { expect, test } from "./support/test";

const as = (name: string) => `${name}@magistra.example`;

test("an academy sets what the law asks of a profession", async ({ page }) => {
  const year = String(1950 + Math.floor(Math.random() * 60));
  await signIn(page, as("admin"));
  await open(page, "/areas/AL");
  await page.getByRole("link", { name: "Set the duties of this area" }).click();
  await page.waitForURL(/\/areas\/AL\/duties$/);
  await hydrated(page);
  await accessible(page);
  await fits(page);
  await shot(page, "duties");

  const form = page.locator("form", { has: page.locator("#f-new-hours") });
  await form.locator("select[name=profession]").selectOption("registrar");
  await form.locator("input[name=from_year]").fill(year);
  await form.locator("input[name=hours]").fill("5000");
  await form.getByRole("button", { name: "Add this duty" }).click();
  await expect(page.locator("#f-new-hours-e")).toBeVisible();
  await expect(page.locator("#f-new-source-e")).toBeVisible();
  await expect(form.locator("select[name=profession]")).toHaveValue("registrar");
  await expect(form.locator("input[name=hours]")).toHaveValue("5000");
  await accessible(page);
  await form.locator("input[name=hours]").fill("12");
  await form.locator("input[name=source]").fill("Law on Registrars, art. 7");
  await form.getByRole("button", { name: "Add this duty" }).click();
  const line = page.locator("li.item", { hasText: `12 hours a year from ${year}` });
  await expect(line).toContainText("Law on Registrars, art. 7");

  // A second one of the same profession from the same year is refused beside its field.
  await hydrated(page);
  await form.locator("select[name=profession]").selectOption("registrar");
  await form.locator("input[name=from_year]").fill(year);
  await form.locator("input[name=hours]").fill("14");
  await form.locator("input[name=source]").fill("Law on Registrars, art. 8");
  await form.getByRole("button", { name: "Add this duty" }).click();
  await expect(page.locator("#f-new-from_year-e")).toBeVisible();

  await open(page, "/areas/AL/duties");
  await line.locator("summary").click();
  await line.locator("input[name=hours]").fill("16");
  await line.getByRole("button", { name: "Save" }).click();
  const changed = page.locator("li.item", { hasText: `16 hours a year from ${year}` });
  await expect(changed).toBeVisible();
  await page.context().clearCookies();
  await open(page, "/areas/AL");
  await expect(page.locator("main")).toContainText(`16 hours a year from ${year}`);
  await expect(page.getByRole("link", { name: "Set the duties of this area" })).toHaveCount(0);
  await accessible(page);
  await shot(page, "area-duty");

  await signIn(page, as("admin"));
  await open(page, "/areas/AL/duties");
  await changed.locator("summary").click();
  await changed.getByRole("button", { name: "Remove" }).click();
  await expect(changed).toHaveCount(0);
});

test("nobody else sets it", async ({ page }) => {
  await signIn(page, as("judge"));
  await open(page, "/areas/AL/duties", 403);
  await page.context().clearCookies();
  await signIn(page, as("admin"));
  await open(page, "/areas/XK/duties", 403);
});

test("a judge sees what is missing, this year and the years before", async ({ page }) => {
  await signIn(page, as("judge"));
  await open(page, "/");
  const year = new Date().getUTCFullYear();
  const meter = page.locator(".metered", { hasText: new RegExp(`of 40\\sh in ${year}`) });
  await expect(meter).toContainText(/missing|The duty is met/);
  await accessible(page);
  await fits(page);
  await shot(page, "home-duty");
  await page.locator('a[href="/my/attendance"]').first().click();
  await page.waitForURL(/\/my\/attendance/);
  await hydrated(page);
  await expect(page.locator("#duty .metered")).toContainText("Judge");
  await expect(page.locator("#duty table tbody tr", { hasText: String(year - 1) })).toContainText(/missing|The duty is met/);
  await accessible(page);
  await fits(page);
  await shot(page, "my-duty");
  const csv = await (await page.request.get("/my/attendance/hours.csv")).text();
  expect(csv.split("\n")[0]).toContain("Missing");
  expect(csv).toContain("40.00");
  const french = await (await page.request.get("/my/attendance/hours.csv?lang=fr")).text();
  expect(french.split("\n")[0]).toContain("Manque");
  await open(page, "/my/attendance?lang=fr");
  await expect(page.locator("#duty")).toContainText("Obligation de formation continue");
});

test("how many met it: exact for the programme, rounded for observers, and as files", async ({ page }) => {
  await signIn(page, as("officer"));
  await open(page, "/reports/attendance");
  await page.locator('a[href="/reports/duty"]').click();
  await page.waitForURL(/\/reports\/duty/);
  await hydrated(page);
  await page.locator("#f-by").selectOption("profession");
  await page.getByRole("button", { name: "Show", exact: true }).click();
  await page.waitForURL(/by=profession/);
  const judges = page.locator("tbody tr", { hasText: "Judge" }).locator("td").first();
  await expect(judges).toHaveText(/^\d+$/);
  await accessible(page);
  await fits(page);
  await shot(page, "duty-report");
  for (const [file, start] of [["csv", "\ufeff"], ["xlsx", "PK"], ["pdf", "%PDF"]]) {
    const href = await page.locator(`a[href*="/reports/duty/duty.${file}"]`).getAttribute("href");
    const answer = await page.request.get(href!);
    expect(answer.status(), href!).toBe(200);
    expect((await answer.body()).toString("utf8").startsWith(start), file).toBe(true);
  }
  await page.context().clearCookies();
  await signIn(page, as("observer"));
  await open(page, "/reports/duty?by=profession");
  await expect(page.locator("main")).toContainText("Counts under five are kept back");
  for (const figure of await page.locator('td[data-label^="people"], td[data-label^="have"]').allInnerTexts()) {
    expect(Number(figure.replace(/\D/g, "") || "0") % 5, figure).toBe(0);
  }
  await page.context().clearCookies();
  await signIn(page, as("judge"));
  await open(page, "/reports/duty", 403);
});

test("an institution says who is written to when somebody can no longer pass", async ({ page }) => {
  await signIn(page, as("admin"));
  await open(page, "/institutions/school-of-magistrates/edit");
  await expect(page.locator("select[name=risk_letters]")).toHaveValue(/both|trainers/);
  await page.locator("select[name=risk_letters]").selectOption("trainers");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(/school-of-magistrates$/);
  await open(page, "/institutions/school-of-magistrates/edit");
  await expect(page.locator("select[name=risk_letters]")).toHaveValue("trainers");
  await page.locator("select[name=risk_letters]").selectOption("both");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(/school-of-magistrates$/);
});

test("a day in the address of a register leads to its half-day", async ({ page }) => {
  await signIn(page, as("judge"));
  await open(page, "/learn");
  const href = await page.locator("ul.learning a[href^='/learn/']").first().getAttribute("href");
  const register = `/deliveries/${href!.split("/")[2]}/register`;
  await page.context().clearCookies();
  await signIn(page, as("trainer"));
  await open(page, `${register}?from=2020-01-01`);
  const slots = page.locator("nav.slots a");
  await expect(slots).toHaveCount(6);
  await expect(slots.first()).toHaveAttribute("aria-current", "page");
  await open(page, `${register}?from=2100-01-01`);
  await expect(slots.last()).toHaveAttribute("aria-current", "page");
  await open(page, `${register}?from=nonsense`);
  await expect(page.locator("nav.slots a[aria-current]")).toHaveCount(1);
});
