import type { Page } from "@playwright/test";
import { open } from "./pages";
import { expect } from "./test";

/**
 * Makes one of today's half-days of the demonstration's running delivery last until now, whatever the hour, and
 * be the only one that does.
 */
export async function slotNow(admin: Page): Promise<{ delivery: string; slot: string }> {
  await open(admin, "/deliveries?tab=running");
  const delivery = (await admin.locator("main a[href^='/deliveries/0']").first().getAttribute("href"))!.split("/")[2]!;
  const minutes = await admin.evaluate(() => {
    const [hours, minutes] = new Date().toLocaleTimeString("en-GB", { timeZone: "Europe/Tirane" }).split(":").map(Number);
    return hours! * 60 + minutes!;
  });
  const morning = minutes < 13 * 60;
  await open(admin, `/deliveries/${delivery}/register`);
  // The delivery began yesterday: its third and fourth half-days are today's.
  const slot = (await admin.locator("nav.slots a").nth(morning ? 2 : 3).getAttribute("href"))!.split("/")[4]!;
  await open(admin, `/deliveries/${delivery}/timetable/${slot}`);
  const form = admin.locator("form", { has: admin.locator("input[name=from]") }).first();
  await form.locator("input[name=from]").fill(morning ? "00:00" : "12:35");
  await form.locator("input[name=to]").fill(morning ? "13:29" : "23:59");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(admin.locator(".flash, .toast").first()).toBeVisible();
  return { delivery, slot };
}
