/** One seed: a random site with random options, started, asked, judged and ended. */

import type { TargetId } from "../../../src/target/target.ts";
import { sleep } from "../../support/http.ts";
import { type Case, environmentValue, makeCase, type RunningCase, startCase } from "./build.ts";
import { judge, keyOf, type Site } from "./judge.ts";
import { compareLog } from "./judge-log.ts";
import { learn } from "./learn.ts";
import { modelOf } from "./model.ts";
import { type Random, times } from "./random.ts";
import type { RandomOptions } from "./random-options.ts";
import { plainRequest, type Request, randomRequest, wrongRequest } from "./random-requests.ts";
import { type Exchange, openSession, type Session } from "./session.ts";

export interface RunOptions {
  readonly target: TargetId;
  readonly connections: number;
  /** A program made by makeSlowReader. */
  readonly slowReader?: string | undefined;
}

/** What was sent on each connection, and how much came back. @throws Error with everything that is wrong */
export async function runCase(
  seed: number,
  { target, connections, slowReader }: RunOptions,
): Promise<readonly Exchange[]> {
  const given = makeCase(seed);
  const running = await startCase(given, target);
  try {
    const session = openSession(running, given.options, given.random, slowReader);
    const problems = await askAll(given, running, session, connections);
    if (problems.length > 0)
      throw new Error(`seed ${seed} on ${target}:\n${problems.join("\n\n")}\n${describe(given)}`);
    return session.exchanges;
  } finally {
    await running.stop();
  }
}

/** What is wrong. */
async function askAll(
  { random, options }: Case,
  running: RunningCase,
  session: Session,
  connections: number,
): Promise<readonly string[]> {
  const model = modelOf(running.site, options);
  const paths = pathsOf(model.paths, options, random);
  const {
    forms,
    isReadInParts,
    problems: learned,
  } = await learn(session, paths, model, running.site, options);
  const problems = [...learned];
  const site: Site = { model, options, forms, isReadInParts, live: liveOf(options) };
  for (let count = 0; count < connections && problems.length < 10; count++) {
    const requests = randomPipeline(random, [...paths, ...site.live.keys()], site);
    const manner = random.pick(["whole", "whole", "pieces", "slow"] as const);
    try {
      for (const [index, response] of (await session.send(requests, manner)).entries()) {
        const request = requests[index];
        const problem = request === undefined ? "an answer too many" : judge(site, request, response);
        if (request === undefined || problem === undefined) continue;
        const { status, fields } = response;
        problems.push(
          `${problem}\n${JSON.stringify(request.text.slice(0, 1500))}\n  expected ${JSON.stringify(model.answers(request.path))}`,
          `  got ${status} ${JSON.stringify([...fields])}`,
        );
      }
    } catch (error) {
      const text = requests.map((request) => request.text).join("");
      problems.push(`${error} (${manner})\n${JSON.stringify(text.slice(0, 3000))}`);
    }
  }
  // What is missing would be missing in the counters, too.
  if (problems.length > 0) return problems;
  return [
    ...(await checkEnvironment(session, options)),
    ...(await checkCounters(session, options)),
    ...(await checkEnd(running, session, options)),
  ];
}

function randomPipeline(random: Random, paths: readonly string[], site: Site): readonly Request[] {
  const { server, site: siteOptions } = site.options;
  const known = (path: string): { readonly etags: readonly string[]; readonly size: number } => {
    const found = site.model.answers(path).flatMap((answer) => site.forms.get(keyOf(answer, path)) ?? []);
    const etags = found.flatMap(({ fields }) => fields.get("etag") ?? []);
    return {
      etags: etags.length === 0 ? ['"none"'] : etags,
      size: random.pick([0, ...found.map(({ body }) => body.length)]),
    };
  };
  const { bufferBytes, trustedHeader } = server;
  const context = { bufferBytes, trustedHeader, lastModified: siteOptions.lastModified, known };
  const requests: Request[] = [];
  for (let left = random.pick([1, 2, 5, 20, 100]); left > 0; left--) {
    const request = randomRequest(random, random.pick(paths), context);
    requests.push(request);
    if (request.closes) return requests;
  }
  return random.chance(15) ? [...requests, wrongRequest(random)] : requests;
}

