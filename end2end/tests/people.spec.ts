// Signing in and out, a forgotten password from letter to sign-in, one's language, roles, and the
// word of success that is read once.
import type { Page } from "@playwright/test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { accessible, fits, hydrated, open, shot, signIn } from "./support/pages";
import { PASSWORD, Server } from "./support/server";
import { expect, test } from "./support/test";

const ADMIN = { email: "people-officer@magistra.example", password: "of these tests alone" };

/** A programme officer of these tests' own, so that nobody else's password changes under them. */
function officer(server: Server, email = ADMIN.email) {
  server.command("create-admin", "--email", email, "--given-name", "Petra", "--family-name", "Officer", "--password", ADMIN.password);
}

async function submit(page: Page, name: string | RegExp) {
  await page.locator("main").getByRole("button", { name }).click();
}

/** The link of the letter to an address; quoted-printable breaks long lines with "=". */
async function linkTo(server: Server, email: string): Promise<string> {
  let link = "";
  await expect
    .poll(
      () => {
        const folder = join(server.data, "mail");
        let files: string[] = [];
        try {
          files = readdirSync(folder).sort().reverse();
        } catch {
          return "";
        }
        for (const file of files) {
          const letter = readFileSync(join(folder, file), "utf8").replace(/=\r?\n/g, "");
          if (letter.includes(`<${email}>`)) link = letter.match(/http\S+\/set-password\/\S+/)?.[0] ?? "";
          if (link) return link;
        }
        return "";
      },
      { message: `a letter to ${email}`, timeout: 15_000 },
    )
    .toContain("/set-password/");
  return link;
}

test("sign in, be led back, sign out", { tag: "@phone" }, async ({ page, fresh }) => {
  officer(fresh);
  await page.goto(`${fresh.url}/account`);
  await expect(page).toHaveURL(/\/sign-in\?next=%2Faccount/);
  await hydrated(page);
  await fits(page);
  await accessible(page);
  await shot(page, "sign-in");
  await page.locator("input[name=email]").fill(ADMIN.email);
  await page.locator("input[name=password]").fill(ADMIN.password);
  await page.locator("input[name=password]").press("Enter");
  await expect(page).toHaveURL(`${fresh.url}/account`);
  await hydrated(page);
  await expect(page.locator("h1")).toHaveText("Your account");
  await fits(page);
  await accessible(page);
  await shot(page, "account");
  const menu = page.locator("details.drop:visible").last();
  await menu.locator("summary").click();
  await menu.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("status").filter({ hasText: "You are signed out." })).toBeVisible();
  await page.goto(`${fresh.url}/account`);
  await expect(page).toHaveURL(/\/sign-in/);
});

test("a wrong password says so and keeps the address", async ({ page }) => {
  await open(page, "/sign-in");
  await page.locator("input[name=email]").fill("somebody@magistra.example");
  await page.locator("input[name=password]").fill(`${PASSWORD} wrong`);
  await submit(page, "Sign in");
  await expect(page.getByRole("alert")).toContainText("do not belong together");
  await expect(page.locator("input[name=email]")).toHaveValue("somebody@magistra.example");
  await expect(page.locator("input[name=password]")).toHaveValue("");
  await accessible(page);
});

test("a forgotten password: ask, read the letter, set a new one, sign in", async ({ page, fresh }) => {
  officer(fresh);
  await page.goto(`${fresh.url}/sign-in`);
  await hydrated(page);
  await page.getByRole("link", { name: "Forgotten your password?" }).click();
  await expect(page.locator("h1")).toHaveText("Forgotten your password?");
  await accessible(page);
  await page.locator("input[name=email]").fill("not an address");
  await submit(page, "Send me a link");
  await expect(page.locator("#f-email-e")).toBeVisible();
  await expect(page.locator("input[name=email]")).toHaveValue("not an address");
  await page.locator("input[name=email]").fill(ADMIN.email);
  await submit(page, "Send me a link");
  await expect(page.getByText("a letter with a link is on its way").first()).toBeVisible();
  await expect(page.getByText("This installation has no mail server.")).toBeVisible();
  await shot(page, "forgotten-sent");

  const link = await linkTo(fresh, ADMIN.email);
  await page.goto(link);
  await hydrated(page);
  await expect(page.locator("h1")).toHaveText("Set a new password");
  await fits(page);
  await accessible(page);
  await shot(page, "set-password");
  await page.locator("input[name=password]").fill("short");
  await page.locator("input[name=password_again]").fill("short");
  await submit(page, "Set the password");
  await expect(page.locator("#f-password-e")).toHaveText("Use at least 12 characters.");
  await page.locator("input[name=password]").fill("another four word phrase");
  await page.locator("input[name=password_again]").fill("another four word phrase");
  await submit(page, "Set the password");
  await expect(page).toHaveURL(`${fresh.url}/sign-in`);
  await page.locator("input[name=email]").fill(ADMIN.email);
  await page.locator("input[name=password]").fill("another four word phrase");
  await submit(page, "Sign in");
  await expect(page).not.toHaveURL(/sign-in/);
  await page.goto(link);
  await expect(page.locator("h1")).toHaveText("This link no longer works");
});

