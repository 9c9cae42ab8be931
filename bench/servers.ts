/**
 * The servers that are compared. Each is a row: how it is started on a port with a folder. Their configurations are in
 * bench/peers/.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What a run has prepared. */
export interface Ground {
  /** The repository. */
  readonly root: string;
  /** A private folder for configurations, executables and sites. */
  readonly folder: string;
}

/** A folder to serve, and the executable that microlith made of it. */
export interface Site {
  readonly folder: string;
  readonly executable: string;
}

export interface ServerKind {
  readonly name: string;
  /** One request per connection: pipelining says nothing about it. */
  readonly closes: boolean;
  /** Left out of what only a real server can be asked. */
  readonly isLimit: boolean;
  /** The file whose size is shown; undefined: none worth showing. */
  program(site: Site): string | undefined;
  command(ground: Ground, site: Site, port: number): readonly string[];
}

export const serverKinds: readonly ServerKind[] = [
  {
    name: "microlith",
    closes: false,
    isLimit: false,
    program: (site) => site.executable,
    command: (_ground, site, port) => [site.executable, String(port)],
  },
  {
    name: "nginx",
    closes: false,
    isLimit: false,
    program: () => "/usr/sbin/nginx",
    command: (ground, site, port) => ["/usr/sbin/nginx", "-c", configure(ground, "nginx.conf", site, port)],
  },
  {
    name: "lighttpd",
    closes: false,
    isLimit: false,
    program: () => "/usr/sbin/lighttpd",
    command: (ground, site, port) => [
      "/usr/sbin/lighttpd",
      "-D",
      "-f",
      configure(ground, "lighttpd.conf", site, port),
    ],
  },
  {
    name: "busybox httpd",
    closes: true,
    isLimit: false,
    program: () => "/bin/busybox",
    command: (_ground, site, port) => [
      "/bin/busybox",
      "httpd",
      "-f",
      "-p",
      `127.0.0.1:${port}`,
      "-h",
      site.folder,
    ],
  },
  {
    name: "do-nothing responder",
    closes: false,
    isLimit: true,
    program: () => undefined,
    command: (ground, site, port) => [
      join(ground.folder, "responder"),
      String(port),
      String(requestBytes(port)),
      join(site.folder, "index.html"),
    ],
  },
];

/** Of the request that wrk sends for `/`. */
function requestBytes(port: number): number {
  return `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`.length;
}

/** A configuration of bench/peers with its places filled in. Returns the path. */
function configure(ground: Ground, name: string, site: Site, port: number): string {
  const values: Readonly<Record<string, string>> = {
    FOLDER: ground.folder,
    SITE: site.folder,
    PORT: String(port),
  };
  const template = readFileSync(join(ground.root, "bench", "peers", name), "utf8");
  const path = join(ground.folder, `${port}-${name}`);
  writeFileSync(
    path,
    template.replace(/@(\w+)@/g, (_, key: string) => values[key] ?? ""),
  );
  return path;
}
