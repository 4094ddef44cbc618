// The records of the projects: projects, activities, documents.
import { accessible, fits, open, shot } from "./support/pages";
import { expect, test } from "./support/test";

const FOOTNOTE = /All reference to Kosovo/;

test("all projects, on a time line and in a table", async ({ page }) => {
  await open(page, "/projects");
  await expect(page.locator("tbody tr")).toHaveCount(15);
  await expect(page.getByRole("img", { name: /Time line/ })).toBeVisible();
  const octopus = page.locator("tbody tr", { hasText: "Cybercrime@Octopus" });
  await expect(octopus).toContainText("December 2020");
  await expect(octopus).toContainText("Amended");
  const ipa = page.locator("tbody tr", { hasText: "Cybercrime@IPA" });
  await expect(ipa).toContainText("Turkey");
  await expect(page.locator("tbody tr", { hasText: /iPROCEEDS II/ })).toContainText("Türkiye");
  await expect(page.locator(".footnote")).toHaveText(FOOTNOTE);
  await fits(page);
  await accessible(page);
  await shot(page, "projects");
});

test("a project says what it was to achieve and what changed", async ({ page }) => {
  await open(page, "/projects/octopus");
  await expect(page.locator("h1")).toHaveText("Cybercrime@Octopus");
  const changes = page.locator("section", { hasText: "known by February 2020" });
  await expect(changes.last()).toContainText("31 December 2016 to December 2020");
  await expect(page.getByText("Annual Octopus conferences organised")).toBeVisible();
  await expect(page.locator(".footnote")).toHaveCount(0);
  await accessible(page);
  await shot(page, "project");

  await open(page, "/projects/cybercrime-ipa");
  await expect(page.locator(".footnote")).toHaveText(FOOTNOTE);
  await expect(page.getByText("the former Yugoslav Republic of Macedonia").first()).toBeVisible();
  await expect(page.getByText("Place not given").or(page.getByText("place not given")).first()).toBeVisible();
  await fits(page);
  await accessible(page);
});

test("activities are narrowed in the address", async ({ page }) => {
  await open(page, "/activities");
  await expect(page.locator("li.item")).toHaveCount(35);
  await accessible(page);
  await fits(page);
  await shot(page, "activities");

  await open(page, "/activities?kind=training_of_trainers");
  await expect(page.locator("li.item")).toHaveCount(2);
  await expect(page.locator("select[name=kind]")).toHaveValue("training_of_trainers");
  await expect(page.locator("li.item", { hasText: "Oslo" }).locator(".meta a")).toHaveText(["Cybercrime@EAP", "Cybercrime@IPA"]);

  await open(page, "/activities?year=1066");
  await expect(page.getByRole("heading", { name: "No activity fits" })).toBeVisible();
  await accessible(page);
});

test("the form of the filters leads to that address", async ({ page }) => {
  await open(page, "/activities");
  await page.locator("select[name=project]").selectOption("cybercrime-eap");
  await page.getByRole("button", { name: "Show" }).click();
  await page.waitForURL(/project=cybercrime-eap/);
  await expect(page.locator("li.item")).toHaveCount(4);
});

test("documents with the languages they exist in", async ({ page }) => {
  await open(page, "/documents");
  await expect(page.locator("li.item")).toHaveCount(12);
  const concept = page.locator("li.item").first();
  await expect(concept).toContainText("published 8 March 2011");
  await expect(concept).toContainText("named in a headline only");
  await fits(page);
  await accessible(page);
  await shot(page, "documents");
});

test("in French, names and dates are French", async ({ page }) => {
  await open(page, "/activities?kind=launching_conference&lang=fr");
  await expect(page.locator("h1")).toHaveText("Activités");
  const istanbul = page.locator("li.item", { hasText: "Istanbul" });
  await expect(istanbul).toContainText("Turquie");
  await expect(istanbul).toContainText("17–18 février 2011");
  await expect(istanbul).toContainText("Conférence de lancement");
});

test("a project that is not there says so", async ({ page }) => {
  await open(page, "/projects/no-such-project", 404);
  await accessible(page);
});
