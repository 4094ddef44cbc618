import { defineConfig } from "@playwright/test";

// Three ways to meet the application. A test runs at a laptop unless its tags say otherwise:
//   @phone, @nojs              there as well
//   @only-phone, @only-nojs    there instead
// so nothing is ever skipped at run time: `make test` counts a skipped test as failed.
export default defineConfig({
  testDir: "tests",
  globalSetup: "./tests/support/prepare.ts",
  outputDir: "test-results",
  fullyParallel: false,
  workers: 2,
  retries: 0,
  forbidOnly: !!process.env.CI,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ...(process.env.E2E_JSON ? [["json", { outputFile: process.env.E2E_JSON }] as ["json", object]] : [])],
  use: {
    browserName: "chromium",
    locale: "en-GB",
    timezoneId: "Europe/Zagreb",
    // Nothing glides: a click must not chase a button that scrolls smoothly.
    contextOptions: { reducedMotion: "reduce" },
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions: {
      // The distribution's browser; Playwright's own is not downloaded.
      executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "laptop", grepInvert: /@only-/, use: { viewport: { width: 1280, height: 800 } } },
    {
      name: "phone",
      grep: /@(only-)?phone\b/,
      use: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
    },
    {
      name: "nojs",
      grep: /@(only-)?nojs\b/,
      use: { viewport: { width: 1280, height: 800 }, javaScriptEnabled: false },
    },
  ],
});
