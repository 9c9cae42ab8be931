/**
 * The command line, as a table of contents: what each command takes is here, what it does is in the file
 * of its name, which is loaded when the command is run and not before. docs/command-line.md is generated from it.
 */

import { Command, Option } from "commander";
import { examples } from "./command.ts";
import { renderUsageError } from "./errors.ts";
import { addImageCommands } from "./image-commands.ts";
import { addImageOptions } from "./image-options.ts";
import { addProductOptions } from "./product-options.ts";
import { addRegistryOptions } from "./registry-options.ts";
import { addServerFlags } from "./server-flags.ts";
import { addSiteFlags } from "./site-flags.ts";
import { readVersion } from "./version.ts";

export const program: Command = new Command("microlith")
  .description(
    "Turns a folder of static files, or a small TypeScript program, into one tiny Linux executable.",
  )
  .version(readVersion(), "-V, --version", "print the version")
  .helpOption("-h, --help", "show this help")
  .helpCommand("help [command]", "show the help of a command")
  .showHelpAfterError(false)
  .configureOutput({ outputError: (text, write) => write(renderUsageError(text)) })
  .exitOverride()
  .addHelpText(
    "after",
    examples(
      "microlith serve dist                            # try it on this machine",
      "microlith build dist -o site.tar --tag site:1   # an image: docker load -i site.tar",
      "microlith build dist -o site                    # an executable: ./site 8080",
      "microlith push dist registry.example/site:1     # an image, straight into a registry",
      "microlith new hello                             # a program to start from",
      "microlith run hello/main.ts                     # compile it and run it",
    ),
  );

const build = program
  .command("build")
  .description("make an executable or an image of a folder or a .ts program")
  .argument("<input>", "a folder of static files, or a program in microlith TypeScript")
  .option("-o, --output <path>", "where the result goes; .tar means an image archive, - standard output")
  .option(
    "--format <format>",
    "elf (an executable), oci (an image archive), oci-layout (a folder), docker (docker save's form) or rootfs (the files, as a folder or .tar)",
  );
addProductOptions(build);
addImageOptions(build);
addRegistryOptions(build)
  .option(
    "--emit <stage>",
    "print a stage of the compiler instead: ir, asm, map (every byte by owner), c or seccomp",
  )
  .option("--map <file>", "write the owner of every byte of the executable there, as JSON for inspect")
  .option("--json", "print one JSON object about what was made")
  .addHelpText(
    "after",
    examples(
      "microlith build dist -o site.tar --health --healthcheck --metrics --access-log json",
      "microlith build dist -o site.tar --env API_URL,STAGE     # docker run -e STAGE=test …",
      "microlith build dist -o site --workers auto --max-connections 10000",
      "microlith build page -o tiny --minimal                  # one page, and 630 bytes around it",
      "microlith build dist -o site --access-log combined --trust 10.0.0.0/8,fd00::/8",
      "microlith build dist -o site.tar --tag registry.example/site:1.0",
      "microlith build dist -o layout --format oci-layout --platform all --describe auto",
      "microlith build dist -o site --port 80 --json",
      "microlith build dist --emit map",
      "microlith build examples/hello/hello.ts -o hello --layout tight",
    ),
  )
  .action(async (input, options) => (await import("./build.ts")).build(input, options));

const serve = program
  .command("serve")
  .description("run a folder or a .ts program on this machine, without writing a file")
  .argument("<input>", "a folder of static files, or a program in microlith TypeScript")
  .option("--port <number>", "port to listen on; 0 takes a free one (default: 8080)")
  .option("--host <address>", "IP address to listen on (default: 127.0.0.1)")
  .option("--engine <engine>", "in a container of docker, podman or containerd instead of as a process")
  .option(
    "--network <network>",
    "the container's: bridge, with the port published, or host (default: bridge; containerd has host)",
  )
  .option("--json", "print one JSON object when the server is up")
  .addHelpText(
    "after",
    examples(
      "microlith serve dist",
      "microlith serve dist --port 3000 --host 0.0.0.0",
      "microlith serve dist --access-log common",
      "microlith serve dist --engine docker",
      "microlith serve examples/hello/hello.ts",
    ),
  )
  .action(async (input, options) => {
    process.exitCode = await (await import("./serve.ts")).serve(input, options);
  });

addServerFlags(addSiteFlags(serve));

program
  .command("run")
  .description("compile a .ts program for this machine and run it")
  .argument("<program>", "a program in microlith TypeScript")
  .argument("[args...]", "what the program is given; put -- before them")
  .addOption(new Option("--json").hideHelp())
  .addHelpText(
    "after",
    examples(
      "microlith run examples/hello/hello.ts",
      "microlith run examples/cat/cat.ts -- README.md",
      "microlith run examples/whoami/whoami.ts -- --healthcheck 8080",
    ),
  )
  .action(async (path, args, options) => {
    process.exitCode = await (await import("./run.ts")).run(path, args, options);
  });

program
  .command("new")
  .description("make a folder with a program to start from, which an editor completes and checks")
  .argument("<folder>", "a folder that is new or empty")
  .option("--json", "print one JSON object about what was made")
  .addHelpText("after", examples("microlith new hello && microlith run hello/main.ts -- Ada"))
  .action(async (path, options) => (await import("./new.ts")).createProject(path, options));

addImageCommands(program);
