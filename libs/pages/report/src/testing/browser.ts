import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** A Chromium of this machine: `$CHROMIUM`, or where Debian and Google put it; undefined when there is none. */
export const browserPath = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);

/** Starts it without a window and without services that would use the network. */
export function launchBrowser(): Promise<Browser> {
  if (browserPath === undefined) throw new Error('no Chromium here; set CHROMIUM to its path');
  const services = ['background-networking', 'component-update', 'sync'];
  return chromium.launch({
    executablePath: browserPath,
    args: ['--no-sandbox', ...services.map((service) => `--disable-${service}`)],
  });
}
