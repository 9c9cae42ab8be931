/**
 * The commands that move and look at images, as definitions; what each does is in the file of its name.
 */

import type { Command } from "commander";
import { examples, repeatable } from "./command.ts";
import { addImageOptions } from "./image-options.ts";
import { addProductOptions } from "./product-options.ts";
import { addRegistryOptions } from "./registry-options.ts";

const places =
  "a reference, oci:FOLDER[:TAG], archive:FILE[:NAME], docker:NAME, podman:NAME or containerd:NAME; a folder or file is looked at";
const onePlatform = "only the image for this platform";
const referrers = "take what refers to the image along: SBOMs, provenance, signatures";

/** In the order in which the help lists them. */
export function addImageCommands(program: Command): void {
  addPush(program);
  addPull(program);
  addCopy(program);
  addTag(program);
  addDigest(program);
  addLoad(program);
  addInspect(program);
  addValidate(program);
}

function addPush(program: Command): void {
  const push = program
    .command("push")
    .description("put an image into a registry: one that is there, or one made of a folder or a .ts program")
    .argument("<image>", `a folder of static files, a .ts program, or an image: ${places}`)
    .argument("<reference>", "registry/repository[:tag]");
  addProductOptions(push);
  addImageOptions(push);
  addRegistryOptions(push)
    .option("--referrers", referrers)
    .option("--json", "print one JSON object about what was pushed")
    .addHelpText(
      "after",
      examples(
        "microlith push dist registry.example/site:1.0 --platform all --sbom spdx --provenance slsa",
        "microlith push site.tar registry.example/site:1.0 --tag latest",
        'echo "$TOKEN" | microlith push dist registry.example/site --username ci --password-stdin',
      ),
    )
    .action(async (image, reference, _, command) => {
      // The platform's default is for what is made; an image that is there is pushed whole.
      const given = command.getOptionValueSource("platform") === "default" ? { platform: undefined } : {};
      const flags = { ...command.opts(), ...given, making: makingFlags(command) };
      await (await import("./push.ts")).push(image, reference, flags);
    });
}

/** What `push` and `load` do with an image that is there, too. */
const movingFlags: ReadonlySet<string> = new Set([
  ...["platform", "tag", "referrers", "engine", "json"],
  ...["username", "passwordStdin", "insecure", "ca", "trace"],
]);

/** The flags that were given and are about how an image is made. */
function makingFlags(command: Command): readonly string[] {
  return command.options
    .filter((option) => command.getOptionValueSource(option.attributeName()) === "cli")
    .filter((option) => !movingFlags.has(option.attributeName()))
    .map((option) => option.long ?? option.flags);
}

function addPull(program: Command): void {
  const pull = program
    .command("pull")
    .description("write an image from a registry to a file or folder")
    .argument("<image>", places)
    .option("-o, --output <path>", "where it goes; a name that ends in / means an OCI layout")
    .option("--format <format>", "oci (an image archive), oci-layout, docker (docker save's form) or rootfs")
    .option("--platform <platform>", onePlatform);
  repeatable(pull, "--tag <name:tag>", "name of the image in the file, instead of the one it had");
  addRegistryOptions(pull)
    .option("--referrers", referrers)
    .option("--json", "print one JSON object about what was written")
    .addHelpText(
      "after",
      examples(
        "microlith pull alpine:3.20 -o alpine.tar",
        "microlith pull registry.example/site:1.0 -o rootfs --format rootfs --platform linux/arm64",
      ),
    )
    .action(async (image, options) => (await import("./pull.ts")).pull(image, options));
}

