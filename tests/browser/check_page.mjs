// Opens pages in a headless Chromium at the widths of a desk and of a phone and says what is wrong:
// errors of the console, requests beyond the file, a body wider than the window, figures that are
// not drawn or stick out, serious findings of axe. Usage:
//   node check_page.mjs [--shots FOLDER] PAGE...
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const BROWSER = process.env.CHROMIUM ?? "/usr/bin/chromium";
const SIZES = [{ width: 1280, height: 900 }, { width: 375, height: 812 }];
const GRAVE = ["serious", "critical"];
const OPTIONS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

async function check(path, size, shots) {
  const found = [];
  const profile = mkdtempSync(join(tmpdir(), "parkwerk-page-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: BROWSER,
    headless: true,
    args: OPTIONS,
    viewport: size,
  });
  try {
    const page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() === "error") found.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => found.push(`error: ${error.message}`));
    context.on("request", (request) => {
      if (!/^(file|data|blob):/.test(request.url())) found.push(`request: ${request.url()}`);
    });
    await page.goto(pathToFileURL(path).href, { waitUntil: "load" });
    await page.waitForTimeout(500);
    if (shots) await page.screenshot({ path: shot(shots, path, size, "whole"), fullPage: true });
    found.push(...(await page.evaluate(looks)));
    await page.keyboard.press("Tab");
    const first = await page.evaluate(() => document.activeElement?.className);
    if (first !== "skip") found.push("keyboard: the skip link does not come first");
    await page.evaluate(() => document.querySelectorAll("details").forEach((e) => (e.open = true)));
    found.push(...(await page.evaluate(looks)));
    await page.addScriptTag({ path: AXE });
    const { violations } = await page.evaluate(() => globalThis.axe.run(document));
    for (const { id, impact, help, nodes } of violations) {
      const say = `axe (${impact}): ${id}: ${help}: ${nodes[0].target.join(" ")} (${nodes.length})`;
      if (GRAVE.includes(impact)) found.push(say);
      else console.log(`${basename(path)} at ${size.width} px: only told: ${say}`);
    }
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
  return [...new Set(found)];
}

// Runs in the page: whether anything is wider than it may be, and whether all figures are drawn.
function looks() {
  const wrong = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) wrong.push(`overflow: ${scrollWidth} px in ${clientWidth} px`);
  for (const box of document.querySelectorAll(".picture")) {
    const drawing = box.querySelector("svg.main-svg");
    if (!drawing) wrong.push(`figure: ${box.id} is not drawn`);
    else if (drawing.getBoundingClientRect().width > box.clientWidth + 1)
      wrong.push(`figure: ${box.id} is wider than its place`);
  }
  return wrong;
}

function shot(folder, path, size, part) {
  return join(folder, `${basename(path, ".html")}-${size.width}-${part}.png`);
}

const words = process.argv.slice(2);
const shots = words[0] === "--shots" ? words.splice(0, 2)[1] : undefined;
let wrong = 0;
for (const path of words.map((word) => resolve(word))) {
  for (const size of SIZES) {
    const found = await check(path, size, shots);
    wrong += found.length;
    for (const each of found) console.log(`${basename(path)} at ${size.width} px: ${each}`);
    if (!found.length) console.log(`${basename(path)} at ${size.width} px: in order`);
  }
}
process.exit(wrong ? 1 : 0);
