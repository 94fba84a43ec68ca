/**
 * Switches that Electron, Chromium and Node.js take and that people give to an app, after Electron's page "Supported
 * Command Line Switches" and what is common on Linux, in containers and in tests.
 */
const SWITCHES: ReadonlySet<string> = new Set([
  ...[
    'class',
    'disable-dev-shm-usage',
    'disable-features',
    'disable-gpu',
    'disable-gpu-compositing',
  ],
  ...['disable-gpu-sandbox', 'disable-http-cache', 'disable-renderer-backgrounding'],
  ...['disable-setuid-sandbox', 'disable-software-rasterizer', 'enable-features', 'enable-logging'],
  ...['enable-unsafe-swiftshader', 'force-color-profile', 'force-dark-mode'],
  ...['force-device-scale-factor', 'force-renderer-accessibility', 'high-dpi-support'],
  ...['ignore-certificate-errors', 'in-process-gpu', 'inspect', 'inspect-brk', 'inspect-port'],
  ...['js-flags', 'lang', 'log-file', 'log-level', 'log-net-log', 'no-sandbox', 'no-stdio-init'],
  ...['no-zygote', 'ozone-platform', 'ozone-platform-hint', 'password-store', 'proxy-bypass-list'],
  ...['proxy-pac-url', 'proxy-server', 'remote-allow-origins', 'remote-debugging-pipe'],
  ...['remote-debugging-port', 'throw-deprecation', 'trace-deprecation', 'trace-warnings'],
  ...['use-angle', 'use-gl', 'user-data-dir', 'v', 'vmodule', 'window-position', 'window-size'],
]);

/** Whether `--name` is meant for what the app runs on. */
export function isChromiumSwitch(name: string): boolean {
  return SWITCHES.has(name);
}
