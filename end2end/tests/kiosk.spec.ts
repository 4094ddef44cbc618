// Badges, a tablet at the door that reads them (typed, and by a camera), and papers.
import { chromium, type Browser, type Page } from "@playwright/test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { slotNow } from "./support/delivery";
import { accessible, fits, hasScript, hydrated, open, shot, signIn } from "./support/pages";
import { PASSWORD } from "./support/server";
import { expect, test } from "./support/test";

type Watch = { context(c: import("@playwright/test").BrowserContext): void };

async function somebody(browser: Browser, url: string, who: string, watch: Watch, script = hasScript()): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, javaScriptEnabled: script, reducedMotion: "reduce" });
  watch.context(context);
  const page = await context.newPage();
  if (script) await signIn(page, `${who}@magistra.example`);
  else {
    await page.goto("/sign-in");
    await page.locator("input[name=email]").fill(`${who}@magistra.example`);
    await page.locator("input[name=password]").fill(PASSWORD);
    await page.locator("input[name=password]").press("Enter");
    await page.waitForURL((to) => to.pathname !== "/sign-in");
  }
  return page;
}

/** Makes everybody's badges; the typed codes of the first two names. */
async function codes(admin: Page, delivery: string): Promise<{ name: string; code: string }[]> {
  await open(admin, `/deliveries/${delivery}/badges`);
  await admin.getByRole("button", { name: /^Make (a badge|badges) for/ }).click();
  await expect(admin.getByRole("link", { name: "Print badges" })).toBeVisible();
  const rows = admin.locator("table.cards tbody tr");
  const found = [];
  for (const n of [0, 1]) {
    const [family, given] = (await rows.nth(n).locator("th").textContent())!.trim().split(", ");
    found.push({ name: `${given} ${family}`, code: (await rows.nth(n).locator("td").nth(1).textContent())!.trim() });
  }
  return found;
}

async function read(kiosk: Page, code: string) {
  await kiosk.locator("input[name=code]").fill(code);
  await kiosk.locator("input[name=code]").press("Enter");
}

test("a tablet becomes a kiosk, reads badges that are typed, and can do nothing else", { tag: ["@phone", "@nojs"] }, async ({ page, browser, fresh, watch }) => {
  test.setTimeout(120_000);
  const admin = await somebody(browser, fresh.url, "admin", watch, true);
  const { delivery, slot } = await slotNow(admin);
  const [first, second] = await codes(admin, delivery);
  await fits(admin);
  await accessible(admin);
  await shot(admin, "badges");

  // Papers: two that everybody needs.
  for (const path of [`/deliveries/${delivery}/badges.pdf`, `/deliveries/${delivery}/sheets.pdf`, `/deliveries/${delivery}/register/${slot}/sheet.pdf`]) {
    const answer = await admin.request.get(path);
    expect(answer.status(), path).toBe(200);
    expect((await answer.body()).subarray(0, 5).toString(), path).toBe("%PDF-");
  }

  // The tablet: signed in as the trainer, who then is signed out of it.
  await page.goto(`${fresh.url}/sign-in`);
  await hydrated(page);
  await page.locator("input[name=email]").fill("trainer@magistra.example");
  await page.locator("input[name=password]").fill(PASSWORD);
  await page.locator("input[name=password]").press("Enter");
  await page.waitForURL((to) => to.pathname !== "/sign-in");
  await page.goto(`${fresh.url}/deliveries/${delivery}/badges`);
  await hydrated(page);
  await page.getByRole("button", { name: "Use this tablet as a kiosk" }).click();
  await page.waitForURL("**/kiosk");
  await hydrated(page);
  await expect(page.locator(".bar")).toBeHidden();
  await fits(page);
  await accessible(page);
  await shot(page, "kiosk");

  await read(page, first!.code.toLowerCase());
  await expect(page.locator(".answer .name")).toHaveText(first!.name);
  await expect(page.locator(".answer .what")).toContainText(/^(In|Late),/);
  await fits(page);
  await accessible(page);
  await shot(page, "kiosk-answer");
  await read(page, first!.code);
  await expect(page.locator(".answer .what")).toContainText("Already in since");
  await read(page, second!.code);
  await expect(page.locator(".answer .name")).toHaveText(second!.name);
  await read(page, "00000-00000");
  await expect(page.locator(".answer.bad .what")).toContainText("Unknown badge");
  await page.getByRole("link", { name: "Leaving" }).click();
  await expect(page.getByRole("link", { name: "Leaving" })).toHaveAttribute("aria-current", "page");
  await read(page, second!.code);
  await expect(page.locator(".answer .what")).toContainText("Out,");

  // Nothing else: whoever walks away with it meets the sign-in page.
  const elsewhere = await page.request.get(`${fresh.url}/deliveries/${delivery}/register`, { maxRedirects: 0 });
  expect(elsewhere.status()).toBe(303);
  expect(elsewhere.headers()["location"]).toContain("/sign-in");

  // The register says who, how and by whom; the kiosk is ended from afar.
  await open(admin, `/deliveries/${delivery}/register/${slot}/history`);
  await expect(admin.locator(".history li").filter({ hasNotText: "Hours changed" })).toHaveCount(3);
  await open(admin, `/deliveries/${delivery}/badges`);
  await admin.getByRole("button", { name: "End this kiosk" }).click();
  await expect(admin.getByRole("button", { name: "End this kiosk" })).toHaveCount(0);
  await page.goto(`${fresh.url}/kiosk`);
  await hydrated(page);
  await expect(page.getByRole("heading", { name: "This kiosk has ended" })).toBeVisible();
  await accessible(page);
  await admin.context().close();
});

