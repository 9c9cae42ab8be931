/**
 * Who we are, to a registry: the challenge of a 401 answered with Basic credentials or with a token from the server that it names (distribution
 * "Token Authentication Specification"; RFC 9110, 11.6.1; RFC 6750). A token is kept per scope until shortly before it ends.
 */

import { bytesSource, collectBytes } from "../base/byte-source.ts";
import { UserError } from "../base/errors.ts";
import type { Credential } from "./credentials.ts";
import type { HttpClient } from "./http-client.ts";

export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Every challenge of a WWW-Authenticate field. */
export function parseChallenges(field: string): readonly Challenge[] {
  const challenges: Challenge[] = [];
  let parameters = new Map<string, string>();
  const token = /\s*,?\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?/y;
  for (let match = token.exec(field); match !== null; match = token.exec(field)) {
    const [, name = "", quoted, bare] = match;
    if (quoted === undefined && bare === undefined) {
      parameters = new Map();
      challenges.push({ scheme: name.toLowerCase(), parameters });
    } else {
      parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? bare ?? "");
    }
  }
  return challenges;
}

export interface Authorizer {
  /** Keeps a challenge that came without a scope, to answer it before it comes again. */
  learn(challengeField: string): void;
  /** Sees that there is a token for these scopes where the registry wants one; what fails is left to `answer`. */
  prepare(scopes: readonly string[]): Promise<void>;
  /** The Authorization field for these scopes, from what is known so far. */
  field(scopes: readonly string[]): string | undefined;
  /** Learns from a 401 to a request with that Authorization field; false when there is nothing more to try. */
  answer(challengeField: string, scopes: readonly string[], used: string | undefined): Promise<boolean>;
}

interface Token {
  readonly field: string;
  /** Milliseconds since 1970. */
  readonly ends: number;
}

/** Tokens are said to last a minute when the server does not say (the specification's minimum); some seconds are kept back. */
const shortestSeconds = 60;
const reserveSeconds = 10;

/** `secure` is whether the registry itself is reached through TLS: then its token server has to be too. */
export function createAuthorizer(
  registry: string,
  http: HttpClient,
  secure: boolean,
  credential: Credential | undefined,
): Authorizer {
  const tokens = new Map<string, Token>();
  const asked = new Map<string, Promise<Token>>();
  const basic = { field: undefined as string | undefined };
  const learned = { bearer: undefined as Challenge | undefined };
  const field = (scopes: readonly string[]): string | undefined => {
    const token = tokens.get(scopes.join(" "));
    return token !== undefined && token.ends > Date.now() ? token.field : basic.field;
  };
  const obtain = async (challenge: Challenge, scopes: readonly string[]): Promise<void> => {
    const key = scopes.join(" ");
    const asking = asked.get(key) ?? fetchToken(registry, http, secure, challenge, scopes, credential);
    asked.set(key, asking);
    try {
      tokens.set(key, await asking);
    } finally {
      asked.delete(key);
    }
  };
  return {
    field,
    learn(challengeField) {
      const challenges = parseChallenges(challengeField);
      learned.bearer = challenges.find((challenge) => challenge.scheme === "bearer");
    },
    async prepare(scopes) {
      if (learned.bearer === undefined || field(scopes) !== undefined) return;
      try {
        await obtain(learned.bearer, scopes);
      } catch {
        // Some answer without a token although they asked for one; those that do not will ask again.
        learned.bearer = undefined;
      }
    },
    async answer(challengeField, scopes, used) {
      // Another request of ours may have been answered meanwhile.
      const known = field(scopes);
      if (known !== undefined && known !== used) return true;
      const challenges = parseChallenges(challengeField);
      const bearer = challenges.find((challenge) => challenge.scheme === "bearer");
      if (bearer !== undefined) {
        if (known !== undefined) return false;
        await obtain(bearer, scopes);
        return true;
      }
      if (challenges.some((challenge) => challenge.scheme === "basic")) {
        if (credential?.kind !== "password" || basic.field !== undefined) return false;
        basic.field = basicField(credential.username, credential.password);
        return true;
      }
      return false;
    },
  };
}

async function fetchToken(
  registry: string,
  http: HttpClient,
  secure: boolean,
  challenge: Challenge,
  scopes: readonly string[],
  credential: Credential | undefined,
): Promise<Token> {
  const named = challenge.parameters.get("realm") ?? "";
  const realm = URL.canParse(named) ? new URL(named) : undefined;
  if (realm === undefined || !/^https?:$/.test(realm.protocol)) {
    throw new UserError(`${registry} asks for a token and does not say where to get one`);
  }
  if (secure && realm.protocol !== "https:") {
    throw new UserError(
      `${registry} asks for a token from ${realm.host} without TLS; credentials are not sent there`,
    );
  }
  const service = challenge.parameters.get("service");
  const wanted = scopes.length > 0 ? scopes : (challenge.parameters.get("scope")?.split(" ") ?? []);
  const response =
    credential?.kind === "identity-token"
      ? await http.send({
          method: "POST",
          url: realm,
          headers: { "Content-Type": "application/x-www-form-urlencoded" },
          body: bytesSource(
            Buffer.from(
              new URLSearchParams({
                grant_type: "refresh_token",
                client_id: "microlith",
                refresh_token: credential.token,
                scope: wanted.join(" "),
                ...(service === undefined ? {} : { service }),
              }).toString(),
            ),
          ),
        })
      : await http.send({
          method: "GET",
          url: withQuery(realm, service, wanted),
          headers:
            credential?.kind === "password"
              ? { Authorization: basicField(credential.username, credential.password) }
              : {},
        });
  const bytes = await collectBytes(response.body, 1 << 20, `the answer of ${realm.host}`);
  if (response.status !== 200) {
    const help =
      credential === undefined
        ? `log in first: docker login ${registry}`
        : "check the user name and password";
    throw new UserError(`${realm.host} gave no token for ${registry} (status ${response.status})`, { help });
  }
  const body = parseTokenBody(bytes, realm.host);
  const seconds = Math.max(shortestSeconds, body.expires_in ?? 0) - reserveSeconds;
  return { field: `Bearer ${body.token}`, ends: Date.now() + seconds * 1000 };
}

function withQuery(realm: URL, service: string | undefined, scopes: readonly string[]): URL {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set("service", service);
  for (const scope of scopes) url.searchParams.append("scope", scope);
  return url;
}

function parseTokenBody(
  bytes: Uint8Array,
  host: string,
): { readonly token: string; readonly expires_in?: number } {
  try {
    const body = JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;
    const token = body.token ?? body.access_token;
    if (typeof token === "string" && /^[\x21-\x7e]+$/.test(token)) {
      return { token, ...(typeof body.expires_in === "number" ? { expires_in: body.expires_in } : {}) };
    }
  } catch {
    // The message below says it; the body may hold a secret and is not shown.
  }
  throw new UserError(`${host} answered without a token`);
}

function basicField(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}
