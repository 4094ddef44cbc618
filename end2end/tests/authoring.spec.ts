// A trainer makes a pack: module, session, lesson with its preview, files; then it is released for good.
import type { Page } from "@playwright/test";
import { accessible, fits, hasScript, hydrated, open, shot, signIn } from "./support/pages";
import { expect, test } from "./support/test";

const PDF = Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");

async function send(page: Page, name: string) {
  await page.locator("#main").getByRole("button", { name, exact: true }).click();
}

async function look(page: Page, name: string) {
  await accessible(page);
  await fits(page);
  await shot(page, `authoring-${name}`);
}

async function newPack(page: Page, title: string) {
  await signIn(page, "trainer@magistra.example");
  await open(page, "/teach");
  await look(page, "teach");
  await open(page, "/teach/new");
  await page.locator("#f-course").selectOption({ index: 1 });
  await page.locator("#f-language").selectOption("en");
  await page.locator("#f-title").fill(title);
  await send(page, "Make the draft");
  await page.waitForURL(/\/packs\/[0-9a-f-]{36}$/);
  await hydrated(page);
}

async function addModule(page: Page, title: string) {
  await page.getByRole("link", { name: "Add a module" }).click();
  await page.locator("#f-title").fill(title);
  await send(page, "Add a module");
  await expect(page.getByRole("heading", { name: title, level: 3 })).toBeVisible();
  await hydrated(page);
}

test("a trainer writes a pack and releases it", { tag: "@nojs" }, async ({ page, watch }) => {
  // Refused on purpose: a script in a lesson, a program for a document.
  watch.allow(/422/);
  await newPack(page, "Electronic evidence in practice");
  const pack = page.url().split("#")[0]!;
  await addModule(page, "Evidence");
  await addModule(page, "Before you start");

  // The second goes first.
  await page.getByRole("button", { name: "Move Before you start up" }).click();
  await expect(page.locator(".mod h3").first()).toHaveText("Before you start");
  await expect(page.getByRole("button", { name: "Move Before you start up" })).toBeDisabled();

  for (const module of ["Before you start", "Evidence"]) {
    await page.locator(".mod", { hasText: module }).getByRole("link", { name: "Add a session" }).click();
    await page.locator("#f-title").fill(`${module}: first session`);
    await page.locator("#f-minutes").fill("35");
    await page.locator("#f-notes").fill("Ask who has seized a phone.");
    await send(page, "Add a session");
    await expect(page.getByRole("link", { name: `${module}: first session` })).toBeVisible();
    await hydrated(page);
  }

  // A lesson, beside its preview.
  await page.locator(".mod", { hasText: "Evidence" }).getByRole("link", { name: "Add a lesson" }).click();
  await hydrated(page);
  await page.locator("#f-title").fill("Integrity and admissibility");
  await page.locator("#f-minutes").fill("20");
  await page.locator("#f-body").fill("## What integrity means\n\nIt is **as it was found**.");
  if (!hasScript()) await send(page, "Show the preview");
  await expect(page.locator(".preview h2", { hasText: "What integrity means" })).toBeVisible();
  await expect(page.locator("#f-body")).toHaveValue(/as it was found/);
  await look(page, "lesson");
  await page.locator("#f-body").fill("<script>alert(1)</script>");
  await send(page, "Add a lesson");
  await expect(page.locator(".fld .err")).toContainText("HTML is not taken");
  await page.locator("#f-body").fill("## What integrity means\n\nIt is **as it was found**.");
  await send(page, "Add a lesson");
  await expect(page.getByRole("link", { name: "Integrity and admissibility" })).toBeVisible();
  await hydrated(page);

  // A file; a program with another name is refused and what was typed is kept.
  await page.locator(".mod", { hasText: "Evidence" }).getByRole("link", { name: "Add a file" }).click();
  await hydrated(page);
  await page.locator("#f-title").fill("Case file");
  const program = { name: "case.pdf", mimeType: "application/pdf", buffer: Buffer.from("MZ\u0090 not a document") };
  await page.locator("#f-file").setInputFiles(program);
  await send(page, "Upload");
  await expect(page.getByText("Files of this kind are not taken")).toBeVisible();
  await expect(page.locator("#f-title")).toHaveValue("Case file");
  await look(page, "upload");
  await page.locator("#f-file").setInputFiles({ name: "case.pdf", mimeType: "application/pdf", buffer: PDF });
  await send(page, "Upload");
  await expect(page.getByRole("link", { name: "Case file" })).toBeVisible();
  await hydrated(page);
  await look(page, "pack");

  await open(page, `${pack}/preview`);
  await expect(page.getByRole("heading", { level: 1, name: "Integrity and admissibility" })).toBeVisible();
  await expect(page.getByText("Ask who has seized a phone.")).toHaveCount(0);
  await look(page, "preview");

  await open(page, pack);
  await send(page, "Mark as piloted");
  await expect(page.getByRole("button", { name: "Feedback is being worked in" })).toBeVisible();
  await hydrated(page);
  await send(page, "Feedback is being worked in");
  await page.getByRole("link", { name: "Release…" }).click();
  await page.locator("#f-notes").fill("First version.");
  await send(page, "Release this version");
  await expect(page.getByText("This version is released and never changes")).toBeVisible();
  await expect(page.locator(".move")).toHaveCount(0);
});