/** A film of one picture: the QR code of an SVG of ours, black on white, in the middle. */
function film(path: string, svg: string): void {
  const side = Number(/viewBox="0 0 (\d+)/.exec(svg)![1]);
  const dark = Array.from({ length: side }, () => new Uint8Array(side));
  for (const [, x, y, run] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1/g)) dark[Number(y)]!.fill(1, Number(x), Number(x) + Number(run));
  const [width, height] = [640, 480];
  const module = Math.floor(400 / side);
  const [left, top] = [Math.floor((width - side * module) / 2), Math.floor((height - side * module) / 2)];
  const luma = Buffer.alloc(width * height, 235);
  for (let y = 0; y < side * module; y++)
    for (let x = 0; x < side * module; x++)
      if (dark[Math.floor(y / module)]![Math.floor(x / module)]) luma[(top + y) * width + left + x] = 16;
  const chroma = Buffer.alloc((width * height) / 2, 128);
  const frame = Buffer.concat([Buffer.from("FRAME\n"), luma, chroma]);
  writeFileSync(path, Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`), ...Array.from({ length: 10 }, () => frame)]));
}

test("the camera reads one's own badge", async ({ browser, fresh, watch }) => {
  test.setTimeout(120_000);
  const admin = await somebody(browser, fresh.url, "admin", watch);
  const { delivery } = await slotNow(admin);
  await codes(admin, delivery);
  const judge = await somebody(browser, fresh.url, "judge", watch);
  await open(judge, "/in");
  const badge = judge.locator(".my-badge");
  await expect(badge).toBeVisible();
  await fits(judge);
  await accessible(judge);
  await shot(judge, "my-badge");
  const svg = await badge.locator(".qr").innerHTML();

  const folder = mkdtempSync(join(tmpdir(), "magistra-camera."));
  const path = join(folder, "badge.y4m");
  film(path, svg);
  const options = test.info().project.use.launchOptions!;
  const tablet = await chromium.launch({
    ...options,
    args: [...(options.args ?? []), "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", `--use-file-for-fake-video-capture=${path}`],
  });
  try {
    const context = await tablet.newContext({ baseURL: fresh.url, permissions: ["camera"], reducedMotion: "reduce" });
    watch.context(context);
    const kiosk = await context.newPage();
    await signIn(kiosk, "admin@magistra.example");
    await open(kiosk, `/deliveries/${delivery}/badges`);
    await kiosk.getByRole("button", { name: "Use this tablet as a kiosk" }).click();
    await kiosk.waitForURL("**/kiosk");
    await hydrated(kiosk);
    await kiosk.getByRole("button", { name: "Use the camera" }).click();
    await expect(kiosk.locator(".answer .what")).toContainText(/^(In|Late),/);
    await expect(kiosk.locator(".answer .name")).not.toBeEmpty();
    await accessible(kiosk);
    await shot(kiosk, "kiosk-camera");

    // No network: kept, and said so.
    watch.allow(/ERR_INTERNET_DISCONNECTED/);
    await context.setOffline(true);
    await read(kiosk, "00000-00000");
    await expect(kiosk.locator(".answer .what")).toContainText("Kept on this tablet, not yet sent");
    await context.setOffline(false);
    await expect(kiosk.locator(".lost li").first()).toContainText("Unknown badge", { timeout: 30_000 });
  } finally {
    await tablet.close();
    rmSync(folder, { recursive: true, force: true });
  }
  await judge.context().close();
  await admin.context().close();
});

test("pseudonyms are kept apart and numbered", { tag: ["@nojs"] }, async ({ browser, fresh, watch }) => {
  const admin = await somebody(browser, fresh.url, "admin", watch);
  await open(admin, "/deliveries?tab=running");
  const delivery = (await admin.locator("main a[href^='/deliveries/0']").first().getAttribute("href"))!.split("/")[2]!;
  await open(admin, `/deliveries/${delivery}/badges`);
  await admin.getByRole("button", { name: "Number those without one" }).click();
  await expect(admin.locator("table.cards tbody tr").first()).toContainText("P-1");
  const fields = admin.locator(".pseudonyms input");
  const other = await fields.nth(1).inputValue();
  await fields.nth(0).fill(other);
  await admin.locator("form", { has: admin.locator(".pseudonyms") }).getByRole("button", { name: "Save" }).last().click();
  await expect(admin.locator(".pseudonyms .err").first()).toBeVisible();
  await expect(fields.nth(0)).toHaveValue(other);
  await accessible(admin);
  await admin.context().close();
});

test("a signed sheet is keyed by number, and its scan attached", { tag: ["@phone", "@nojs"] }, async ({ page, browser, fresh, watch }) => {
  test.setTimeout(120_000);
  const admin = await somebody(browser, fresh.url, "admin", watch, true);
  const { delivery, slot } = await slotNow(admin);
  await admin.context().close();
  await page.goto(`${fresh.url}/sign-in`);
  await hydrated(page);
  await page.locator("input[name=email]").fill("admin@magistra.example");
  await page.locator("input[name=password]").fill(PASSWORD);
  await page.locator("input[name=password]").press("Enter");
  await page.waitForURL((to) => to.pathname !== "/sign-in");
  const here = `${fresh.url}/deliveries/${delivery}/register/${slot}/paper`;
  await page.goto(here);
  await hydrated(page);
  await fits(page);
  await accessible(page);

  const ticks = page.locator(".keyed input");
  if (hasScript()) {
    const number = page.locator("#f-number");
    for (const n of ["1", "2", "2", "2"]) {
      await number.fill(n);
      await number.press("Enter");
    }
    await number.fill("9999");
    await number.press("Enter");
    await expect(page.getByText("No such number")).toBeVisible();
    await expect(ticks.nth(1)).toBeChecked();
  } else {
    await ticks.nth(0).check();
    await ticks.nth(1).check();
  }
  await page.getByRole("button", { name: "Save to the register" }).click();
  await expect(page.locator(".keyed li").nth(1)).toContainText("Present");
  // Only one had signed, it turns out: what stands is shown first, then replaced.
  await page.goto(here);
  await hydrated(page);
  await ticks.nth(0).check();
  await page.locator("input[name=absent]").check();
  await page.getByRole("button", { name: "Save to the register" }).click();
  await expect(page.locator(".errors")).toContainText("the register says Present, the paper says Absent");
  await expect(ticks.nth(0)).toBeChecked();
  await accessible(page);
  await shot(page, "paper");
  await page.locator("input[name=sure]").check();
  await page.getByRole("button", { name: "Save to the register" }).click();
  await expect(page.locator(".keyed li").nth(1)).toContainText("Absent");

  // The scan: what is no picture is refused, a PDF is kept, and withdrawing leaves it in the list.
  const upload = page.locator("form[enctype]");
  await upload.locator("input[type=file]").setInputFiles({ name: "sheet.pdf", mimeType: "application/pdf", buffer: Buffer.from("no pdf at all") });
  await upload.getByRole("button", { name: "Add the scan" }).click();
  await expect(page.locator(".errors")).toBeVisible();
  await hydrated(page);
  await upload.locator("input[type=file]").setInputFiles({ name: "sheet.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7\nsigned") });
  await upload.getByRole("button", { name: "Add the scan" }).click();
  await expect(page.getByRole("link", { name: "sheet.pdf" })).toBeVisible();
  await hydrated(page);
  await page.locator("summary", { hasText: "Withdraw" }).click();
  await page.locator("input[name=reason]").fill("The wrong day");
  await page.locator("details").getByRole("button", { name: "Withdraw" }).click();
  await expect(page.locator(".tag.bad")).toHaveText("Withdrawn");
  await accessible(page);
});
