import { accessible, fits, hydrated, open, shot, signIn } from "./support/pages";
import { expect, test } from "./support/test";

test("a judge goes on where she stopped", { tag: ["@phone", "@nojs"] }, async ({ page }) => {
  await signIn(page, "judge@magistra.example");
  await open(page, "/learn");
  await fits(page);
  await accessible(page);
  await shot(page, "my-learning");
  await page.getByRole("link", { name: /^Continue/ }).first().click();
  await expect(page.locator(".lesson h1")).toBeVisible();
  await expect(page.locator(".lesson .prose")).not.toBeEmpty();
  const title = (await page.locator(".lesson h1").textContent())!;
  await expect(page.locator(".toc a[aria-current=page] > span").first()).toHaveText(title);
  await fits(page);
  await accessible(page);
  await shot(page, "study");

  const progress = page.locator(".toc .metered p");
  const done = Number((await progress.textContent())!.match(/^\d+/)![0]);
  await page.getByRole("button", { name: "Save and continue" }).click();
  await expect(progress).toHaveText(new RegExp(`^${done + 1} of `));
  await expect(page.locator(".lesson h1")).not.toHaveText(title);
  await expect(page.locator(".toc a.done", { hasText: title })).toHaveCount(1);
  const next = (await page.locator(".lesson h1").textContent())!;

  // Back and forth by the links; then from the beginning it is the same place again.
  await page.locator(".lesson-foot a.back").click();
  await expect(page.locator(".lesson h1")).toHaveText(title);
  await page.goBack();
  await expect(page.locator(".lesson h1")).toHaveText(next);
  await open(page, "/learn");
  await page.getByRole("link", { name: /^Continue/ }).first().click();
  await expect(page.locator(".lesson h1")).toHaveText(next);
});

test("an item that was only opened is begun", async ({ page }) => {
  await signIn(page, "judge@magistra.example");
  await open(page, "/learn");
  await page.getByRole("link", { name: /^Continue/ }).first().click();
  await hydrated(page);
  const last = page.locator(".toc li a").last();
  const href = (await last.getAttribute("href"))!;
  await expect(last).not.toHaveClass(/half|done/);
  const noted = page.waitForResponse((response) => response.url().endsWith("/_fn/learning/opened") && response.ok());
  await open(page, href);
  await noted;
  await open(page, "/learn");
  await page.getByRole("link", { name: /^Continue/ }).first().click();
  await expect(page).toHaveURL(/\/learn\//);
  await expect(page.locator(`.toc a[href="${href}"]`)).toHaveClass(/half/);
});

test("without a place there is nothing to study", async ({ page }) => {
  await signIn(page, "judge@magistra.example");
  await open(page, "/learn");
  const path = (await page.locator("ul.learning a[href^='/learn/']").first().getAttribute("href"))!;
  await page.context().clearCookies();
  await page.goto(path);
  expect(new URL(page.url()).pathname).toBe("/sign-in");
  await signIn(page, "trainer@magistra.example");
  await open(page, path, 403);
  await accessible(page);
});
