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

/** How a server is started. */
export interface Place {
  readonly port: number;
  /** That it has to hold at a time. */
  readonly connections: number;
}

export interface ServerKind {
  readonly name: string;
  /** The Debian package that it comes in; undefined: none. */
  readonly package: string | undefined;
  /** One request per connection: pipelining and holding connections say nothing about it. */
  readonly closes: boolean;
  /** Left out of what only a real server can be asked. */
  readonly isLimit: boolean;
  /** The file whose size is shown; undefined: none worth showing. */
  program(site: Site): string | undefined;
  command(ground: Ground, site: Site, place: Place): readonly string[];
}

export const serverKinds: readonly ServerKind[] = [
  {
    name: "microlith",
    package: undefined,
    closes: false,
    isLimit: false,
    program: (site) => site.executable,
    command: (_ground, site, { port }) => [site.executable, String(port)],
  },
  {
    name: "nginx",
    package: "nginx-light",
    closes: false,
    isLimit: false,
    program: () => "/usr/sbin/nginx",
    command: (ground, site, place) => ["/usr/sbin/nginx", "-c", configure(ground, "nginx.conf", site, place)],
  },
  {
    name: "lighttpd",
    package: "lighttpd",
    closes: false,
    isLimit: false,
    program: () => "/usr/sbin/lighttpd",
    command: (ground, site, place) => [
      "/usr/sbin/lighttpd",
      "-D",
      "-f",
      configure(ground, "lighttpd.conf", site, place),
    ],
  },
  {
    name: "h2o",
    package: "h2o",
    closes: false,
    isLimit: false,
    program: () => "/usr/bin/h2o",
    command: (ground, site, place) => [
      "/usr/bin/h2o",
      "-m",
      "worker",
      "-c",
      configure(ground, "h2o.conf", site, place),
    ],
  },
  {
    name: "caddy",
    package: "caddy",
    closes: false,
    isLimit: false,
    program: () => "/usr/bin/caddy",
    command: (ground, site, place) => [
      "/usr/bin/env",
      // One core: more threads than that would only take turns.
      "GOMAXPROCS=1",
      `XDG_DATA_HOME=${ground.folder}`,
      `XDG_CONFIG_HOME=${ground.folder}`,
      "/usr/bin/caddy",
      "run",
      "--adapter",
      "caddyfile",
      "--config",
      configure(ground, "Caddyfile", site, place),
    ],
  },
  {
    name: "busybox httpd",
    package: "busybox-static",
    closes: true,
    isLimit: false,
    program: () => "/bin/busybox",
    command: (_ground, site, { port }) => [
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
    package: undefined,
    closes: false,
    isLimit: true,
    program: () => undefined,
    command: (ground, site, { port }) => [
      join(ground.folder, "responder"),
      String(port),
      String(requestBytes(port)),
      join(site.folder, "index.html"),
    ],
  },
];

/** Of the request that the load sends for `/`. */
function requestBytes(port: number): number {
  return `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`.length;
}

/** A configuration of bench/peers with its places filled in. Returns the path. */
function configure(ground: Ground, name: string, site: Site, { port, connections }: Place): string {
  const values: Readonly<Record<string, string>> = {
    FOLDER: ground.folder,
    SITE: site.folder,
    PORT: String(port),
    // nginx begins to close idle connections when a sixteenth of the places is left.
    CONNECTIONS: String(Math.ceil(connections * 1.1)),
    // lighttpd does when so many descriptors are taken.
    DESCRIPTORS: String(connections * 2),
  };
  const template = readFileSync(join(ground.root, "bench", "peers", name), "utf8");
  const path = join(ground.folder, `${port}-${name}`);
  writeFileSync(
    path,
    template.replace(/@(\w+)@/g, (_, key: string) => values[key] ?? ""),
  );
  return path;
}
