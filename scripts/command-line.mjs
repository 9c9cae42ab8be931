// `npm run docs`: writes docs/command-line.md from the definitions of the commands, so that it says what `--help` says.
// test/command-line.test.ts holds that it was run.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root, say, setUp } from "./setup.mjs";

const opening = `# The command line

<!-- Written by \`npm run docs\` from the definitions in src/cli; do not edit. -->

Standard output carries a command's result and nothing else: a path, a reference, a URL, with \`--json\` one JSON object on one line. Everything that is said
beside it goes to standard error. Colours and progress are for terminals; \`NO_COLOR\` turns colours off.

| exit code | is |
|---|---|
| 0 | done |
| 1 | the input is at fault, or \`validate\` found something |
| 2 | the command line or the environment is at fault |
| 70 | a bug of microlith's |

A place where an image is or goes is written the same in every command: \`REGISTRY/NAME:TAG\` or \`…@sha256:…\` (a registry), \`oci:FOLDER[:TAG]\` (an OCI layout),
\`archive:FILE[:NAME]\` (a tar of any kind), \`docker:NAME\`, \`podman:NAME\`, \`containerd:NAME\` (an engine of this machine). What is there as a file or
folder needs no prefix where it is read.

| variable | is |
|---|---|
| \`MICROLITH_USERNAME\`, \`MICROLITH_PASSWORD\` | account at the registry, before the files that \`docker login\` and \`podman login\` write |
| \`DOCKER_CONFIG\`, \`REGISTRY_AUTH_FILE\` | where those files are |
| \`DOCKER_HOST\`, \`DOCKER_CONTEXT\`, \`CONTAINER_HOST\`, \`CONTAINERD_ADDRESS\` | where engines are |
| \`HTTPS_PROXY\`, \`HTTP_PROXY\`, \`NO_PROXY\` | proxies on the way to registries |
| \`SOURCE_DATE_EPOCH\` | when an image says it was made, and a site that it was modified, in seconds since 1970 |
`;

/** The document, of the program as commander has it. */
export function renderCommandLine(/** @type {import("commander").Command} */ program) {
  return [opening, ...program.commands.map(renderCommand)].join("\n");
}

function renderCommand(/** @type {import("commander").Command} */ command) {
  const rows = (/** @type {readonly { flags: string, text: string }[]} */ entries) =>
    entries.map(({ flags, text }) => `| \`${cell(flags)}\` | ${cell(text)} |\n`).join("");
  const values = command.registeredArguments.map((argument) => ({
    flags: argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
    text: argument.description,
  }));
  const table = (/** @type {string} */ head, /** @type {typeof values} */ entries) =>
    entries.length === 0 ? "" : `\n| ${head} | is |\n|---|---|\n${rows(entries)}`;
  const name = `microlith ${command.name()}`;
  return `## ${name}

\`${name} ${command.usage()}\`: ${command.description()}.
${table("argument", values)}${optionGroups(command)
  .map(({ head, entries }) => table(head, entries))
  .join("")}${examplesOf(command)}`;
}

/** As the help has them: those of no group first. */
function optionGroups(/** @type {import("commander").Command} */ command) {
  /** @type {Map<string, { flags: string, text: string }[]>} */
  const groups = new Map([["Options:", []]]);
  for (const option of command.options.filter(({ hidden }) => hidden !== true)) {
    const heading = option.helpGroupHeading ?? "Options:";
    const entries = groups.get(heading) ?? [];
    groups.set(heading, [...entries, { flags: option.flags, text: withDefault(option) }]);
  }
  return [...groups].map(([heading, entries]) => ({
    head: heading === "Options:" ? "option" : heading.replace(/:$/, "").toLowerCase(),
    entries,
  }));
}

function withDefault(/** @type {import("commander").Option} */ option) {
  const { description, defaultValue } = option;
  const plain = typeof defaultValue === "string" ? ` (default: ${defaultValue})` : "";
  return `${description}${plain}`;
}

/** They are printed behind the help, and known nowhere else. */
function examplesOf(/** @type {import("commander").Command} */ command) {
  let text = "";
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  const lines = text.split("\nExamples:\n")[1];
  if (lines === undefined) return "";
  return `\n\`\`\`sh\n${lines.replaceAll(/^ {2}\$ /gm, "").trimEnd()}\n\`\`\`\n`;
}

function cell(/** @type {string} */ text) {
  return text.replaceAll("|", "\\|");
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  setUp();
  const { program } = await import(pathToFileURL(join(root, "dist", "cli", "program.js")).href);
  writeFileSync(join(root, "docs", "command-line.md"), renderCommandLine(program));
  say("wrote docs/command-line.md");
}
