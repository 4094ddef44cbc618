import type { Page } from "@playwright/test";
import { accessible, fits, hydrated, open, shot, signIn } from "./support/pages";
import { expect, test } from "./support/test";

/** The register's half-days of the delivery that runs today, with its trainer signed in. */
async function registers(page: Page): Promise<string[]> {
  await signIn(page, "judge@magistra.example");
  await open(page, "/learn");
  const href = await page.locator("ul.learning a[href^='/learn/']").first().getAttribute("href");
  await page.context().clearCookies();
  await signIn(page, "trainer@magistra.example");
  await open(page, `/deliveries/${href!.split("/")[2]}/register`);
  await expect(page.locator("nav.slots a")).toHaveCount(6);
  return page.locator("nav.slots a").evaluateAll((links) => links.map((link) => link.getAttribute("href")!));
}

test("a register is closed, opened again for a reason, and read as it stood", { tag: "@nojs" }, async ({ page }) => {
  const [first] = await registers(page);
  await open(page, first);
  const close = page.locator("details", { hasText: "Close this register" });
  await close.locator("summary").click();
  await close.getByRole("button", { name: "Close this register" }).click();
  await expect(page.locator(".reg-top")).toContainText("This register is closed. Closed by");
  await expect(page.locator("li.who .states").first()).toHaveAttribute("disabled", "");
  await accessible(page);
  await fits(page);
  await shot(page, "register-closed");

  await page.getByRole("button", { name: "Open this register again" }).click();
  await expect(page.locator("#f-reopen-why-e")).toBeVisible();
  await page.locator("input[name=why]").fill("The sheet was found");
  await page.getByRole("button", { name: "Open this register again" }).click();
  await expect(page.locator(".reg-top")).not.toContainText("This register is closed.");
  await expect(page.locator("li.who .states").first()).not.toHaveAttribute("disabled", "");

  await open(page, `${first}/history`);
  const lines = page.locator("ol.history li");
  await expect(lines.nth(0)).toContainText("Register opened again");
  await expect(lines.nth(0)).toContainText("The sheet was found");
  await expect(lines.nth(1)).toContainText("Register closed");
  await accessible(page);
  await shot(page, "history-steps");
  await lines.nth(1).locator("a").first().click();
  await expect(page.locator("h1")).toHaveText("The register as it stood");
  await hydrated(page);
  await expect(page.locator("main")).toContainText("34 of 34 names had a mark.");
  await expect(page.locator(".tag", { hasText: "Register closed" })).toBeVisible();
  await accessible(page);
  await fits(page);
  await shot(page, "register-past");
  // Before anything was marked.
  await page.locator("#f-at").fill("2020-01-01T09:00");
  await page.getByRole("button", { name: "Show the register then" }).click();
  await expect(page.locator("main")).toContainText("0 of 34 names had a mark.");
});

test("a half-day that is called off counts no more", { tag: "@nojs" }, async ({ page, watch }) => {
  // Registers are fetched ahead in the background: the trainer is signed out amid that.
  watch.allow(/^401 GET \S+\/_fn\/attendance\/register\?/);
  const all = await registers(page);
  const path = all[5];
  await page.context().clearCookies();
  await signIn(page, "officer@magistra.example");
  const [, , delivery, , slot] = path.split("/");
  await open(page, `/deliveries/${delivery}/timetable/${slot}`);
  const off = page.locator("details", { hasText: "Call off this half-day" });
  await off.locator("summary").click();
  await off.getByRole("button", { name: "Call off this half-day" }).click();
  await expect(page.locator("#f-cancel-reason-e")).toBeVisible();
  await page.locator("input[name=reason]").fill("The hall is flooded");
  await page.getByRole("button", { name: "Call off this half-day" }).click();
  await expect(page.locator(".timetable .off")).toContainText("The hall is flooded");
  await hydrated(page);
  await accessible(page);
  await shot(page, "timetable-off");
  await open(page, path);
  await expect(page.locator(".reg-top")).toContainText("This half-day was called off; nothing is marked in it. The hall is flooded");
  await expect(page.locator("nav.slots a.off")).toHaveCount(1);
  await open(page, `/deliveries/${delivery}/timetable/${slot}`);
  await page.getByRole("button", { name: "Give it after all" }).click();
  await expect(page.locator(".timetable .off")).toHaveCount(0);
});

test("who may miss no more is told, and so is the trainer", async ({ page }) => {
  const all = await registers(page);
  for (const path of all.slice(0, 2)) {
    await open(page, path);
    const row = page.locator("li.who", { hasText: "Dervishi" }).first();
    await row.locator("label.abs").click();
    await expect(row).not.toHaveClass(/unsent/);
    await expect(page.locator(".reg-foot p")).toHaveText("Everything is saved");
  }
  const lost = page.locator("li.who", { hasText: "Dervishi" }).first().locator(".tag");
  // The job runs within a moment.
  await expect(async () => {
    await open(page, all[0]);
    await expect(lost).toHaveText("can no longer pass", { timeout: 500 });
  }).toPass();
  await accessible(page);
  await fits(page);
  await shot(page, "register-risk");
  await open(page, `/deliveries/${all[0].split("/")[2]}/results`);
  await expect(page.locator("tr", { hasText: "Dervishi" }).first()).toContainText("can no longer pass");
  await expect(page.locator("main")).toContainText("Excused absences count as missed.");
});

test("names in the order of the room, and by keyboard", async ({ page }) => {
  const all = await registers(page);
  await open(page, all[2]);
  const heads = page.locator("li.who h2");
  await page.getByRole("link", { name: "Given name" }).click();
  await expect(page).toHaveURL(/sort=given/);
  await expect(page.locator("nav.sorts a[aria-current]")).toHaveText("Given name");
  const names = await heads.allTextContents();
  expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b, "en")));
  expect(names[0]).not.toContain(",");

  await page.locator("li.who").first().locator("h2").click();
  await page.keyboard.press("/");
  await expect(page.locator(".reg-find")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  const row = (n: number) => page.locator("li.who").nth(n);
  await expect(row(0).locator("label.present input")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(row(1).locator("label.present input")).toBeFocused();
  await expect(row(1).locator("label.present input")).not.toBeChecked();
  await page.keyboard.press("5");
  await expect(row(1).locator("label.abs input")).toBeChecked();
  await expect(page.locator(".reg-foot p")).toHaveText("Everything is saved");
  await page.keyboard.press("ArrowUp");
  await expect(row(0).locator("label.present input")).toBeFocused();
  await page.keyboard.press("1");
  await expect(row(0).locator("label.present input")).toBeChecked();
  await accessible(page);
  await shot(page, "register-sorted");
});

test("an institution has its own rules", async ({ page }) => {
  await signIn(page, "admin@magistra.example");
  await open(page, "/institutions/school-of-magistrates/edit");
  await page.locator("input[name=attendance_percent]").fill("120");
  await page.locator("select[name=excused]").selectOption("neutral");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator("#f-attendance_percent-e")).toBeVisible();
  await expect(page.locator("select[name=excused]")).toHaveValue("neutral");
  await page.locator("input[name=attendance_percent]").fill("90");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(/school-of-magistrates$/);
  await open(page, "/institutions/school-of-magistrates/edit");
  await expect(page.locator("input[name=attendance_percent]")).toHaveValue("90");
  await accessible(page);
});