test("the language of the address, then of the account", async ({ page, fresh }) => {
  officer(fresh);
  await page.goto(`${fresh.url}/sign-in`);
  await hydrated(page);
  await page.getByRole("link", { name: "Français" }).click();
  await expect(page.locator("h1")).toHaveText("Se connecter");
  await expect(page.locator("html")).toHaveAttribute("lang", "fr");
  await page.goto(`${fresh.url}/sign-in?lang=en`);
  await hydrated(page);
  await page.locator("input[name=email]").fill(ADMIN.email);
  await page.locator("input[name=password]").fill(ADMIN.password);
  await page.locator("input[name=password]").press("Enter");
  await page.waitForURL((url) => url.pathname !== "/sign-in");
  await page.goto(`${fresh.url}/account`);
  await hydrated(page);
  await page.locator("select[name=language]").selectOption("fr");
  await submit(page, "Save");
  await expect(page.locator("h1")).toHaveText("Votre compte");
  // A browser that was never told anything follows the account.
  await page.context().clearCookies();
  await page.goto(`${fresh.url}/sign-in`);
  await hydrated(page);
  await page.locator("input[name=email]").fill(ADMIN.email);
  await page.locator("input[name=password]").fill(ADMIN.password);
  await page.locator("input[name=password]").press("Enter");
  await page.waitForURL((url) => url.pathname !== "/sign-in");
  await expect(page.locator("html")).toHaveAttribute("lang", "fr");
});

test("add and invite a person, give and end a role", async ({ page, fresh }) => {
  officer(fresh);
  await page.goto(`${fresh.url}/sign-in?next=/people/new`);
  await hydrated(page);
  await page.locator("input[name=email]").fill(ADMIN.email);
  await page.locator("input[name=password]").fill(ADMIN.password);
  await page.locator("input[name=password]").press("Enter");
  await expect(page.locator("h1")).toHaveText("Add a person");
  await hydrated(page);
  await fits(page);
  await accessible(page);
  await shot(page, "person-new");
  await page.locator("input[name=given_name]").fill("Žofia");
  await page.locator("input[name=account]").check();
  await submit(page, "Add a person");
  await expect(page.getByRole("alert")).toContainText("Family name");
  await expect(page.locator("input[name=given_name]")).toHaveValue("Žofia");
  await page.locator("input[name=family_name]").fill("Nováková");
  await page.locator("input[name=email]").fill("zofia@court.example");
  await submit(page, "Add a person");
  await expect(page.locator("h1")).toHaveText("Žofia Nováková");
  await expect(page.getByText("The invitation is on its way.")).toBeVisible();
  await fits(page);
  await accessible(page);
  await shot(page, "person");

  await page.getByRole("link", { name: "Give a role" }).click();
  await expect(page.locator("h1")).toHaveText("Give a role");
  await page.locator("select[name=role]").selectOption("trainer");
  await submit(page, "Give a role");
  await expect(page.getByRole("heading", { name: "Trainer" })).toBeVisible();
  await submit(page, /End the role/);
  await expect(page.getByText("The role is ended.")).toBeVisible();

  await page.goto(`${fresh.url}/people?q=zofia+novakova`);
  await expect(page.getByRole("link", { name: "Žofia Nováková" })).toBeVisible();
  await fits(page);
  await accessible(page);
  await shot(page, "people");

  const link = await linkTo(fresh, "zofia@court.example");
  await page.context().clearCookies();
  await page.goto(link);
  await hydrated(page);
  await expect(page.locator("h1")).toHaveText("Welcome to Magistra");
  await page.locator("input[name=password]").fill("a court of four words");
  await page.locator("input[name=password_again]").fill("a court of four words");
  await submit(page, "Set the password");
  await expect(page.getByText("The password is set.")).toBeVisible();
});

test("a word of success is read once", async ({ page, server }) => {
  officer(server, "flash@magistra.example");
  await signIn(page, "flash@magistra.example", ADMIN.password);
  await open(page, "/people/new");
  await page.locator("input[name=given_name]").fill("Once");
  await page.locator("input[name=family_name]").fill("Only");
  await submit(page, "Add a person");
  const flash = page.locator(".flash");
  await expect(page.locator("h1")).toHaveText("Once Only");
  await expect(flash).toHaveText("Created.");
  // The next page does not say it again.
  await page.getByRole("link", { name: "Edit the record" }).click();
  await expect(page.locator("h1")).toHaveText("Edit the record");
  await expect(flash).toHaveCount(0);
  await submit(page, "Save");
  await expect(flash).toHaveText("Saved.");
  await page.goBack();
  await expect(flash).toHaveCount(0);
});

test("the band does not overflow for who may do everything", async ({ page, server }) => {
  officer(server, "band@magistra.example");
  await signIn(page, "band@magistra.example", ADMIN.password);
  for (const language of ["en", "fr"]) {
    for (const width of [1280, 1024, 992, 390, 320]) {
      await page.setViewportSize({ width, height: 800 });
      await open(page, `/people?lang=${language}`);
      await fits(page);
      if (width >= 992) {
        const tall = await page.locator("header.bar").evaluate((bar) => bar.getBoundingClientRect().height);
        expect(tall, `one line of links in ${language} at ${width}`).toBeLessThan(90);
      }
    }
  }
});

test("background work and where mail goes", async ({ page, server }) => {
  const email = `jobs-${test.info().project.name}@magistra.example`;
  officer(server, email);
  await signIn(page, email, ADMIN.password);
  await open(page, "/admin/jobs");
  await expect(page.getByText("No mail server")).toBeVisible();
  await expect(page.getByText("Nothing was given up")).toBeVisible();
  await fits(page);
  await accessible(page);
  await shot(page, "jobs");
});
