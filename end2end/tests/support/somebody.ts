import type { Browser, Page } from "@playwright/test";
import { signIn } from "./pages";
import type { Watch } from "./test";

/** A browser of somebody's own; with a clock that is wrong by so many hours, in a window so wide. */
export async function somebody(browser: Browser, url: string, who: string, watch: Watch, hours = 0, width = 390): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, reducedMotion: "reduce", viewport: { width, height: width < 768 ? 844 : 900 } });
  watch.context(context);
  if (hours !== 0) {
    await context.addInitScript((ahead) => {
      const real = Date;
      const shifted = class extends real {
        constructor(...given: unknown[]) {
          if (given.length === 0) super(real.now() + ahead);
          else super(...(given as [number]));
        }
        static now() {
          return real.now() + ahead;
        }
      };
      globalThis.Date = shifted as DateConstructor;
    }, hours * 3_600_000);
  }
  const page = await context.newPage();
  await signIn(page, `${who}@magistra.example`);
  return page;
}
