import { createRequire } from 'node:module';
import os from 'node:os';
import { z } from 'zod';

// Not called `require`: electron-vite puts a variable of that name into the output.
const load = createRequire(import.meta.url);

const LIBRARIES = ['@snazzah/davey', 'sodium-native', '@discordjs/opus', 'ws'] as const;
const manifest = z.object({ version: z.string().max(40) });

/** Beginnings of the names that systems give to network interfaces, and what they are. */
const INTERFACES: readonly (readonly [RegExp, string])[] = [
  [/^(?:lo|loopback)/i, 'loopback'],
  [/^(?:tun|tap|wg|utun|ppp|ipsec|tailscale|zt)/i, 'tunnel'],
  [/^(?:docker|veth|br-|virbr|vmnet|vboxnet|vethernet|bridge)/i, 'virtual'],
  [/^(?:wl|wi-?fi|ath)/i, 'wireless'],
  [/^(?:en|eth)/i, 'wired'],
];

/** What this program is and runs on, without anything that names the computer or its user. */
export function buildFacts(appVersion: string): Record<string, unknown> {
  const { node } = process.versions;
  const electron = 'electron' in process.versions ? process.versions.electron : null;
  return {
    app: appVersion,
    node,
    electron,
    ...Object.fromEntries(LIBRARIES.map((library) => [library, versionOf(library)])),
    system: `${os.platform()} ${os.release()} ${os.arch()}`,
    processors: os.cpus().length,
    memoryBytes: os.totalmem(),
    interfaces: interfaceKinds(),
  };
}

/** How many addresses of each kind and family, as `wired ipv4`. */
function interfaceKinds(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [name, addresses = []] of Object.entries(os.networkInterfaces())) {
    const kind = INTERFACES.find(([pattern]) => pattern.test(name))?.[1] ?? 'other';
    for (const { family } of addresses) {
      const told = `${kind} ${family.toLowerCase()}`;
      counts[told] = (counts[told] ?? 0) + 1;
    }
  }
  return counts;
}

/** Null when the library, or its manifest, cannot be loaded. */
function versionOf(library: string): string | null {
  try {
    return manifest.parse(load(`${library}/package.json`)).version;
  } catch {
    return null;
  }
}