/** The paths that the server answers by itself. */
function liveOf({ server }: RandomOptions): ReadonlyMap<string, string | undefined> {
  const live = new Map<string, string | undefined>();
  if (server.environment.length > 0) live.set("/config.json", undefined).set("/config.js", undefined);
  if (server.health !== undefined) live.set(server.health, "");
  if (server.metrics !== undefined) live.set(server.metrics, undefined);
  return live;
}

async function checkEnvironment(session: Session, { server }: RandomOptions): Promise<readonly string[]> {
  if (server.environment.length === 0) return [];
  const [response] = await session.send([plainRequest("/config.json")], "whole");
  const { STAGE, MISSING } = JSON.parse(response?.body.toString() ?? "") as Record<string, unknown>;
  return STAGE === environmentValue && MISSING === null ? [] : [`config.json: ${response?.body}`];
}

/** All that was answered before is counted. */
async function checkCounters(session: Session, { server }: RandomOptions): Promise<readonly string[]> {
  if (server.metrics === undefined) return [];
  const wanted = new Map<string, number>(
    [2, 3, 4, 5].map((digit) => [
      `microlith_requests_total{status="${digit}xx"}`,
      session.answered.filter(({ status }) => Math.floor(status / 100) === digit).length,
    ]),
  );
  const sentBytes = session.exchanges.reduce((sum, { receivedBytes }) => sum + receivedBytes, 0);
  wanted.set("microlith_sent_bytes_total", sentBytes);
  const [response] = await session.send([plainRequest(server.metrics)], "whole");
  const lines = response?.body.toString().split("\n") ?? [];
  return [...wanted]
    .filter(([name, value]) => !lines.some((line) => line.replace(/ +/, " ") === `${name} ${value}`))
    .map(([name, value]) => `not ${name} ${value}: ${lines.filter((line) => line.startsWith(name))}`);
}

/** It still serves, ends when it is asked to and what is under way is answered, and has logged everything. */
async function checkEnd(
  { child, ended, output }: RunningCase,
  session: Session,
  { server }: RandomOptions,
): Promise<readonly string[]> {
  await session.send([plainRequest("/")], "whole");
  const request = plainRequest("/");
  const last = await session.sendAround(
    { ...request, text: request.text.replace("Connection: close\r\n", "") },
    () => child.kill("SIGTERM"),
  );
  if (last.fields.get("connection") !== "close") return ["the last answer does not say so"];
  const end = await Promise.race([ended, sleep(5000).then(() => "never")]);
  if (end !== 0) return [`it ended with ${end}`];
  const { accessLog } = server;
  return accessLog === undefined ? [] : compareLog(accessLog.format, await output, session.answered);
}

/** The names of a site, and others that are close to them. */
function pathsOf(
  names: readonly string[],
  { site: { base } }: RandomOptions,
  random: Random,
): readonly string[] {
  const places = ["old", "gone", "a", "blog", "v1", "ü", "a b", "deep/er", "any"] as const;
  const others = times(12, () => {
    const name = random.pick([...names, `${base}/`]);
    const place = `${base}/${random.pick(places)}`;
    return random.pick([
      `${name}x`,
      `${name}/`,
      name.replace(/\/$/, ""),
      `${name}.html`,
      `${name}/none/x.js`,
      name.slice(base.length),
      place,
      `${place}/`,
      `${place}/one/two`,
      `${place}/one/x`,
      `${place}/é x/x/y/z`,
      `${place}/one/two/`,
      `${place}//evil.example/`,
    ]);
  });
  return [...names, ...others.map((path) => (path.startsWith("/") ? path : `/${path}`))];
}

function describe({ site, options }: Case): string {
  const files = [...site.content].map(([path, { length }]) => `${JSON.stringify(path)} ${length}`).join(", ");
  return `${files}\n${JSON.stringify(site.redirects)}\n${JSON.stringify(site.headers)}\n${JSON.stringify(options)}`;
}