function addCopy(program: Command): void {
  const copy = program
    .command("copy")
    .description("copy an image from any place to any other; its digest stays the same")
    .argument("<source>", places)
    .argument(
      "<destination>",
      "a reference, oci:FOLDER[:TAG], archive:FILE[:NAME], docker:NAME, podman:NAME or containerd:NAME",
    )
    .option("--platform <platform>", onePlatform);
  addRegistryOptions(copy)
    .option("--referrers", referrers)
    .option("--json", "print one JSON object about what was copied")
    .addHelpText(
      "after",
      examples(
        "microlith copy registry.example/site:1.0 mirror.example/site:1.0 --referrers",
        "microlith copy docker:site:1 registry.example/site:1.0",
        "microlith copy archive:site.tar oci:layout:1.0",
      ),
    )
    .action(async (from, to, options) => (await import("./copy.ts")).copy(from, to, options));
}

function addTag(program: Command): void {
  const tag = program
    .command("tag")
    .description("give an image in a registry further names")
    .argument("<reference>", "registry/repository[:tag][@digest]")
    .argument("<tags...>", "tags of the same repository");
  addRegistryOptions(tag)
    .option("--json", "print one JSON object about what was named")
    .addHelpText("after", examples("microlith tag registry.example/site:1.0.3 1.0 1 latest"))
    .action(async (reference, tags, options) => (await import("./tag.ts")).tag(reference, tags, options));
}

function addDigest(program: Command): void {
  const digest = program
    .command("digest")
    .description("print the digest of an image")
    .argument("<image>", places)
    .option("--platform <platform>", onePlatform);
  addRegistryOptions(digest)
    .option("--json", "print one JSON object with digest, media type and size")
    .addHelpText("after", examples("microlith digest registry.example/site:1.0", "microlith digest site.tar"))
    .action(async (image, options) => (await import("./digest.ts")).digest(image, options));
}

function addLoad(program: Command): void {
  const load = program
    .command("load")
    .description("put an image into the container engine of this machine")
    .argument("<image>", `a folder of static files, a .ts program, or an image: ${places}`)
    .option("--engine <engine>", "docker, podman or containerd, when several are here");
  addProductOptions(load);
  addImageOptions(load);
  addRegistryOptions(load)
    .option("--json", "print one JSON object about what was loaded")
    .addHelpText(
      "after",
      examples(
        "microlith load dist --tag site:1 && docker run --rm -p 8080:8080 site:1",
        "microlith load site.tar --engine podman",
      ),
    )
    .action(async (image, _, command) => {
      // The engine's own platform, unless another is asked for.
      const given = command.getOptionValueSource("platform") === "default" ? { platform: undefined } : {};
      const flags = { ...command.opts(), ...given, making: makingFlags(command) };
      await (await import("./load.ts")).load(image, flags);
    });
}

function addInspect(program: Command): void {
  const inspect = program
    .command("inspect")
    .description("show what something is made of: an image, an executable or a folder")
    .argument("<anything>", `an executable, a folder of static files, a .ts program, or an image: ${places}`)
    .option("--platform <platform>", onePlatform)
    .option("--no-files", "leave the files of images out, so that no layer is fetched")
    .option(
      "--map <file>",
      "the map that build --map wrote with this executable, for its functions and tables",
    );
  addRegistryOptions(inspect)
    .option("--json", "print one JSON object")
    .addHelpText(
      "after",
      examples(
        "microlith inspect registry.example/site:1.0",
        "microlith inspect site.tar --json",
        "microlith inspect ./site --map site.map.json",
      ),
    )
    .action(async (anything, options) => (await import("./inspect.ts")).inspect(anything, options));
}

function addValidate(program: Command): void {
  const validate = program
    .command("validate")
    .description("derive every digest, size and media type of an image again, and say what is wrong")
    .argument("<image>", places);
  addRegistryOptions(validate)
    .option("--referrers", "look at what refers to the image as well")
    .option("--json", "print one JSON object with the findings")
    .addHelpText(
      "after",
      examples("microlith validate site.tar", "microlith validate registry.example/site:1.0"),
    )
    .action(async (image, options) => {
      process.exitCode = await (await import("./validate.ts")).validate(image, options);
    });
}
